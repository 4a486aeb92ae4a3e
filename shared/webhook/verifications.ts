import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '../aws/unless-refused.ts';
import { fromItem, toAttribute, toItem } from '../records/dynamo.ts';
import { type Pending, pendingSchema, VERIFY_KIND, verificationId } from './verification.ts';

/** A note that could not be settled for so long is of no more use: the company's API access was taken away. */
const KEPT_DAYS = 30;
/** What one call of DynamoDB may read. */
const MOST_READ = 100;

/** A note's item. */
export function noteItemOf({ company, uuid, notedAt, reason }: Omit<Pending, 'tries'>): Record<string, AttributeValue> {
  const expiresAt = Math.floor(Date.parse(notedAt) / 1000) + KEPT_DAYS * 86_400;
  return toItem({ kind: VERIFY_KIND, id: verificationId(company, uuid), company, uuid, notedAt, reason, expiresAt });
}

/** A note's key in the operations table. */
export function noteKeyOf(company: string, uuid: string): Record<string, AttributeValue> {
  return { kind: toAttribute(VERIFY_KIND), id: toAttribute(verificationId(company, uuid)) };
}

/** The list of bookings that FareHarbor is to be asked for, as those see it who write it and have it worked off. */
export interface VerificationList {
  /** Adds a booking, unless it stands there already for whatever reason. @returns whether it was added. */
  add(pending: Omit<Pending, 'tries'>): Promise<boolean>;
  /** All there are. */
  all(): Promise<Pending[]>;
  /** Those of these that still stand there, as they are now, by their uuid. */
  still(pendings: readonly Pending[]): Promise<ReadonlyMap<string, Pending>>;
}

/** Keeps the list in the operations table. */
export function verificationList(client: DynamoDBClient, table: string): VerificationList {
  return {
    async add(pending) {
      const unlessThere = 'attribute_not_exists(kind)';
      const put = new PutItemCommand({
        TableName: table,
        Item: noteItemOf(pending),
        ConditionExpression: unlessThere,
      });
      return !(await unlessRefused(client.send(put))).refused;
    },

    async all() {
      const ExpressionAttributeValues = { ':kind': toAttribute(VERIFY_KIND) };
      const query = { TableName: table, KeyConditionExpression: 'kind = :kind', ExpressionAttributeValues };
      const pending: Pending[] = [];
      for await (const { Items } of paginateQuery({ client }, query)) {
        pending.push(...(Items ?? []).map((item) => fromItem(pendingSchema, item)));
      }
      return pending;
    },

    async still(pendings) {
      const found = new Map<string, Pending>();
      for (let next = 0; next < pendings.length; next += MOST_READ) {
        const Keys = pendings.slice(next, next + MOST_READ).map(({ company, uuid }) => noteKeyOf(company, uuid));
        const { Responses, UnprocessedKeys } = await client.send(
          new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
        );
        for (const item of Responses?.[table] ?? []) {
          const note = fromItem(pendingSchema, item);
          found.set(note.uuid, note);
        }
        // Not looked at is as good as still there: the next look tells.
        const unseen = new Set((UnprocessedKeys?.[table]?.Keys ?? []).map(({ id }) => id?.S));
        for (const one of pendings) if (unseen.has(verificationId(one.company, one.uuid))) found.set(one.uuid, one);
      }
      return found;
    },
  };
}
