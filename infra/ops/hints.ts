import { type DynamoDBClient, GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod';
import { sendHint } from '../../shared/fifo/hint.ts';
import { bookingRecordSchema } from '../../shared/records/booking-record.ts';
import { fromItem, toAttribute } from '../../shared/records/dynamo.ts';
import type { Deployed } from './deployed.ts';

/** What a hint needs of a record. */
const entrySchema = bookingRecordSchema.pick({
  uuid: true,
  guestKey: true,
  company: true,
  version: true,
  receivedAt: true,
  sync: true,
});
type Entry = z.infer<typeof entrySchema>;

const HINTS_AT_ONCE = 10;

/**
 * Sends a booking's hint to every destination, also where it was refused for good: a repair is made after the cause
 * was cured.
 * @returns the destinations; undefined when there is no such booking.
 */
export async function repair(stage: Deployed, uuid: string): Promise<string[] | undefined> {
  const entry = await readEntry(stage.dynamo, stage.tables.bookings, uuid);
  return entry && (await hintAll(stage, entry));
}

/** Sends the hints of every booking changed at this instant or later. Reads the whole table. @returns how many bookings. */
export async function replay(stage: Deployed, since: string): Promise<number> {
  let bookings = 0;
  for await (const entries of changedSince(stage, since)) {
    for (let next = 0; next < entries.length; next += HINTS_AT_ONCE) {
      await Promise.all(entries.slice(next, next + HINTS_AT_ONCE).map((entry) => hintAll(stage, entry)));
    }
    bookings += entries.length;
  }
  return bookings;
}

async function hintAll(stage: Deployed, { sync, ...hint }: Entry): Promise<string[]> {
  const sinks = Object.keys(sync).sort();
  for (const sink of sinks) await sendHint(stage.sqs, await stage.queueUrl(sink), hint);
  return sinks;
}

async function readEntry(client: DynamoDBClient, table: string, uuid: string): Promise<Entry | undefined> {
  const key = { uuid: toAttribute(uuid) };
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
  return Item && fromItem(entrySchema, Item);
}

async function* changedSince({ dynamo, tables }: Deployed, since: string): AsyncGenerator<Entry[]> {
  const pages = paginateScan(
    { client: dynamo },
    {
      TableName: tables.bookings,
      FilterExpression: 'changedAt >= :since',
      ProjectionExpression: '#uuid, guestKey, company, #version, receivedAt, #sync',
      ExpressionAttributeNames: { '#uuid': 'uuid', '#version': 'version', '#sync': 'sync' },
      ExpressionAttributeValues: { ':since': toAttribute(since) },
    },
  );
  for await (const { Items } of pages) yield (Items ?? []).map((item) => fromItem(entrySchema, item));
}
