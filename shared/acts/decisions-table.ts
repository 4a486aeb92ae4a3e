import { type AttributeValue, type DynamoDBClient, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { unlessRefused } from '../aws/unless-refused.ts';
import { toAttribute, toItem } from '../records/dynamo.ts';
import { PACKED, pack, packedIn, unpack } from '../records/packed.ts';
import { actionSchema, actSchema } from './act.ts';

const outputSchema = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

/** What was decided about one version of a booking, and from what. It names nobody but who approved something. */
export const decidedSchema = z.object({
  kind: z.literal('decided'),
  uuid: z.string(),
  company: z.string(),
  version: z.int(),
  at: z.iso.datetime(),
  features: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
  /** Who read the guest's words, and how; null where no model was asked. */
  readBy: z.enum(['model', 'rules']),
  rulesReason: z.string().nullable(),
  model: z
    .object({
      name: z.string(),
      promptVersion: z.string(),
      inputHash: z.string(),
      inputTokens: z.int(),
      cachedTokens: z.int(),
      outputTokens: z.int(),
      costMicroUsd: z.int().nullable(),
    })
    .nullable(),
  /** Which facts led to what, by what it is about: `score`, `segment`, `churn`, `upsell`, `routing`, `cancellation`, `noShow`. */
  reasons: z.record(z.string(), z.array(z.string())),
  acts: z.partialRecord(actionSchema, actSchema.extend({ output: outputSchema.nullable() })),
});
export type Decided = z.infer<typeof decidedSchema>;

/** What a destination was written of what was decided. */
export const writtenSchema = z.object({
  kind: z.literal('written'),
  uuid: z.string(),
  company: z.string(),
  version: z.int(),
  at: z.iso.datetime(),
  sink: z.string(),
  /** `of`: the booking whose understanding it was: a guest is shown as their latest booking says. */
  wrote: z.array(z.object({ action: actionSchema, of: z.string(), place: z.string() })),
  /** Names to ids at the destination. */
  links: z.record(z.string(), z.string()),
});
export type Written = z.infer<typeof writtenSchema>;

export const decisionSchema = z.discriminatedUnion('kind', [decidedSchema, writtenSchema]);
export type Decision = z.infer<typeof decisionSchema>;

/**
 * Where an entry stands among its booking's: by time. A table restored to an earlier time writes the same version again,
 * at another time, and so beside the entry that there is.
 */
function entryKey(decision: Decision): string {
  const { at, version } = decision;
  return decision.kind === 'decided' ? `${at}#v${version}` : `${at}#v${version}#${decision.sink}`;
}

const NEVER_OVER = {
  ConditionExpression: 'attribute_not_exists(#uuid)',
  ExpressionAttributeNames: { '#uuid': 'uuid' },
};

function entryOf(table: string, decision: Decision) {
  return { TableName: table, Item: decisionItem(decision), ...NEVER_OVER };
}

/** An entry as the table holds it: its keys, and everything else packed. Entries from before that are plain. */
function decisionItem(decision: Decision): Record<string, AttributeValue> {
  const keys = { uuid: decision.uuid, entry: entryKey(decision) };
  return toItem({ ...keys, [PACKED]: pack(decision, hintOf(keys)) });
}

const keysSchema = z.object({ uuid: z.string(), entry: z.string() });
const hintOf = ({ uuid, entry }: z.infer<typeof keysSchema>): string => `${entry}${uuid}`;

function fromDecisionItem(item: Record<string, AttributeValue>): Decision {
  const packed = packedIn(item);
  const plain = unmarshall(item);
  if (packed === undefined) return decisionSchema.parse(plain);
  const keys = keysSchema.parse(plain);
  return decisionSchema.parse(unpack(packed, hintOf(keys), `entry ${keys.entry} of booking ${keys.uuid}`));
}

/** Appends an entry; where the very same stands already, that is all right. */
export async function appendDecision(client: DynamoDBClient, table: string, decision: Decision): Promise<void> {
  await unlessRefused(client.send(new PutItemCommand(entryOf(table, decision))));
}

/** A booking's entries, oldest first. */
export async function readDecisions(client: DynamoDBClient, table: string, uuid: string): Promise<Decision[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: '#uuid = :uuid',
      ExpressionAttributeNames: { '#uuid': 'uuid' },
      ExpressionAttributeValues: { ':uuid': toAttribute(uuid) },
    },
  );
  const found: Decision[] = [];
  for await (const { Items = [] } of pages) found.push(...Items.map(fromDecisionItem));
  return found;
}
