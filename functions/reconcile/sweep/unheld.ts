import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Listed } from '../../../shared/fareharbor/lists.ts';
import { fromItem, toAttribute } from '../../../shared/records/dynamo.ts';

/** Those of the listed bookings that we hold no record of, or one with another status than FareHarbor lists. */
export type FindUnheld = (listed: readonly Listed[]) => Promise<readonly Listed[]>;

const heldSchema = z.object({ uuid: z.string(), booking: z.object({ status: z.string() }) });
/** What one call of DynamoDB may read. */
const MOST_READ = 100;
const NAMES = { '#uuid': 'uuid', '#booking': 'booking', '#status': 'status' };

/** Reads the bookings table; what it shows may be a moment old, which costs a look too many at worst. */
export function findUnheld(client: DynamoDBClient, table: string): FindUnheld {
  return async (listed) => {
    const statuses = new Map<string, string>();
    for (let next = 0; next < listed.length; next += MOST_READ) {
      const Keys = listed.slice(next, next + MOST_READ).map(({ uuid }) => ({ uuid: toAttribute(uuid) }));
      const request = { Keys, ProjectionExpression: '#uuid, #booking.#status', ExpressionAttributeNames: NAMES };
      // A key that was not processed counts as not held, and is looked at when FareHarbor has been asked.
      const { Responses } = await client.send(new BatchGetItemCommand({ RequestItems: { [table]: request } }));
      for (const item of Responses?.[table] ?? []) {
        const { uuid, booking } = fromItem(heldSchema, item);
        statuses.set(uuid, booking.status);
      }
    }
    return listed.filter(({ uuid, status }) => statuses.get(uuid) !== status);
  };
}
