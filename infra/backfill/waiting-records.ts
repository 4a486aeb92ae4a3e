import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type AttentionEntry, listAttentionEntries } from '../../shared/records/attention-index.ts';
import { fromBookingItem } from '../../shared/records/booking-item.ts';
import { type BookingRecord, bookingRecordSchema } from '../../shared/records/booking-record.ts';
import { toAttribute } from '../../shared/records/dynamo.ts';

/** A company's records that wait for a bulk write. */
export interface WaitingRecords {
  /** As the index shows them, a moment old. */
  list(company: string): Promise<readonly AttentionEntry[]>;
  /** Those of these that do wait, as they are now. */
  read(entries: readonly AttentionEntry[]): Promise<readonly BookingRecord[]>;
}

/** What one call of DynamoDB may read. */
const MOST_READ = 100;

export function waitingRecords(client: DynamoDBClient, table: string): WaitingRecords {
  const readSome = async (uuids: readonly string[]): Promise<BookingRecord[]> => {
    const Keys = uuids.map((uuid) => ({ uuid: toAttribute(uuid) }));
    // What DynamoDB does not get done at once still waits at the next look.
    const { Responses } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    );
    return (Responses?.[table] ?? []).map((item) => fromBookingItem(bookingRecordSchema, item));
  };
  return {
    async list(company) {
      const entries = await listAttentionEntries(client, table, 'backfill');
      return entries.filter((entry) => entry.company === company);
    },

    async read(entries) {
      const records: BookingRecord[] = [];
      for (let next = 0; next < entries.length; next += MOST_READ) {
        records.push(...(await readSome(entries.slice(next, next + MOST_READ).map(({ uuid }) => uuid))));
      }
      return records.filter(({ attention }) => attention === 'backfill');
    },
  };
}

/** The first so many entries and a few more, so that a guest's bookings stay together. */
export function wholeGuests(entries: readonly AttentionEntry[], atLeast: number): AttentionEntry[] {
  const byGuest = entries.toSorted((a, b) => a.guestKey.localeCompare(b.guestKey));
  const last = byGuest[atLeast - 1]?.guestKey;
  return byGuest.filter(({ guestKey }, index) => index < atLeast || guestKey === last);
}
