import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod';
import { attentionOf } from './attention.ts';
import { fromBookingItem } from './booking-item.ts';
import {
  type Attention,
  attentionSchema,
  bookingRecordSchema,
  type SinkName,
  type SyncState,
} from './booking-record.ts';
import { toAttribute } from './dynamo.ts';

const progressSchema = bookingRecordSchema.pick({ version: true, sync: true, quietThrough: true }).extend({
  attention: attentionSchema.optional(),
});

/** How far the destinations of a record are, and how the table holds that: a condition compares what is held. */
export interface Progress extends z.infer<typeof progressSchema> {
  readonly kept: Readonly<Record<string, AttributeValue>>;
}

/** A part of an UpdateItem. */
export type Update = Readonly<
  Pick<
    UpdateItemCommandInput,
    | 'UpdateExpression'
    | 'ConditionExpression'
    | 'ExpressionAttributeNames'
    | 'ExpressionAttributeValues'
    | 'ReturnValues'
  >
>;

/** For a read of nothing else. */
export const ONLY_PROGRESS = {
  ProjectionExpression: '#uuid, #version, #sync, #quietThrough, #attention',
  ExpressionAttributeNames: {
    '#uuid': 'uuid',
    '#version': 'version',
    '#sync': 'sync',
    '#quietThrough': 'quietThrough',
    '#attention': 'attention',
  },
} as const;

/** The progress in a record's item, whole or read with `ONLY_PROGRESS`. */
export function progressIn(item: Readonly<Record<string, AttributeValue>>): Progress {
  const names = Object.values(ONLY_PROGRESS.ExpressionAttributeNames);
  const kept = Object.fromEntries(
    names.flatMap((name): [string, AttributeValue][] => {
      const value = item[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return { ...fromBookingItem(progressSchema, kept), kept };
}

/** Brings the index in line with the progress, on condition that nobody has moved on since; undefined where it is. */
export function settling(progress: Progress): Update | undefined {
  const wanted = attentionOf(progress);
  const { sync } = progress.kept;
  if (wanted === progress.attention || sync === undefined) return undefined;
  return attentionUpdate(wanted, {
    ConditionExpression: '#version = :seenVersion AND #sync = :seenSync',
    ExpressionAttributeNames: { '#version': 'version', '#sync': 'sync' },
    ExpressionAttributeValues: { ':seenVersion': toAttribute(progress.version), ':seenSync': sync },
  });
}

/**
 * The same for the moment at which this sink gets this state, on condition that the version is the one that was seen and
 * all other sinks are as far as they were; undefined where nothing about the index is to be changed then.
 */
export function settlingWith(seen: Progress, sink: SinkName, state: SyncState): Update | undefined {
  const wanted = attentionOf({ ...seen, sync: { ...seen.sync, [sink]: state } });
  if (wanted === seen.attention || seen.sync[sink] === undefined) return undefined;
  const others = Object.entries(seen.sync).filter(([name]) => name !== sink);
  const members = others.flatMap(([, other], index) =>
    STANDING.map((member) => ({
      at: `#sync.#other${index}.#${member}`,
      value: other[member],
      key: `:${member}${index}`,
    })),
  );
  const held = members.flatMap(({ key, value }) => (value === undefined ? [] : [[key, toAttribute(value)] as const]));
  return attentionUpdate(wanted, {
    ConditionExpression: [
      '#version = :seenVersion',
      ...members.map(({ at, value, key }) => (value === undefined ? `attribute_not_exists(${at})` : `${at} = ${key}`)),
    ].join(' AND '),
    ExpressionAttributeNames: {
      '#version': 'version',
      ...(others.length > 0 && { '#sync': 'sync', '#parkedVersion': 'parkedVersion', '#rewrite': 'rewrite' }),
      ...Object.fromEntries(others.map(([name], index) => [`#other${index}`, name])),
    },
    ExpressionAttributeValues: { ':seenVersion': toAttribute(seen.version), ...Object.fromEntries(held) },
  });
}

/** What of a state decides about the index. Whether it is parked shows in its `parkedVersion`, which no other has. */
const STANDING = ['version', 'parkedVersion', 'rewrite'] as const satisfies readonly (keyof SyncState)[];

function attentionUpdate(wanted: Attention | undefined, condition: Update): Update {
  return {
    ...condition,
    UpdateExpression: wanted === undefined ? 'REMOVE #attention' : 'SET #attention = :wanted',
    ExpressionAttributeNames: { '#attention': 'attention', ...condition.ExpressionAttributeNames },
    ExpressionAttributeValues: {
      ...condition.ExpressionAttributeValues,
      ...(wanted !== undefined && { ':wanted': toAttribute(wanted) }),
    },
  };
}

/** Two updates in one, made if the conditions of both hold. Each sets something or removes something, not both. */
export function together(one: Update, other: Update): Update {
  const [sets, removes] = (['SET ', 'REMOVE '] as const).map((kind) =>
    [one, other].flatMap(({ UpdateExpression = '' }) =>
      UpdateExpression.startsWith(kind) ? [UpdateExpression.slice(kind.length)] : [],
    ),
  );
  const part = (kind: string, parts: readonly string[] = []) =>
    parts.length === 0 ? [] : [`${kind} ${parts.join(', ')}`];
  return {
    UpdateExpression: [...part('SET', sets), ...part('REMOVE', removes)].join(' '),
    ConditionExpression: [one, other].map(({ ConditionExpression }) => `(${ConditionExpression})`).join(' AND '),
    ExpressionAttributeNames: { ...one.ExpressionAttributeNames, ...other.ExpressionAttributeNames },
    ExpressionAttributeValues: { ...one.ExpressionAttributeValues, ...other.ExpressionAttributeValues },
  };
}
