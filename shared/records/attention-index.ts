import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { bookingUuidSchema } from '../booking/booking.ts';
import { guestKeySchema } from '../guest/guest-key.ts';
import { fromBookingItem } from './booking-item.ts';
import type { Attention } from './booking-record.ts';
import { toAttribute } from './dynamo.ts';

const entrySchema = z.object({
  uuid: bookingUuidSchema,
  company: z.string(),
  guestKey: guestKeySchema,
  version: z.int(),
  changedAt: z.iso.datetime(),
});
/**
 * A record as the index of those to look at shows it: a moment old, so good for hints and figures only. How far it is
 * at the destinations is not shown, since each note of that would be written to the index too (see read-progress.ts).
 */
export type AttentionEntry = z.infer<typeof entrySchema>;

/**
 * The records that stand in the index for this reason, the longest unchanged first.
 * @param changedBefore an ISO instant: only those unchanged since before it.
 */
export async function listAttentionEntries(
  client: DynamoDBClient,
  table: string,
  attention: Attention,
  changedBefore?: string,
): Promise<AttentionEntry[]> {
  const before = changedBefore === undefined ? {} : { ':before': toAttribute(changedBefore) };
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      IndexName: 'byAttention',
      KeyConditionExpression: `attention = :attention${changedBefore === undefined ? '' : ' AND changedAt < :before'}`,
      ExpressionAttributeValues: { ':attention': toAttribute(attention), ...before },
    },
  );
  const entries: AttentionEntry[] = [];
  for await (const { Items } of pages) entries.push(...(Items ?? []).map((item) => fromBookingItem(entrySchema, item)));
  return entries;
}
