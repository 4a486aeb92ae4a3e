import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { type Hint, hintSchema, sendHint } from '../../../shared/fifo/hint.ts';
import { sendAgain } from '../../../shared/gate/step-aside.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { correlated } from '../../../shared/observability/correlation.ts';
import { askEnrichment } from '../../../shared/webhook/ask-enrichment.ts';
import { uuid } from './booking-fixture.ts';

const hint: Hint = {
  uuid: uuid(2),
  guestKey: guestKeyFor(uuid(1)),
  company: 'harbor-kayaks',
  version: 3,
  receivedAt: '2026-11-21T12:00:00.000Z',
};

it('a hint is ordered by guest, and a second one for the same version is not swallowed (trap 5)', async () => {
  const sent: Record<string, unknown>[] = [];
  const sqs = new SQSClient({ region: 'us-east-1' });
  sqs.middlewareStack.add(
    () => async (args) => {
      sent.push({ ...args.input });
      return { output: { $metadata: {} }, response: {} };
    },
    { step: 'initialize' },
  );
  await sendHint(sqs, 'http://127.0.0.1/crm.fifo', hint);
  await sendHint(sqs, 'http://127.0.0.1/crm.fifo', hint);
  expect(sent.map(({ MessageGroupId }) => MessageGroupId)).toEqual([hint.guestKey, hint.guestKey]);
  expect(new Set(sent.map(({ MessageDeduplicationId }) => MessageDeduplicationId)).size).toBe(2);
  expect(hintSchema.parse(JSON.parse(String(sent[0]?.MessageBody)))).toEqual(hint);
});

/** Messages that are sent while this is done, and the id that each takes along. */
async function idsSent(work: (sqs: SQSClient) => Promise<void>): Promise<unknown[]> {
  const sent: unknown[] = [];
  const sqs = new SQSClient({ region: 'us-east-1' });
  sqs.middlewareStack.add(
    () => async (args) => {
      sent.push(messageSchema.parse(args.input).MessageAttributes.correlationId.StringValue);
      return { output: { $metadata: {} }, response: {} };
    },
    { step: 'initialize' },
  );
  await work(sqs);
  return sent;
}
const messageSchema = z.object({
  MessageAttributes: z.object({ correlationId: z.object({ DataType: z.literal('String'), StringValue: z.string() }) }),
});

it('what leads to a message goes along with it: a hint, its copy, a question to enrichment', async () => {
  const now = () => new Date('2026-11-21T12:00:00Z');
  const copied = messageFor('crm.fifo');
  const sendAll = async (sqs: SQSClient) => {
    await sendHint(sqs, 'crm.fifo', hint);
    await sendAgain(sqs, 'crm.fifo')(copied, { tries: 2, waitSeconds: 4 });
    await askEnrichment(sqs, 'bookings.fifo', 'verify', now)(hint);
  };
  expect(await idsSent((sqs) => correlated('request=', () => sendAll(sqs)))).toEqual(Array(3).fill('request='));
  // A command at a terminal has no such id: a new one says what it is about.
  expect(await idsSent(sendAll)).toEqual([
    expect.stringMatching(/^hint-/),
    expect.stringMatching(/^hint-/),
    expect.stringMatching(/^verify-/),
  ]);
});

function messageFor(queue: string): SQSRecord {
  return {
    messageId: 'm',
    receiptHandle: 'r',
    body: JSON.stringify(hint),
    attributes: {
      ApproximateReceiveCount: '2',
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
      MessageGroupId: hint.guestKey,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
    awsRegion: 'us-east-1',
  };
}
