import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Core, startCore } from '../../infra/local/core.ts';
import { succeeded, toRecord, withinPayload } from '../../infra/local/event-source.ts';
import type { SqsMessage } from '../../infra/local/sqs.ts';
import { consumer, writeAssembly } from './assembly.ts';

const message = (id: string, body = id): SqsMessage => ({
  MessageId: id,
  ReceiptHandle: `receipt-${id}`,
  MD5OfBody: 'md5',
  Body: body,
  Attributes: { MessageGroupId: 'g', ApproximateReceiveCount: '1' },
  MessageAttributes: {
    kind: { DataType: 'String', StringValue: 'booking' },
    raw: { DataType: 'Binary', BinaryValue: 'AA==' },
  },
});

describe('a record', () => {
  it('has the shape that Lambda delivers', () => {
    expect(toRecord(message('m1'), 'arn:aws:sqs:us-east-1:000000000000:q.fifo')).toEqual({
      messageId: 'm1',
      receiptHandle: 'receipt-m1',
      body: 'm1',
      attributes: { MessageGroupId: 'g', ApproximateReceiveCount: '1' },
      messageAttributes: {
        kind: { stringValue: 'booking', dataType: 'String', stringListValues: [], binaryListValues: [] },
        raw: { binaryValue: 'AA==', dataType: 'Binary', stringListValues: [], binaryListValues: [] },
      },
      md5OfBody: 'md5',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:q.fifo',
      awsRegion: 'us-east-1',
    });
  });
});

describe('a reply', () => {
  const batch = [message('m1'), message('m2'), message('m3')];
  const done = (payload: string, reportsBatchItemFailures = true) =>
    succeeded({ reportsBatchItemFailures }, batch, payload).map((one) => one.MessageId);

  it.each([
    ['nothing failed', '{"batchItemFailures":[]}', ['m1', 'm2', 'm3']],
    ['no list', '{}', ['m1', 'm2', 'm3']],
    ['null', 'null', ['m1', 'm2', 'm3']],
    ['one failed', '{"batchItemFailures":[{"itemIdentifier":"m2"}]}', ['m1', 'm3']],
    ['an unknown message', '{"batchItemFailures":[{"itemIdentifier":"m9"}]}', []],
    ['an empty identifier', '{"batchItemFailures":[{"itemIdentifier":""}]}', []],
    ['an entry of another shape', '{"batchItemFailures":["m2"]}', []],
  ])('that says %s', (_, payload, expected) => {
    expect(done(payload)).toEqual(expected);
  });

  it('counts for nothing where the mapping does not ask for it', () => {
    expect(done('{"batchItemFailures":[{"itemIdentifier":"m2"}]}', false)).toEqual(['m1', 'm2', 'm3']);
  });
});

describe('a batch over the payload limit', () => {
  it('is split in order', () => {
    const split = withinPayload([message('a', 'x'.repeat(500)), message('b', 'y'.repeat(500)), message('c')], 1_500);
    expect(split.map((batch) => batch.map((one) => one.MessageId))).toEqual([['a'], ['b', 'c']]);
  });
});

/** Says what it does on its output; a body such as `a1:fail:2` fails, with its group, until its second receive. */
const worker = `
  export const handler = async ({ Records }) => {
    const batchItemFailures = [];
    const failedGroups = new Set();
    const groups = new Set(Records.map((r) => r.attributes.MessageGroupId));
    console.log(JSON.stringify({ at: 'begin', groups: [...groups], bodies: Records.map((r) => r.body) }));
    for (const record of Records) {
      const [what, count] = record.body.split(':').slice(1);
      const receives = Number(record.attributes.ApproximateReceiveCount);
      await new Promise((done) => setTimeout(done, 20));
      if (what === 'crash' && receives < Number(count)) process.exit(1);
      if (what === 'fail' && receives < Number(count)) failedGroups.add(record.attributes.MessageGroupId);
      if (failedGroups.has(record.attributes.MessageGroupId)) batchItemFailures.push({ itemIdentifier: record.messageId });
      else console.log(JSON.stringify({ at: 'done', body: record.body }));
    }
    console.log(JSON.stringify({ at: 'end', groups: [...groups] }));
    return { batchItemFailures };
  };`;

interface Line {
  readonly at: string;
  readonly body?: string;
  readonly groups?: readonly string[];
}

