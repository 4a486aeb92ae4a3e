import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { type Hint, hintSchema } from '../../../shared/fifo/hint.ts';
import { hintOutbox } from '../../../shared/fifo/hint-outbox.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { correlated } from '../../../shared/observability/correlation.ts';
import { uuid } from './booking-fixture.ts';

const QUEUES = { crm: 'http://127.0.0.1/crm.fifo', marketing: 'http://127.0.0.1/marketing.fifo' };

const hint = (n: number): Hint => ({
  uuid: uuid(n),
  guestKey: guestKeyFor(uuid(n)),
  company: 'harbor-kayaks',
  version: 1,
  receivedAt: '2026-11-21T12:00:00.000Z',
});

const inputSchema = z.object({
  QueueUrl: z.string(),
  Entries: z.array(
    z.object({
      Id: z.string(),
      MessageBody: z.string(),
      MessageAttributes: z.object({ correlationId: z.object({ StringValue: z.string() }) }),
    }),
  ),
});

/** An outbox on a queue that notes each call, and refuses or fails as it is told. */
function open(does: { refuse?: number; fail?: string } = {}) {
  const calls: { queue: string; bookings: string[]; correlations: (string | undefined)[] }[] = [];
  const sqs = new SQSClient({ region: 'us-east-1' });
  sqs.middlewareStack.add(
    () => async (args) => {
      const { QueueUrl, Entries } = inputSchema.parse(args.input);
      const queue = QueueUrl.split('/').at(-1) ?? '';
      if (queue === does.fail) throw new Error('the queue is away');
      const bookings = Entries.map(({ MessageBody }) => hintSchema.parse(JSON.parse(MessageBody)).uuid);
      const correlations = Entries.map(({ MessageAttributes }) => MessageAttributes.correlationId.StringValue);
      calls.push({ queue, bookings, correlations });
      const Failed = Entries.filter((_, index) => index === does.refuse).map(({ Id }) => ({
        Id,
        Code: 'InternalError',
        SenderFault: false,
      }));
      return { output: { $metadata: {}, Successful: [], Failed }, response: {} };
    },
    { step: 'initialize' },
  );
  return { outbox: hintOutbox(sqs, QUEUES), calls };
}

describe('the hints of a batch', () => {
  it('are sent in one call for each destination, in their order, each in the name of what led to it', async () => {
    const { outbox, calls } = open();
    for (const n of [1, 2, 3]) {
      correlated(`webhook-${n}`, () => {
        for (const sink of ['crm', 'marketing', 'no-sink']) outbox.add(`m${n}`, sink, hint(n));
      });
    }
    expect((await outbox.conclude()).size).toBe(0);
    const all = { bookings: [1, 2, 3].map(uuid), correlations: ['webhook-1', 'webhook-2', 'webhook-3'] };
    expect(calls).toEqual([
      { queue: 'crm.fifo', ...all },
      { queue: 'marketing.fifo', ...all },
    ]);
  });

  it('are no more in a call than SQS takes, and none is left or sent twice', async () => {
    const { outbox, calls } = open();
    const numbers = Array.from({ length: 23 }, (_, index) => index + 1);
    for (const n of numbers) outbox.add(`m${n}`, 'crm', hint(n));
    await outbox.conclude();
    expect(calls.map(({ bookings }) => bookings.length)).toEqual([10, 10, 3]);
    expect(calls.flatMap(({ bookings }) => bookings)).toEqual(numbers.map(uuid));
  });

  it('do not wait for a batch that takes long', async () => {
    const { outbox, calls } = open();
    outbox.add('m1', 'crm', hint(1));
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    await outbox.conclude();
    expect(calls).toHaveLength(1);
  });

  it('name the message whose hint was not taken, and no other', async () => {
    const { outbox } = open({ refuse: 1 });
    for (const n of [1, 2, 3]) outbox.add(`m${n}`, 'crm', hint(n));
    expect([...(await outbox.conclude())]).toEqual([['m2', expect.objectContaining({ code: 'hint.unsent' })]]);
  });

  it('name all messages of a call that failed, though the other destination has heard of them', async () => {
    const { outbox, calls } = open({ fail: 'crm.fifo' });
    for (const n of [1, 2]) for (const sink of ['crm', 'marketing']) outbox.add(`m${n}`, sink, hint(n));
    expect([...(await outbox.conclude()).keys()]).toEqual(['m1', 'm2']);
    expect(calls.map(({ queue }) => queue)).toEqual(['marketing.fifo']);
  });
});
