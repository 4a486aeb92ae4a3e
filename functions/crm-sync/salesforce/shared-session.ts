import { createHash, randomUUID } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { unlessRefused } from '../../../shared/aws/unless-refused.ts';
import { fromItem, toAttribute, toItem } from '../../../shared/records/dynamo.ts';
import { type Token, tokenSchema } from './connection.ts';
import type { Credentials } from './credentials.ts';

/** What all environments know of their one session with an org. */
export interface SharedSession {
  readonly token: Token | undefined;
  /** Changes with each write. */
  readonly revision: string;
  /** Milliseconds since the epoch until which somebody is logging in. */
  readonly loggingInUntil: number;
}

/** Where environments share a session, so that they do not all log in: Salesforce allows about 3,600 an hour. */
export interface SharedSessions {
  read(org: string): Promise<SharedSession | undefined>;
  /**
   * Replaces what was read; undefined when somebody else did meanwhile.
   * @param seen undefined where nothing was there.
   */
  replace(
    org: string,
    seen: SharedSession | undefined,
    next: Pick<SharedSession, 'token' | 'loggingInUntil'>,
  ): Promise<SharedSession | undefined>;
}

/**
 * Names an org by how it is entered: companies with the same credentials share one session, and credentials that were
 * changed begin another. A digest, from which they cannot be told.
 */
export function orgId(credentials: Credentials): string {
  return createHash('sha256').update(JSON.stringify(credentials)).digest('hex').slice(0, 32);
}

/** The part of the operations table that sessions stand in. */
const SESSION_KIND = 'session';
/** Salesforce ends an unused session after two hours by default; ours are not kept for longer. */
const KEPT_SECONDS = 2 * 3600;

const storedSchema = z.object({
  revision: z.string(),
  loggingInUntil: z.number(),
  token: tokenSchema.optional(),
  expiresAt: z.number(),
});

/** Keeps the session in the operations table, encrypted at rest as the whole table is. */
export function sessionsTable(client: DynamoDBClient, tableName: string, now: () => Date): SharedSessions {
  const seconds = () => Math.floor(now().getTime() / 1000);
  return {
    async read(org) {
      const key = { kind: toAttribute(SESSION_KIND), id: toAttribute(org) };
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }));
      if (Item === undefined) return undefined;
      const { expiresAt, token, ...rest } = fromItem(storedSchema, Item);
      // DynamoDB takes its time to remove what has expired.
      return { ...rest, token: expiresAt > seconds() ? token : undefined };
    },

    async replace(org, seen, next) {
      const session = { ...next, revision: randomUUID() };
      const item = { kind: SESSION_KIND, id: org, ...session, expiresAt: seconds() + KEPT_SECONDS };
      const put = new PutItemCommand({
        TableName: tableName,
        Item: toItem(item),
        ConditionExpression: seen === undefined ? 'attribute_not_exists(kind)' : 'revision = :seen',
        ...(seen !== undefined && { ExpressionAttributeValues: { ':seen': toAttribute(seen.revision) } }),
      });
      return (await unlessRefused(client.send(put))).refused ? undefined : session;
    },
  };
}

/** Shares a session within this process only. */
export function sessionsInMemory(): SharedSessions {
  const held = new Map<string, SharedSession>();
  return {
    read: async (org) => held.get(org),
    async replace(org, seen, next) {
      if (held.get(org)?.revision !== seen?.revision) return undefined;
      const session = { ...next, revision: randomUUID() };
      held.set(org, session);
      return session;
    },
  };
}
