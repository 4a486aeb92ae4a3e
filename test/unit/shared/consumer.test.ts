import { type ChangeMessageVisibilityBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import { type Consumer, consume } from '../../../shared/fifo/consumer.ts';
import { correlation } from '../../../shared/observability/correlation.ts';
import { listening } from './quiet.ts';

function message(messageId: string, group: string, receives = 1): SQSRecord {
  return {
    messageId,
    receiptHandle: `receipt-${messageId}`,
    body: '{}',
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
      MessageGroupId: group,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:q.fifo',
    awsRegion: 'us-east-1',
  };
}

/** Runs a batch in which the messages named in `errors` fail, and tells what became of each. */
async function run(
  records: SQSRecord[],
  errors: Record<string, Error>,
  timeLeft = () => 60_000,
  conclude?: Consumer['conclude'],
) {
  const { log, meter, lines } = listening();
  const [handled, parked]: [string[], string[]] = [[], []];
  const inTheNameOf: string[] = [];
  const visibility: Record<string, number | undefined> = {};
  const sqs = new SQSClient({ region: 'us-east-1' });
  sqs.middlewareStack.add(
    () => async (args) => {
      const { Entries } = args.input as ChangeMessageVisibilityBatchCommand['input'];
      for (const { ReceiptHandle, VisibilityTimeout } of Entries ?? [])
        visibility[ReceiptHandle ?? ''] = VisibilityTimeout;
      return { output: { $metadata: {} }, response: {} };
    },
    { step: 'initialize' },
  );
  const consumer = {
    queueUrl: 'http://127.0.0.1/q.fifo',
    worstCaseMs: 10_000,
    handle: async ({ messageId }: SQSRecord) => {
      const { id, attempt } = correlation() ?? {};
      inTheNameOf.push(`${messageId}: ${id}, ${attempt}`);
      const error = errors[messageId];
      if (error !== undefined) throw error;
      handled.push(messageId);
    },
    park: async ({ messageId }: SQSRecord, { code }: PermanentError) => {
      parked.push(`${messageId} ${code}`);
    },
    ...(conclude && { conclude }),
  };
  const response = await consume({ Records: records }, timeLeft, consumer, { sqs, log, meter });
  return {
    failed: response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
    handled,
    parked,
    visibility,
    lines,
    inTheNameOf,
  };
}

describe('a batch of a FIFO queue', () => {
  const batch = [message('a1', 'a'), message('b1', 'b'), message('a2', 'a'), message('c1', 'c')];

  it('gives back a message that could not be concluded, with all behind it in its group, and no other', async () => {
    const unfinished = new Map([['a1', new RetryableError('hint.unsent', 'not taken', { waitSeconds: 4 })]]);
    const handledBefore: number[] = [];
    const result = await run(batch, {}, undefined, async () => {
      handledBefore.push(1);
      return unfinished;
    });
    expect(handledBefore).toHaveLength(1);
    expect(result.handled.sort()).toEqual(['a1', 'a2', 'b1', 'c1']);
    expect(result.failed.sort()).toEqual(['a1', 'a2']);
    expect(result.visibility).toEqual({ 'receipt-a1': 4, 'receipt-a2': 4 });
    const both = await run(batch, { b1: new RetryableError('vendor.busy', 'busy') }, undefined, async () => unfinished);
    expect(both.failed.sort()).toEqual(['a1', 'a2', 'b1']);
  });

  it('stops only the group in which a message failed (trap 17)', async () => {
    const result = await run(batch, { a1: new RetryableError('vendor.busy', 'busy', { waitSeconds: 7 }) });
    expect(result.handled).toEqual(['b1', 'c1']);
    expect(result.failed.sort()).toEqual(['a1', 'a2']);
    // Both come back together: a2 hidden for longer than a1 would keep the group shut.
    expect(result.visibility).toEqual({ 'receipt-a1': 7, 'receipt-a2': 7 });
  });

  it('does the work of each message in the name of the webhook that led to it', async () => {
    const told = (id: string) => ({ correlationId: { dataType: 'String', stringValue: id } as const });
    const { inTheNameOf } = await run(
      [
        { ...message('a1', 'a', 3), messageAttributes: told('request-1=') },
        { ...message('b1', 'b'), messageAttributes: told('sweep-0a1b') },
        // From before messages said so.
        message('a2', 'a'),
      ],
      {},
    );
    expect(inTheNameOf).toEqual(['a1: request-1=, 3', 'b1: sweep-0a1b, 1', 'a2: a2, 1']);
  });

  it('parks a permanent error and goes on in its group (trap 7)', async () => {
    const result = await run(batch, { a1: new PermanentError('vendor.refused', 'no', { remedy: 'mend it' }) });
    expect(result).toMatchObject({ failed: [], parked: ['a1 vendor.refused'], handled: ['b1', 'a2', 'c1'] });
  });

  it('never parks a retryable error, however often it came back (trap 7)', async () => {
    const result = await run([message('a1', 'a', 19)], { a1: new RetryableError('vendor.busy', 'busy') });
    expect(result).toMatchObject({ failed: ['a1'], parked: [], visibility: { 'receipt-a1': 300 } });
  });

  it('waits twice as long each time', async () => {
    const waits = [1, 2, 3, 4].map(async (receives) => {
      const { visibility } = await run([message('a1', 'a', receives)], { a1: new RetryableError('x', 'x') });
      return visibility['receipt-a1'];
    });
    expect(await Promise.all(waits)).toEqual([2, 4, 8, 16]);
  });

  it('parks an error nobody foresaw before its neighbours are counted out (trap 6)', async () => {
    const bug = { a1: new TypeError('undefined is not a booking of Noa Kealoha') };
    expect(await run([message('a1', 'a', 4), message('a2', 'a')], bug)).toMatchObject({
      failed: ['a1', 'a2'],
      parked: [],
    });
    const fifth = await run([message('a1', 'a', 5), message('a2', 'a')], bug);
    expect(fifth).toMatchObject({ failed: [], parked: ['a1 unforeseen'], handled: ['a2'] });
    // What a foreign error says may quote a guest.
    expect(JSON.stringify(fifth.lines)).not.toContain('Kealoha');
  });

  it('gives messages back unharmed when the time left is too short for one more', async () => {
    let left = 15_000;
    const result = await run(batch, {}, () => {
      left -= 4_000;
      return left;
    });
    expect(result.handled).toEqual(['a1']);
    expect(result.visibility).toMatchObject({ 'receipt-b1': 0, 'receipt-c1': 0 });
  });
});
