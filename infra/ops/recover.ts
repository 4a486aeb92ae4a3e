import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  paginateScan,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { sweepLog } from '../../functions/reconcile/sweep/sweep-log.ts';
import { RetryableError } from '../../shared/errors/errors.ts';
import { summarise } from '../../shared/guest/booking-summary.ts';
import { GUEST_MOVED } from '../../shared/guest/guest-moved.ts';
import { bookingRow, guestItem, guestRowKey, TOTALS_ROW } from '../../shared/guest/guest-rows.ts';
import { layOutRows, rebuildTotals } from '../../shared/guest/rebuild-totals.ts';
import { fromBookingItem } from '../../shared/records/booking-item.ts';
import { type BookingRecord, bookingRecordSchema } from '../../shared/records/booking-record.ts';
import { toAttribute } from '../../shared/records/dynamo.ts';
import { noteItemOf } from '../../shared/webhook/verifications.ts';
import type { Deployed } from './deployed.ts';

export interface Recovery {
  /** Bookings that will be asked for at FareHarbor and written again. */
  readonly bookings: number;
  /** Bookings that went on changing while they were to be noted: what changes now is up to date by itself. */
  readonly moved: readonly string[];
}

const AT_ONCE = 10;
/** A booking changes for a moment; somebody who changes it all the time keeps it up to date as well. */
const TRIES = 3;

/**
 * After the tables were restored to an earlier time: for every booking, the guest's row is made equal to the record,
 * FareHarbor is asked for it anew, and once it answered each destination is written again, whatever version it is said
 * to hold. Nothing is hinted here: before FareHarbor answered, the record may be older than what the vendors hold.
 * Every guest's totals are made anew from the rows. What was booked meanwhile has no record: every company is swept for
 * it in the next minutes.
 *
 * Reads the whole table. Safe to repeat.
 */
export async function recover(stage: Deployed, now: Date): Promise<Recovery> {
  const moved: string[] = [];
  const guests = new Set<string>();
  let bookings = 0;
  for await (const { Items = [] } of paginateScan({ client: stage.dynamo }, { TableName: stage.tables.bookings })) {
    const records = Items.map((item) => fromBookingItem(bookingRecordSchema, item));
    // A row of each booking is written below: it has to have one, and its guest's totals are made of those.
    for (const guestKey of new Set(records.map((record) => record.guestKey))) {
      if (!guests.has(guestKey)) await layOut(stage, guestKey, now);
    }
    for (let next = 0; next < records.length; next += AT_ONCE) {
      const some = records.slice(next, next + AT_ONCE);
      const noted = await Promise.all(some.map((record) => note(stage, record, now)));
      moved.push(...some.flatMap(({ uuid }, index) => (noted[index] === true ? [] : [uuid])));
    }
    bookings += records.length;
    for (const { guestKey } of records) guests.add(guestKey);
  }
  for (const guestKey of guests) await renewTotals(stage, guestKey, now);
  await makeSweepsDue(stage);
  return { bookings: bookings - moved.length, moved };
}

/** Gives each booking of the guest a row of its own. */
async function layOut({ dynamo, tables }: Deployed, guestKey: string, now: Date): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await layOutRows(dynamo, tables.guests, guestKey, now.toISOString());
    } catch (error) {
      if (!(error instanceof RetryableError) || error.code !== GUEST_MOVED || tries >= TRIES) throw error;
    }
  }
}

/** A guest's totals anew from all their bookings. Nobody writes on top of the old ones any more once they are gone. */
async function renewTotals(stage: Deployed, guestKey: string, now: Date): Promise<void> {
  const { dynamo, tables } = stage;
  // Enrichment may have made a guest meanwhile whose table was restored to before they booked.
  await layOut(stage, guestKey, now);
  await dynamo.send(new DeleteItemCommand({ TableName: tables.guests, Key: guestRowKey(guestKey, TOTALS_ROW) }));
  try {
    await rebuildTotals(dynamo, tables.guests, guestKey, now.toISOString());
  } catch (error) {
    // Enrichment had a change of the guest at that moment, and has made them for itself.
    if (!(error instanceof RetryableError) || error.code !== GUEST_MOVED) throw error;
  }
}

/** A company's first sweep stays when it is: what that one finds is taken for older than us. */
async function makeSweepsDue({ dynamo, tables }: Deployed): Promise<void> {
  const sweeps = sweepLog(dynamo, tables.operations);
  const longAgo = new Date(0).toISOString();
  for (const { position: _, ...sweep } of await sweeps.read()) {
    if (sweep.round > 0) await sweeps.write({ ...sweep, startedAt: longAgo, finishedAt: longAgo });
  }
}

/** @returns whether the booking was noted as it was read, or read again. */
async function note(stage: Deployed, seen: BookingRecord, now: Date): Promise<boolean> {
  let record: BookingRecord | undefined = seen;
  for (let tries = 0; tries < TRIES && record !== undefined; tries += 1) {
    try {
      const TransactItems = [wish(stage, record), row(stage, record), question(stage, record, now)];
      await stage.dynamo.send(new TransactWriteItemsCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      record = await read(stage.dynamo, stage.tables.bookings, seen.uuid);
    }
  }
  return false;
}

/** Each sink's wish for a rewrite; the index is left alone, so that nobody acts on it before FareHarbor answered. */
function wish({ tables }: Deployed, { uuid, version, sync }: BookingRecord): TransactWriteItem {
  const sinks = Object.keys(sync);
  return {
    Update: {
      TableName: tables.bookings,
      Key: { uuid: toAttribute(uuid) },
      UpdateExpression: `SET ${sinks.map((_, index) => `#sync.#sink${index}.#rewrite = :wish`).join(', ')}`,
      ConditionExpression: '#version = :version',
      ExpressionAttributeNames: {
        '#sync': 'sync',
        '#version': 'version',
        '#rewrite': 'rewrite',
        ...Object.fromEntries(sinks.map((sink, index) => [`#sink${index}`, sink])),
      },
      ExpressionAttributeValues: { ':wish': toAttribute(crypto.randomUUID()), ':version': toAttribute(version) },
    },
  };
}

/** The guest's row of the booking, as enrichment writes it: two tables restored are seldom of the same second. */
function row({ tables }: Deployed, { uuid, guestKey, booking, firstSeenAt }: BookingRecord): TransactWriteItem {
  return {
    Put: { TableName: tables.guests, Item: guestItem(guestKey, bookingRow(uuid), summarise(booking, firstSeenAt)) },
  };
}

function question({ tables }: Deployed, { uuid, company }: BookingRecord, now: Date): TransactWriteItem {
  const noted = { company, uuid, notedAt: now.toISOString(), reason: 'restored' } as const;
  return { Put: { TableName: tables.operations, Item: noteItemOf(noted) } };
}

async function read(client: DynamoDBClient, table: string, uuid: string): Promise<BookingRecord | undefined> {
  const key = { uuid: toAttribute(uuid) };
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
  return Item && fromBookingItem(bookingRecordSchema, Item);
}
