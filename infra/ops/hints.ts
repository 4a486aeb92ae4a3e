import { type DynamoDBClient, GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod';
import { sendHint } from '../../shared/fifo/hint.ts';
import { grantAllowance } from '../../shared/gate/volume/allowance.ts';
import { fromBookingItem } from '../../shared/records/booking-item.ts';
import { bookingRecordSchema } from '../../shared/records/booking-record.ts';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { toAttribute } from '../../shared/records/dynamo.ts';
import { type Deployed, SINKS } from './deployed.ts';

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
 * Has every destination write a booking again, also one that holds its version already (what the vendor holds may
 * have been lost or changed there) and one that refused it for good: a repair is made after the cause was cured.
 * @returns the destinations; undefined when there is no such booking.
 */
export async function repair(stage: Deployed, uuid: string): Promise<string[] | undefined> {
  const entry = await readEntry(stage.dynamo, stage.tables.bookings, uuid);
  return entry && (await writeAgain(stage, entry));
}

/** Does so for every booking changed at this instant or later. Reads the whole table. @returns how many bookings. */
export async function replay(stage: Deployed, since: string): Promise<number> {
  // What a person has written again, all at once, is no reason to pause the destinations.
  const { dynamo, tables } = stage;
  await Promise.all(SINKS.map((sink) => grantAllowance(dynamo, tables.operations, sink, new Date())));
  let bookings = 0;
  for await (const entries of changedSince(stage, since)) {
    for (let next = 0; next < entries.length; next += HINTS_AT_ONCE) {
      await Promise.all(entries.slice(next, next + HINTS_AT_ONCE).map((entry) => writeAgain(stage, entry)));
    }
    bookings += entries.length;
  }
  return bookings;
}

async function writeAgain(stage: Deployed, { sync, ...hint }: Entry): Promise<string[]> {
  const sinks = Object.keys(sync).sort();
  const bookings = bookingsTable(stage.dynamo, stage.tables.bookings, () => new Date());
  for (const sink of sinks) {
    // First the wish: a hint that came before it would find nothing to do, and a lost hint is sent again for it.
    await bookings.noteRewrite(hint.uuid, sink);
    await sendHint(stage.sqs, await stage.queueUrl(sink), hint);
  }
  return sinks;
}

async function readEntry(client: DynamoDBClient, table: string, uuid: string): Promise<Entry | undefined> {
  const key = { uuid: toAttribute(uuid) };
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
  return Item && fromBookingItem(entrySchema, Item);
}

async function* changedSince({ dynamo, tables }: Deployed, since: string): AsyncGenerator<Entry[]> {
  const pages = paginateScan(
    { client: dynamo },
    {
      TableName: tables.bookings,
      FilterExpression: 'changedAt >= :since',
      ExpressionAttributeValues: { ':since': toAttribute(since) },
    },
  );
  for await (const { Items } of pages) yield (Items ?? []).map((item) => fromBookingItem(entrySchema, item));
}
