import { gunzipSync } from 'node:zlib';
import { type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';

const entrySchema = z.object({
  id: z.string(),
  reason: z.string(),
  receivedAt: z.string(),
  bytes: z.int(),
  parts: z.int(),
  uuid: z.string().optional(),
  company: z.string().optional(),
});
/** A webhook that no booking could be made of. */
export type QuarantinedWebhook = z.infer<typeof entrySchema>;

/** The quarantined webhooks, oldest first, without their bodies. */
export async function listQuarantine(client: DynamoDBClient, table: string): Promise<QuarantinedWebhook[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'kind = :kind',
      ProjectionExpression: 'id, reason, receivedAt, #bytes, parts, #uuid, company',
      ExpressionAttributeNames: { '#bytes': 'bytes', '#uuid': 'uuid' },
      ExpressionAttributeValues: { ':kind': { S: 'quarantine' } },
    },
  );
  const entries: QuarantinedWebhook[] = [];
  for await (const { Items } of pages)
    entries.push(...(Items ?? []).map((item) => entrySchema.parse(unmarshall(item))));
  return entries;
}

const contentSchema = z.object({ content: z.instanceof(Uint8Array), parts: z.int() });

/** The body of a quarantined webhook, as it came; undefined when there is none of this id. It may hold personal data. */
export async function readQuarantined(client: DynamoDBClient, table: string, id: string): Promise<Buffer | undefined> {
  const read = async (kind: string, key: string) => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: { kind: { S: kind }, id: { S: key } }, ConsistentRead: true }),
    );
    return Item && contentSchema.parse(unmarshall(Item));
  };
  const first = await read('quarantine', id);
  if (first === undefined) return undefined;
  const contents = [first.content];
  for (let part = 1; part < first.parts; part += 1) {
    const next = await read('quarantine-part', `${id}#${part}`);
    if (next !== undefined) contents.push(next.content);
  }
  return gunzipSync(Buffer.concat(contents));
}
