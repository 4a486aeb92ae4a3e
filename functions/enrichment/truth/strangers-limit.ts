import { type DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { fromItem, toAttribute } from '../../../shared/records/dynamo.ts';

/**
 * Webhooks with a valid key for bookings that FareHarbor does not know: somebody else has the key. After a dozen of
 * them, bookings that we hold nothing of neither get live calls nor are believed; those we hold are not concerned.
 */
export interface Strangers {
  /** Notes that FareHarbor did not know a booking that a webhook of this company told of. */
  noteUnknown(company: string): Promise<void>;
  /**
   * Whether bookings of this company that we hold nothing of are to be held back.
   * @param look `where-seen` costs nothing as long as this environment itself has met no unknown booking.
   */
  suspected(company: string, look: 'where-seen' | 'always'): Promise<boolean>;
}

/** Of an honest booking it happens that it is told of a moment before it can be read, but not a dozen times. */
export const MOST_UNKNOWN = 12;
/** Answers are counted by tens of minutes; the one before counts as well, so that a suspicion lasts ten to twenty. */
const SPAN_MS = 10 * 60_000;
/** How long an environment goes by what it has read. */
const FRESH_MS = 2_000;
const STRANGERS_KIND = 'strangers';

const countSchema = z.object({ answers: z.int() });

/** Counts them in the operations table, for all environments together. */
export function strangers(client: DynamoDBClient, tableName: string, now: () => Date): Strangers {
  const seen = new Map<string, { readonly suspected: boolean; readonly metAt: number; readonly readAt: number }>();
  const idOf = (company: string, at: number) => `${company.slice(0, 200)}#${Math.floor(at / SPAN_MS)}`;

  const read = async (company: string, at: number): Promise<boolean> => {
    const { Items } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'kind = :kind AND id BETWEEN :before AND :now',
        ExpressionAttributeValues: {
          ':kind': toAttribute(STRANGERS_KIND),
          ':before': toAttribute(idOf(company, at - SPAN_MS)),
          ':now': toAttribute(idOf(company, at)),
        },
        ConsistentRead: true,
      }),
    );
    return (Items ?? []).some((item) => fromItem(countSchema, item).answers >= MOST_UNKNOWN);
  };

  return {
    async noteUnknown(company) {
      const at = now().getTime();
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { kind: toAttribute(STRANGERS_KIND), id: toAttribute(idOf(company, at)) },
          UpdateExpression: 'ADD answers :one SET expiresAt = :expiresAt',
          ExpressionAttributeValues: {
            ':one': toAttribute(1),
            ':expiresAt': toAttribute(Math.ceil((at + 3 * SPAN_MS) / 1000)),
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      const enough = fromItem(countSchema, Attributes ?? {}).answers >= MOST_UNKNOWN;
      seen.set(company, { suspected: enough, metAt: at, readAt: enough ? at : 0 });
    },

    async suspected(company, look) {
      const at = now().getTime();
      const known = seen.get(company);
      if (look === 'where-seen' && (known === undefined || at - known.metAt > 2 * SPAN_MS)) return false;
      if (known !== undefined && at - known.readAt < FRESH_MS) return known.suspected;
      const suspected = await read(company, at);
      // Who has read of a suspicion knows of it, and looks again as long as it lasts.
      const metAt = suspected ? at : (known?.metAt ?? 0);
      seen.set(company, { suspected, metAt, readAt: at });
      return suspected;
    },
  };
}
