import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { type Hint, hintSchema, sendHint } from '../../../shared/fifo/hint.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
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
