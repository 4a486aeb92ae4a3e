import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Listed } from '../../../shared/fareharbor/lists.ts';
import { fromBookingItem } from '../../../shared/records/booking-item.ts';
import { bookingRecordSchema } from '../../../shared/records/booking-record.ts';
import { toAttribute } from '../../../shared/records/dynamo.ts';

/** Those of the listed bookings that we hold no record of, or one with another status than FareHarbor lists. */
export type FindUnheld = (listed: readonly Listed[]) => Promise<readonly Listed[]>;

const heldSchema = bookingRecordSchema.pick({ uuid: true, booking: true });
/** What one call of DynamoDB may read. */
const MOST_READ = 100;

/** Reads the bookings table; what it shows may be a moment old, which costs a look too many at worst. */
export function findUnheld(client: DynamoDBClient, table: string): FindUnheld {
  return async (listed) => {
    const statuses = new Map<string, string>();
    for (let next = 0; next < listed.length; next += MOST_READ) {
      const Keys = listed.slice(next, next + MOST_READ).map(({ uuid }) => ({ uuid: toAttribute(uuid) }));
      // A key that was not processed counts as not held, and is looked at when FareHarbor has been asked.
      const { Responses } = await client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys } } }));
      for (const item of Responses?.[table] ?? []) {
        const { uuid, booking } = fromBookingItem(heldSchema, item);
        statuses.set(uuid, booking.status);
      }
    }
    return listed.filter(({ uuid, status }) => statuses.get(uuid) !== status);
  };
}
