import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fromBookingItem } from './booking-item.ts';
import { type BookingRecord, bookingRecordSchema } from './booking-record.ts';
import type { BookingsTable } from './bookings-table.ts';
import { toAttribute } from './dynamo.ts';
import { readMany } from './read-many.ts';

/** Records as they are now (consistent), by uuid; what is not there is left out. @throws as reading each would. */
export async function readBookings(
  client: DynamoDBClient,
  tableName: string,
  uuids: readonly string[],
): Promise<ReadonlyMap<string, BookingRecord>> {
  const keys = [...new Set(uuids)].map((uuid) => ({ uuid: toAttribute(uuid) }));
  const items = await readMany(client, tableName, keys);
  const records = items.map((item) => fromBookingItem(bookingRecordSchema, item));
  return new Map(records.map((record) => [record.uuid, record]));
}

/** The records that a batch is about, each read once, and in one call when the first of them is asked for. */
export interface BookingsAhead extends Pick<BookingsTable, 'read'> {
  /** Says which; what was read for an earlier batch is forgotten. */
  expect(uuids: readonly string[]): void;
  /** Has the next read of this record give what stands there then. */
  forget(uuid: string): void;
}

/**
 * For whoever is alone in writing these records: a record read early is the record. Where they cannot be read together,
 * each is read by itself, so that one that is broken is met by its own message alone.
 */
export function bookingsAhead(
  client: DynamoDBClient,
  tableName: string,
  { read }: Pick<BookingsTable, 'read'>,
): BookingsAhead {
  const held = new Map<string, BookingRecord | undefined>();
  let expected: ReadonlySet<string> = new Set();
  let areRead = false;
  const readTogether = async (): Promise<void> => {
    areRead = true;
    if (expected.size < 2) return;
    const found = await readBookings(client, tableName, [...expected]).catch(() => undefined);
    if (found !== undefined) for (const uuid of expected) held.set(uuid, found.get(uuid));
  };
  return {
    expect(uuids) {
      held.clear();
      expected = new Set(uuids);
      areRead = false;
    },
    async read(uuid) {
      if (!expected.has(uuid)) return await read(uuid);
      if (!areRead) await readTogether();
      if (!held.has(uuid)) held.set(uuid, await read(uuid));
      return held.get(uuid);
    },
    forget: (uuid) => void held.delete(uuid),
  };
}
