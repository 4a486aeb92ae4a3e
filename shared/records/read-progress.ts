import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod';
import type { AttentionEntry } from './attention-index.ts';
import { fromBookingItem } from './booking-item.ts';
import { bookingRecordSchema } from './booking-record.ts';
import { toAttribute } from './dynamo.ts';
import { readMany } from './read-many.ts';

const progressSchema = bookingRecordSchema.pick({ uuid: true, version: true, sync: true });
/** How far the destinations of a record are, without their links. */
export type RecordProgress = Pick<z.infer<typeof progressSchema>, 'version' | 'sync'>;
/** An entry of the index whose progress is known. */
export type EntryWithProgress = AttentionEntry & Pick<RecordProgress, 'sync'>;

/** What DynamoDB reads in one call, and how many calls are under way together. */
const READ_AT_ONCE = 100;
const CALLS_AT_ONCE = 4;

/** Half a read unit for each record of up to 4 KB: what is not shown is read, and paid for, all the same. */
const A_MOMENT_OLD = {
  ConsistentRead: false,
  ProjectionExpression: '#uuid, #version, #sync',
  ExpressionAttributeNames: { '#uuid': 'uuid', '#version': 'version', '#sync': 'sync' },
};

/**
 * How far the destinations of these records are, a moment old; what is not there is left out.
 * @throws RetryableError when DynamoDB is too busy to give all of them.
 */
export async function readProgress(
  client: DynamoDBClient,
  tableName: string,
  uuids: readonly string[],
): Promise<ReadonlyMap<string, RecordProgress>> {
  const keys = [...new Set(uuids)].map((uuid) => ({ uuid: toAttribute(uuid) }));
  const batches = Array.from({ length: Math.ceil(keys.length / READ_AT_ONCE) }, (_, batch) =>
    keys.slice(batch * READ_AT_ONCE, (batch + 1) * READ_AT_ONCE),
  );
  const found = new Map<string, RecordProgress>();
  for (let next = 0; next < batches.length; next += CALLS_AT_ONCE) {
    const some = batches.slice(next, next + CALLS_AT_ONCE);
    const items = await Promise.all(some.map((batch) => readMany(client, tableName, batch, A_MOMENT_OLD)));
    for (const item of items.flat()) {
      const { uuid, ...progress } = fromBookingItem(progressSchema, withoutLinks(item));
      found.set(uuid, progress);
    }
  }
  return found;
}

/** These entries with their progress; those whose record has moved on since are left out. @throws as `readProgress`. */
export async function withProgress(
  client: DynamoDBClient,
  tableName: string,
  entries: readonly AttentionEntry[],
): Promise<EntryWithProgress[]> {
  const uuids = entries.map(({ uuid }) => uuid);
  return joined(entries, await readProgress(client, tableName, uuids));
}

/** The entries whose progress is known for just their version. */
export function joined(
  entries: readonly AttentionEntry[],
  progress: ReadonlyMap<string, RecordProgress>,
): EntryWithProgress[] {
  return entries.flatMap((entry) => {
    const known = progress.get(entry.uuid);
    return known?.version === entry.version ? [{ ...entry, sync: known.sync }] : [];
  });
}

/** Nobody here needs the links; so a record whose links are damaged does not keep the others from being seen. */
function withoutLinks({ sync, ...item }: Record<string, AttributeValue>): Record<string, AttributeValue> {
  const states = Object.entries(sync?.M ?? {}).map(([sink, { M }]): [string, AttributeValue] => {
    const { links: _, ...state } = M ?? {};
    return [sink, { M: state }];
  });
  return { ...item, sync: { M: Object.fromEntries(states) } };
}
