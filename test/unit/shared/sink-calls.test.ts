import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { summarise } from '../../../shared/guest/booking-summary.ts';
import { togetherValue } from '../../../shared/guest/guest-file.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { guestItem, TOTALS_ROW } from '../../../shared/guest/guest-rows.ts';
import { bookingItem } from '../../../shared/records/booking-item.ts';
import { parseSettings } from '../../../shared/settings/settings.ts';
import { type Sink, sinkConsumer, sinkDeps } from '../../../shared/sink/sink.ts';
import { hintMessage, aRecord as someRecord } from '../marketing-sync/office.ts';
import { aBooking, uuid } from './booking-fixture.ts';
import { type CountedEngine, countedEngine } from './counted-engine.ts';
import { listening } from './quiet.ts';

// What every sink calls in DynamoDB, whatever its vendor: a call more is one on purpose.

const TABLES = { bookings: 'bookings', guests: 'guests', operations: 'operations', decisions: 'decisions' };
const KEYS = {
  bookings: ['uuid'],
  guests: ['guest', 'row'],
  operations: ['kind', 'id'],
  decisions: ['uuid', 'entry'],
};
const settings = parseSettings({ companies: { 'harbor-kayaks': { name: 'Harbor Kayaks' } } });
const sink: Sink = {
  name: 'marketing',
  worstCaseMs: 1_000,
  sync: async () => ({ member: 'm1' }),
  refresh: async () => undefined,
  leave: async () => undefined,
};

let engine: CountedEngine;
beforeAll(async () => {
  engine = await countedEngine(KEYS);
});
afterAll(() => engine.close());
beforeEach(() => {
  engine.calls.length = 0;
});

/** Follows the hints of a batch, as the handler does. @returns how often each command was sent. */
async function follow(numbers: readonly number[]) {
  const { log, meter } = listening();
  const deps = sinkDeps(engine.dynamo, TABLES, { sink: sink.name, settings, log, meter });
  const consumer = sinkConsumer(sink, 'queue', deps);
  const batch = numbers.map((n): SQSRecord => {
    const guestKey = guestKeyFor(uuid(n));
    const message = hintMessage(uuid(n), guestKey);
    return { ...message, attributes: { ...message.attributes, MessageGroupId: guestKey } };
  });
  for (const n of numbers) {
    const guestKey = guestKeyFor(uuid(n));
    const record = { ...someRecord(aBooking({ uuid: uuid(n) })), guestKey };
    await engine.dynamo.send(new PutItemCommand({ TableName: TABLES.bookings, Item: bookingItem(record) }));
    const summaries = new Map([[record.uuid, summarise(record.booking, record.firstSeenAt)]]);
    const totals = guestItem(guestKey, TOTALS_ROW, togetherValue({ summaries, successors: new Map() }, 1));
    await engine.dynamo.send(new PutItemCommand({ TableName: TABLES.guests, Item: totals }));
  }
  engine.calls.length = 0;
  deps.ahead.expect(batch);
  for (const message of batch) await consumer.handle(message);
  for (const n of numbers) {
    expect((await deps.bookings.read(uuid(n)))?.sync.marketing).toMatchObject({ version: 1, state: 'synced' });
  }
  // Reading what was written, just now, is the test's own.
  const own = engine.calls.slice(0, engine.calls.length - numbers.length);
  return Object.fromEntries([...Map.groupBy(own, (call) => call)].map(([call, all]) => [call, all.length]));
}

describe('what a sink calls in DynamoDB', () => {
  it('for one hint: the record, the guest, the policies, what it wrote, and its progress', async () => {
    const { GetItem = 0, ...rest } = await follow([1]);
    // The record, and where the record stands with the other sinks, which decides what is noted.
    expect(GetItem).toBeLessThanOrEqual(2);
    expect(rest).toEqual({ BatchGetItem: 1, PutItem: 1, Query: 1, UpdateItem: 1 });
  });

  it('for a batch of ten: records and guests in two calls each, the rest ten times', async () => {
    const { GetItem = 0, ...rest } = await follow([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(GetItem).toBeLessThanOrEqual(10);
    expect(rest).toEqual({ BatchGetItem: 4, PutItem: 10, Query: 1, UpdateItem: 10 });
  });
});
