import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type WebhookDeps, webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { acting } from '../../../functions/enrichment/decide/acting.ts';
import { oncePerBooking } from '../../../functions/enrichment/once-per-booking.ts';
import { standingTogether } from '../../../functions/enrichment/standing/standing-table.ts';
import { onTables } from '../../../functions/enrichment/tables.ts';
import { doneTogether } from '../../../functions/enrichment/together.ts';
import { consume } from '../../../shared/fifo/consumer.ts';
import { AUTOMATIC } from '../acts/automatic.ts';
import { listening } from '../shared/quiet.ts';
import { type Desk, email, openDesk, settings } from './desk.ts';

// What enrichment calls for each kind of webhook, so that a call more is one on purpose.

const TABLES = { bookings: 'bookings', guests: 'guests', operations: 'operations', decisions: 'decisions' };
const QUEUES = { crm: 'http://127.0.0.1/crm.fifo', marketing: 'http://127.0.0.1/marketing.fifo' };

let desk: Desk;
const calls: string[] = [];
const queue = { isAway: false };
let deliver: (bodies: readonly { uuid: string; body: string }[]) => Promise<readonly string[]>;

beforeAll(async () => {
  desk = await openDesk();
  desk.switches.apiAccess = true;
  note(desk.dynamo);
  deliver = batches();
});
afterAll(() => desk.close());
beforeEach(() => {
  calls.length = 0;
  queue.isAway = false;
});

const inputSchema = z.looseObject({
  TableName: z.string().optional(),
  RequestItems: z.record(z.string(), z.unknown()).optional(),
  QueueUrl: z.string().optional(),
});

function noteCall(commandName: string | undefined, input: object): void {
  const { TableName, RequestItems = {}, QueueUrl } = inputSchema.parse(input);
  const about = TableName ?? QueueUrl?.split('/').at(-1) ?? Object.keys(RequestItems).join(' ');
  calls.push(`${commandName?.replace('Command', '')} ${about}`.trim());
}

function note(client: DynamoDBClient): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        noteCall(commandName, args.input);
        return next(args);
      },
    { step: 'initialize' },
  );
}

