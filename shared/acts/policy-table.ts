import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { toAttribute, toItem } from '../records/dynamo.ts';
import { ownPoliciesSchema } from './act.ts';

/** The part of the operations table that holds what people have set: one item per company, and one for all. */
const POLICY_KIND = 'policy';
/** What people have changed: who, when, from what to what. Never changed itself. */
const LOG_KIND = 'policy-log';
/** The item that concerns every company: it only knows the kill switch. */
export const EVERY_COMPANY = '*';

const killSchema = z.object({ by: z.string(), since: z.iso.datetime(), reason: z.string() });

export const storedPoliciesSchema = z.object({
  id: z.string(),
  /** Rises with each change. */
  revision: z.int().min(1),
  policies: ownPoliciesSchema.default({}),
  killed: killSchema.optional(),
});
export type StoredPolicies = z.infer<typeof storedPoliciesSchema>;

/** One change, as it is kept. `from` and `to` are in a person's words. */
export const policyChangeSchema = z.object({
  /** `company#instant#revision`. */
  id: z.string(),
  company: z.string(),
  at: z.iso.datetime(),
  by: z.string(),
  what: z.string(),
  from: z.string(),
  to: z.string(),
  reason: z.string().optional(),
});
export type PolicyChange = z.infer<typeof policyChangeSchema>;

/** Items by company. One that a hand has made unreadable says so: nobody knows what was meant. */
export type PolicyTable = ReadonlyMap<string, StoredPolicies | 'unreadable'>;

/** Longer than this nobody waits for policies: milliseconds. */
const ANSWER_MS = 1_000;

const idSchema = z.object({ id: z.string() });

/** Reads all that people have set, a moment old at most. @throws what DynamoDB answers, or when it does not in time. */
export async function readPolicyTable(client: DynamoDBClient, table: string): Promise<PolicyTable> {
  const found = new Map<string, StoredPolicies | 'unreadable'>();
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': toAttribute(POLICY_KIND) },
    },
    { abortSignal: AbortSignal.timeout(ANSWER_MS) },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const value = unmarshall(item);
      found.set(idSchema.parse(value).id, storedPoliciesSchema.safeParse(value).data ?? 'unreadable');
    }
  }
  return found;
}

const keyOf = (kind: string, id: string): Record<string, AttributeValue> => toItem({ kind, id });

/** One company's item as it is now (consistent); undefined where nobody has set anything. */
export async function readStoredPolicies(
  client: DynamoDBClient,
  table: string,
  company: string,
): Promise<StoredPolicies | 'unreadable' | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: keyOf(POLICY_KIND, company), ConsistentRead: true }),
  );
  return Item && (storedPoliciesSchema.safeParse(unmarshall(Item)).data ?? 'unreadable');
}

/**
 * Replaces a company's item and keeps who changed what, both or neither.
 * @param before as it was read; undefined where there was none, 'unreadable' to replace what a hand has broken.
 * @returns false when somebody else has changed it meanwhile.
 */
export async function writeStoredPolicies(
  client: DynamoDBClient,
  table: string,
  next: Omit<StoredPolicies, 'revision'>,
  before: StoredPolicies | 'unreadable' | undefined,
  change: Omit<PolicyChange, 'id' | 'company'>,
): Promise<boolean> {
  const known = typeof before === 'object' ? before.revision : undefined;
  const revision = (known ?? 0) + 1;
  const condition =
    known === undefined
      ? before === 'unreadable'
        ? {}
        : { ConditionExpression: 'attribute_not_exists(kind)' }
      : { ConditionExpression: 'revision = :known', ExpressionAttributeValues: { ':known': toAttribute(known) } };
  const { id: company } = next;
  const entry = { ...change, id: `${company}#${change.at}#${revision}`, company };
  try {
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: table, Item: toItem({ kind: POLICY_KIND, ...next, revision }), ...condition } },
          {
            Put: {
              TableName: table,
              Item: toItem({ kind: LOG_KIND, ...entry }),
              ConditionExpression: 'attribute_not_exists(kind)',
            },
          },
        ],
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof TransactionCanceledException) return false;
    throw error;
  }
}

/** What people have changed, oldest first. @param company whose; undefined for all. */
export async function listPolicyChanges(
  client: DynamoDBClient,
  table: string,
  company?: string,
): Promise<PolicyChange[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: company === undefined ? 'kind = :kind' : 'kind = :kind AND begins_with(id, :company)',
      ExpressionAttributeValues: {
        ':kind': toAttribute(LOG_KIND),
        ...(company !== undefined && { ':company': toAttribute(`${company}#`) }),
      },
    },
  );
  const changes: PolicyChange[] = [];
  for await (const { Items = [] } of pages) {
    changes.push(...Items.map((item) => policyChangeSchema.parse(unmarshall(item))));
  }
  return changes.sort((a, b) => a.at.localeCompare(b.at));
}
