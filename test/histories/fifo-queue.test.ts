import type { SQSEvent } from 'aws-lambda';
import { expect, it } from 'vitest';
import { FifoQueue, type QueueOptions } from './fifo-queue.ts';
import { VirtualTime } from './virtual-time.ts';

/** A queue whose function takes a second per batch; `fails` says which bodies it reports as failed. */
function scene(fails: (body: string, receives: number) => boolean, more: Partial<QueueOptions> = {}) {
  const time = new VirtualTime(0);
  const seen: string[] = [];
  const deliver = async ({ Records }: SQSEvent) => {
    const bodies = Records.map(({ body }) => body).join('');
    seen.push(`${time.now / 1000}s ${bodies}`);
    await time.effect(1000, async () => {});
    const failed = Records.filter((record) => fails(record.body, Number(record.attributes.ApproximateReceiveCount)));
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
  const usual = { url: 'queue', visibilityMs: 60_000, maxReceiveCount: 3, concurrency: 2 };
  const queue = new FifoQueue(time, { ...usual, deliver, pollMs: () => 0, losesDeletion: () => false, ...more });
  const send = (body: string, group: string, deduplicationId = body) => queue.send({ body, group, deduplicationId });
  return { time, queue, seen, send };
}

it('gives out a group in order, and nothing of it while one of its messages is in flight', async () => {
  const { time, seen, send } = scene(() => false);
  send('a', 'A');
  time.after(500, () => send('b', 'A'));
  time.after(500, () => send('c', 'C'));
  await time.run();
  expect(seen).toEqual(['0s a', '0.5s c', '1s b']);
});

it('gives what failed out again when its visibility timeout ends, before what came later', async () => {
  const { time, queue, seen, send } = scene((body, receives) => body === 'a' && receives === 1);
  send('a', 'A');
  time.after(10, () => send('b', 'A'));
  await time.run();
  expect(seen).toEqual(['0s a', '60s ab']);
  expect(queue.length).toBe(0);
});

it('gives out again what was done when its deletion was lost', async () => {
  let lost = false;
  const losesDeletion = () => {
    lost = !lost;
    return lost;
  };
  const { time, seen, send } = scene(() => false, { losesDeletion });
  send('a', 'A');
  await time.run();
  expect(seen).toEqual(['0s a', '60s a']);
});

it('puts aside what was received too often, and goes on with its group', async () => {
  const { time, queue, seen, send } = scene((body) => body === 'a');
  send('a', 'A');
  time.after(125_000, () => send('b', 'A'));
  await time.run();
  expect(seen).toEqual(['0s a', '60s a', '120s a', '180s b']);
  expect(queue.dead.map(({ body }) => body)).toEqual(['a']);
});

it('takes a deduplication id once in five minutes, in each group', async () => {
  const { time, seen, send } = scene(() => false);
  send('a', 'A', 'same');
  send('b', 'B', 'same');
  send('c', 'A', 'same');
  time.after(300_000, () => send('d', 'A', 'same'));
  await time.run();
  expect(seen).toEqual(['0s ab', '300s d']);
});