/** Enrichment as its handler puts it together, but for policies and distribution, which are read once a while. */
function batches() {
  const { dynamo, deps: desks } = desk;
  const { log, meter } = listening();
  const sqs = new SQSClient({ region: 'us-east-1' });
  sqs.middlewareStack.add(
    (_, { commandName }) =>
      async ({ input }) => {
        noteCall(commandName, input);
        if (queue.isAway) throw new Error('the queue is away');
        return { output: { $metadata: {}, Failed: [] }, response: {} };
      },
    { step: 'initialize' },
  );
  const tables = onTables(dynamo, TABLES, desks.now);
  const standing = standingTogether(dynamo, TABLES.operations);
  const acts = acting({ dynamo, tables: TABLES, policiesOf: async () => AUTOMATIC, settings, now: desks.now });
  const deps: WebhookDeps = {
    ...desks,
    ...tables,
    decide: acts.decide,
    understand: desks.understand,
    alongside: acts.alongside,
    noteDecided: acts.noteDecided,
    noteStanding: standing.note,
    noteWebhook: async () => {},
  };
  return async (bodies: readonly { uuid: string; body: string }[]) => {
    const Records = bodies.map(({ uuid, body }): SQSRecord => {
      const message = desk.message(body);
      return { ...message, attributes: { ...message.attributes, MessageGroupId: uuid } };
    });
    const together = doneTogether({ sqs, sinkQueueUrls: QUEUES, writeSums: [standing.write], log, patienceMs: 60_000 });
    const consumer = oncePerBooking(webhookConsumer('http://127.0.0.1/bookings.fifo', deps, together), Records, deps);
    tables.expect(Records);
    const { batchItemFailures } = await consume({ Records }, () => 60_000, consumer, { sqs, log, meter });
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
}

const bodyOf = (uuid: string) => ({ uuid, body: desk.fareHarbor.bodyOf(uuid) });
const book = (name: string) => bodyOf(desk.fareHarbor.book({ contact: email(name) }).uuid);

/** What was called, but for what is asked once a while, whoever asks. */
const called = () => calls.filter((call) => !['Query operations', 'GetItem operations'].includes(call)).toSorted();

const HINTS = ['SendMessageBatch crm.fifo', 'SendMessageBatch marketing.fifo'];

describe('what enrichment calls', () => {
  it('for a new guest’s booking: two reads, one transaction, what was decided, its place among all guests, and the hints', async () => {
    await deliver([book('First Of All')]);
    expect(called()).toEqual([
      'GetItem bookings',
      'GetItem guests',
      'PutItem decisions',
      ...HINTS,
      'TransactWriteItems',
      'UpdateItem operations',
    ]);
  });

  it('for a known guest’s booking: their history besides', async () => {
    await deliver([book('Comes Again')]);
    calls.length = 0;
    await deliver([book('Comes Again')]);
    expect(called()).toEqual([
      'GetItem bookings',
      'GetItem guests',
      'GetItem guests',
      'PutItem decisions',
      ...HINTS,
      'TransactWriteItems',
      'UpdateItem operations',
    ]);
  });

  it('for a change: the record and the guest', async () => {
    const one = book('Changes Mind');
    await deliver([one]);
    desk.fareHarbor.edit(one.uuid, { note: 'A little later, please' });
    calls.length = 0;
    await deliver([bodyOf(one.uuid)]);
    expect(called()).toEqual([
      'GetItem bookings',
      'GetItem guests',
      'PutItem decisions',
      ...HINTS,
      'UpdateItem bookings',
    ]);
  });

  it('for a webhook that tells nothing new: the record alone, and the hints only while a sink lags', async () => {
    const one = book('Told Twice');
    await deliver([one]);
    calls.length = 0;
    await deliver([one]);
    expect(called()).toEqual(['GetItem bookings', ...HINTS]);
  });

  it('for a batch of ten: their records, their place and their hints once', async () => {
    const ten = Array.from({ length: 10 }, (_, n) => book(`Of Ten ${n}`));
    expect(await deliver(ten)).toEqual([]);
    const counts = Map.groupBy(called(), (call) => call);
    expect(Object.fromEntries([...counts].map(([call, all]) => [call, all.length]))).toEqual({
      'BatchGetItem bookings': 1,
      'GetItem guests': 10,
      'PutItem decisions': 10,
      'SendMessageBatch crm.fifo': 1,
      'SendMessageBatch marketing.fifo': 1,
      TransactWriteItems: 10,
      'UpdateItem operations': 1,
    });
    for (const { uuid } of ten) expect(await desk.record(uuid)).toMatchObject({ version: 1 });
  });

  it('is not acknowledged where the hints could not be sent, and hinted when it comes again', async () => {
    const [one, other] = [book('Unhinted One'), book('Unhinted Other')];
    queue.isAway = true;
    expect(await deliver([one, other])).toHaveLength(2);
    expect(await desk.record(one.uuid)).toMatchObject({ version: 1 });
    queue.isAway = false;
    calls.length = 0;
    expect(await deliver([one, other])).toEqual([]);
    expect(called()).toEqual(['BatchGetItem bookings', ...HINTS]);
  });

  it('for several webhooks of one booking in a batch sees what the one before has written', async () => {
    const one = book('Thrice');
    const other = book('Beside Thrice');
    await deliver([one, other]);
    desk.fareHarbor.edit(one.uuid, { note: 'first' });
    const first = bodyOf(one.uuid);
    desk.fareHarbor.edit(one.uuid, { note: 'second' });
    expect(await deliver([first, other, bodyOf(one.uuid)])).toEqual([]);
    expect(await desk.record(one.uuid)).toMatchObject({ version: 2, booking: { note: 'second' } });
  });
});
