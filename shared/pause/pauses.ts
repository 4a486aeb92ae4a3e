import { type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { SinkName } from '../records/booking-record.ts';
import { fromItem, toAttribute } from '../records/dynamo.ts';

/** The part of the operations table that pauses stand in; an item's `id` is the sink. */
export const PAUSE_KIND = 'pause';

/** A destination that a person has stopped: nothing is written there until a person lets it go on. */
export const pauseSchema = z.object({
  id: z.string().min(1),
  /** Who paused it, as they signed. */
  by: z.string(),
  since: z.iso.datetime(),
  reason: z.string(),
});
export type Pause = z.infer<typeof pauseSchema>;

/** The sink's pause; undefined while it is not paused. */
export async function readPause(client: DynamoDBClient, table: string, sink: SinkName): Promise<Pause | undefined> {
  const key = { kind: toAttribute(PAUSE_KIND), id: toAttribute(sink) };
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key }));
  return Item && fromItem(pauseSchema, Item);
}

/** All pauses there are. */
export async function listPauses(client: DynamoDBClient, table: string): Promise<Pause[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': toAttribute(PAUSE_KIND) },
    },
  );
  const pauses: Pause[] = [];
  for await (const { Items } of pages) pauses.push(...(Items ?? []).map((item) => fromItem(pauseSchema, item)));
  return pauses;
}
