import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Hint } from '../../../shared/fifo/hint.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { guestItem, sinkRow } from '../../../shared/guest/guest-rows.ts';
import { guestsTable } from '../../../shared/guest/guests-table.ts';
import { bookingItem } from '../../../shared/records/booking-item.ts';
import { bookingsTable } from '../../../shared/records/bookings-table.ts';
import { sinkAhead } from '../../../shared/sink/sink-ahead.ts';
import { hintMessage, aRecord as someRecord } from '../marketing-sync/office.ts';
import { aBooking, uuid } from './booking-fixture.ts';
import { type CountedEngine, countedEngine } from './counted-engine.ts';
import { openDynamoDb } from './tables.ts';

const TABLES = { bookings: 'bookings', guests: 'guests' };
let engine: CountedEngine;
beforeAll(async () => {
  engine = await countedEngine({ [TABLES.bookings]: ['uuid'], [TABLES.guests]: ['guest', 'row'] });
});
afterAll(() => engine.close());
beforeEach(() => {
  engine.calls.length = 0;
});

const guestOf = (n: number) => guestKeyFor(uuid(n));

/** Booking n of guest n, at this version, with what the sink keeps about the guest. */
async function write(n: number, version: number): Promise<void> {
  const record = { ...someRecord(aBooking({ uuid: uuid(n) })), guestKey: guestOf(n), version };
  const { dynamo } = engine;
  await dynamo.send(new PutItemCommand({ TableName: TABLES.bookings, Item: bookingItem(record) }));
  const kept = guestItem(guestOf(n), sinkRow('marketing'), { version });
  await dynamo.send(new PutItemCommand({ TableName: TABLES.guests, Item: kept }));
  engine.calls.length = 0;
}

function open(clock = { now: Date.parse('2026-11-21T12:00:00Z') }, client: DynamoDBClient = engine.dynamo) {
  const now = () => new Date(clock.now);
  const bookings = bookingsTable(engine.dynamo, TABLES.bookings, now);
  const guests = guestsTable(engine.dynamo, TABLES.guests);
  const ahead = sinkAhead(client, TABLES, { sink: 'marketing', bookings, guests, now });
  /** What following a hint for booking n sees of the record and of the guest. */
  const follow = async (n: number) => {
    const hint: Hint = { ...hintOf(n) };
    const record = await ahead.record(hint);
    const { kept } = await ahead.look(hint);
    return { record: record?.version, kept };
  };
  return { ahead, follow, clock };
}

const hintOf = (n: number): Hint => ({
  uuid: uuid(n),
  guestKey: guestOf(n),
  company: 'harbor-kayaks',
  version: 1,
  receivedAt: '2026-11-21T12:00:00.000Z',
});

function batchOf(...numbers: readonly number[]): SQSRecord[] {
  return numbers.map((n) => {
    const message = hintMessage(uuid(n), guestOf(n));
    return { ...message, attributes: { ...message.attributes, MessageGroupId: guestOf(n) } };
  });
}

const seen = (version: number) => ({ record: version, kept: { version } });
const reads = (action: string) => engine.calls.filter((call) => call === action).length;

describe('what a sink reads ahead for a batch', () => {
  it('is read in few calls, and is what reading each would give', async () => {
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    for (const n of numbers) await write(n, n);
    const { ahead, follow } = open();
    ahead.expect(batchOf(...numbers));
    for (const n of numbers) expect(await follow(n)).toEqual(seen(n));
    // Four of each, then the other six; the guests of this test have no totals, so each is asked for their bookings.
    expect([reads('BatchGetItem'), reads('GetItem'), reads('Query')]).toEqual([4, 0, 10]);
  });

  it('is not used for a guest’s second hint, which must see what the first one did', async () => {
    for (const n of [1, 2]) await write(n, 1);
    const { ahead, follow } = open();
    ahead.expect(batchOf(1, 2, 1));
    expect(await follow(1)).toEqual(seen(1));
    await write(1, 2);
    expect(await follow(2)).toEqual(seen(1));
    expect(await follow(1)).toEqual(seen(2));
  });

  it('is not used for a second hint either where the first one did not look at the guest', async () => {
    for (const n of [1, 2]) await write(n, 1);
    const { ahead, follow } = open();
    ahead.expect(batchOf(1, 2, 1));
    await ahead.record(hintOf(1));
    expect(await follow(2)).toEqual(seen(1));
    await write(1, 2);
    expect(await follow(1)).toEqual(seen(2));
  });

  it('has the guest never older than the record', async () => {
    for (const n of [1, 2, 3]) await write(n, 1);
    const { ahead, follow, clock } = open();
    ahead.expect(batchOf(1, 2, 3));
    await follow(1);
    // The record read ahead has grown old: with it goes what was read of the guest.
    clock.now += 2_500;
    await write(2, 2);
    expect(await follow(2)).toEqual(seen(2));
    await write(3, 2);
    expect(await follow(3)).toEqual(seen(2));
  });

  it('is forgotten with the batch', async () => {
    for (const n of [1, 2]) await write(n, 1);
    const { ahead, follow } = open();
    ahead.expect(batchOf(1, 2));
    await follow(1);
    await write(2, 2);
    ahead.expect(batchOf(2));
    expect(await follow(2)).toEqual(seen(2));
  });

  it('is nothing where the vendor takes its time, after the first time', async () => {
    const numbers = [1, 2, 3, 4, 5, 6];
    for (const n of numbers) await write(n, 1);
    const { ahead, follow, clock } = open();
    ahead.expect(batchOf(...numbers));
    for (const n of numbers) {
      await follow(n);
      clock.now += 2_500;
    }
    // The first four records together, of which three grew old; from then on each by itself.
    expect(reads('GetItem')).toBe(5);
  });

  it('is what each reads by itself where several cannot be read at once', async () => {
    for (const n of [1, 2]) await write(n, 1);
    const broken = await openDynamoDb();
    try {
      const { ahead, follow } = open(undefined, broken.dynamo);
      ahead.expect(batchOf(1, 2));
      for (const n of [1, 2]) expect(await follow(n)).toEqual(seen(1));
    } finally {
      await broken.close();
    }
  });

  it('minds no message that cannot be read', async () => {
    for (const n of [1, 2]) await write(n, 1);
    const { ahead, follow } = open();
    const [first, ...rest] = batchOf(1, 2);
    if (first === undefined) throw new Error('no message');
    ahead.expect([{ ...first, body: 'not JSON' }, ...rest]);
    for (const n of [1, 2]) expect(await follow(n)).toEqual(seen(1));
  });
});