describe('an event source', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  const start = async (options: Parameters<typeof consumer>[1] = {}) => {
    const assembly = writeAssembly({
      functions: { worker: { source: worker } },
      resources: consumer('worker', { visibilitySeconds: 1, ...options }),
    });
    cleanups.push(assembly.remove);
    const core = await startCore({ assembly: assembly.directory });
    cleanups.push(() => core.close());
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const sqs = new SQSClient({ endpoint: core.endpoints.sqs, region: 'us-east-1', credentials });
    cleanups.push(() => sqs.destroy());
    const send = async (...bodies: string[]): Promise<void> => {
      const { Failed = [] } = await sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: core.plan.queues.find(({ name }) => name === 'worker.fifo')?.url,
          Entries: bodies.map((body, index) => ({
            Id: `e${index}`,
            MessageBody: body,
            MessageGroupId: body.slice(0, 1),
            MessageDeduplicationId: body,
          })),
        }),
      );
      if (Failed.length > 0) throw new Error(Failed[0]?.Message);
    };
    return { core, send };
  };
  const lines = (core: Core): Line[] =>
    core.logs('worker').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const done = (core: Core): string[] => lines(core).flatMap(({ at, body }) => (at === 'done' && body ? [body] : []));
  const idle = (core: Core) => expect.poll(() => core.idle(), { timeout: 15_000, interval: 10 }).toBe(true);

  it('keeps the order of each group and never works on one group twice at once', async () => {
    const { core, send } = await start();
    await send('a1', 'a2', 'b1', 'a3', 'b2', 'c1', 'a4', 'c2', 'd1', 'b3');
    await idle(core);
    for (const group of ['a', 'b', 'c', 'd']) {
      const bodies = done(core).filter((body) => body.startsWith(group));
      expect(bodies).toEqual([...bodies].sort());
    }
    expect(done(core)).toHaveLength(10);
    const open = new Set<string>();
    for (const { at, groups = [] } of lines(core)) {
      for (const group of groups) {
        if (at === 'begin') expect(open, `group ${group} is being worked on`).not.toContain(group);
        if (at === 'begin') open.add(group);
        if (at === 'end') open.delete(group);
      }
    }
    expect(lines(core).some(({ groups = [] }) => groups.length > 1)).toBe(true);
  });

  it('blocks the group of a failed message until it succeeds, and no other', async () => {
    const { core, send } = await start();
    await send('a1:fail:2', 'a2', 'b1');
    await expect.poll(() => done(core)).toContain('b1');
    expect(done(core)).toEqual(['b1']);
    await idle(core);
    expect(done(core)).toEqual(['b1', 'a1:fail:2', 'a2']);
  });

  it('delivers several messages of one group in one batch, in order, again when the group failed', async () => {
    const { core, send } = await start();
    await send('a1:fail:2', 'a2:fail:2', 'a3:fail:3', 'b1');
    await idle(core);
    const [first] = lines(core);
    expect(first).toMatchObject({
      at: 'begin',
      groups: ['a', 'b'],
      bodies: ['a1:fail:2', 'b1', 'a2:fail:2', 'a3:fail:3'],
    });
    expect(done(core)).toEqual(['b1', 'a1:fail:2', 'a2:fail:2', 'a3:fail:3']);
  });

  it('redelivers the whole batch after a crash', async () => {
    const { core, send } = await start();
    await send('a1', 'b1:crash:2');
    await idle(core);
    expect(done(core).filter((body) => body === 'a1')).toHaveLength(2);
    expect(done(core)).toContain('b1:crash:2');
  });

  it('moves a message that keeps failing to the dead-letter queue, and goes on with its group', async () => {
    const { core, send } = await start({ maxReceiveCount: 2 });
    await send('a1:fail:99', 'b1');
    await idle(core);
    expect((await core.queues()).get('worker-dlq.fifo')).toEqual({ visible: 1, inFlight: 0 });
    await send('a2');
    await idle(core);
    expect(done(core)).toEqual(['b1', 'a2']);
  });

  it('counts receives of what waits behind a failing message of its group too, as SQS does', async () => {
    const { core, send } = await start({ maxReceiveCount: 2 });
    await send('a1:fail:99', 'a2');
    await idle(core);
    expect(done(core)).toEqual([]);
    expect((await core.queues()).get('worker-dlq.fifo')).toEqual({ visible: 2, inFlight: 0 });
  });

  it('carries every character that SQS takes, and refuses the others as SQS does', async () => {
    const { core, send } = await start();
    await send('a 🛶 ليلى 𝒳');
    await idle(core);
    expect(done(core)).toEqual(['a 🛶 ليلى 𝒳']);
    await expect(send('b \u0001')).rejects.toThrow();
  });

  it('works on no more batches at once than the mapping allows', async () => {
    const { core, send } = await start({ maximumConcurrency: 1 });
    await Promise.all([send('a1'), send('b1'), send('c1'), send('d1')]);
    await idle(core);
    let open = 0;
    for (const { at } of lines(core)) {
      if (at === 'begin') open += 1;
      if (at === 'end') open -= 1;
      expect(open).toBeLessThanOrEqual(1);
    }
    expect(done(core).sort()).toEqual(['a1', 'b1', 'c1', 'd1']);
  });
});
