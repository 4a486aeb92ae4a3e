import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '../aws/unless-refused.ts';
import type { PermanentError } from '../errors/errors.ts';
import { attentionOf } from './attention.ts';
import { fromBookingItem, stateToKeep } from './booking-item.ts';
import {
  type BookingRecord,
  bookingRecordSchema,
  type SinkName,
  type SyncState,
  syncStateSchema,
} from './booking-record.ts';
import { isBulkUnderWay } from './bulk-mark.ts';
import { toAttribute } from './dynamo.ts';
import { ONLY_PROGRESS, type Progress, progressIn, settling, settlingWith, together, type Update } from './progress.ts';

/** A destination's view of the bookings table: it reads records and notes its own progress, nothing else. */
export interface BookingsTable {
  /** Reads the record as it is now (consistent). */
  read(uuid: string): Promise<BookingRecord | undefined>;
  /** Notes that the sink holds this version of the record. Never takes a sink backwards. */
  noteSynced(record: BookingRecord, sink: SinkName, links: Readonly<Record<string, string>>): Promise<void>;
  /** Notes that this version was refused for good by the sink, why, and what to do. */
  notePark(record: BookingRecord, sink: SinkName, error: PermanentError): Promise<void>;
  /** Notes that once-only writes for this version begin at this place, so that a repeat first looks what has arrived. */
  noteAttempt(record: BookingRecord, sink: SinkName, place: string): Promise<void>;
  /**
   * Brings the index in line with a record as it was read: a process may have died between noting its progress and
   * doing so. Leaves it alone where the record has moved on since, or is right already.
   */
  settleAttention(record: BookingRecord): Promise<void>;
}

/** For those who have reason to doubt what a destination holds: a person's repair, a bulk write beside live ones. */
export interface Rewrites {
  /**
   * Notes that the sink must write the record again at its next look, whatever version it holds; what was told once
   * is not told again. A record that is parked gets another try. Send the hint after this, not before.
   */
  noteRewrite(uuid: string, sink: SinkName): Promise<void>;
}

/** @param now the clock, for the times written down. */
export function bookingsTable(client: DynamoDBClient, tableName: string, now: () => Date): BookingsTable & Rewrites {
  /** Runs an update; undefined when its condition did not hold. */
  const update = async (uuid: string, input: Update): Promise<Record<string, AttributeValue> | undefined> => {
    const Key = { uuid: toAttribute(uuid) };
    const tried = await unlessRefused(client.send(new UpdateItemCommand({ TableName: tableName, Key, ...input })));
    return tried.refused ? undefined : (tried.output.Attributes ?? {});
  };

  /** The record's progress, a moment old unless asked for as it is. */
  const progressOf = async (uuid: string, ConsistentRead: boolean): Promise<Progress | undefined> => {
    const key = { uuid: toAttribute(uuid) };
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead, ...ONLY_PROGRESS }),
    );
    return Item && progressIn(Item);
  };

  /**
   * Replaces the sink's state. A wish for a rewrite goes with it if it is the one that was there when the record was
   * read, and no bulk write's mark; a later one stays.
   */
  const note = async ({ uuid, sync }: BookingRecord, sink: SinkName, state: SyncState): Promise<void> => {
    const wish = sync[sink]?.rewrite;
    const isWhole = !isBulkUnderWay(wish, now());
    const replacing = replaceState(sink, state, wish);
    // The sink that comes last takes the record out of the index along with its note: one write instead of two. What is
    // seen here may be a moment old; where it is, the index follows in a write of its own.
    const seen = isWhole ? await progressOf(uuid, false) : undefined;
    const settles = seen && settlingWith(seen, sink, state);
    if (settles !== undefined && (await update(uuid, together(replacing, settles))) !== undefined) return;
    const updated =
      (isWhole ? await update(uuid, replacing) : undefined) ??
      (await update(uuid, replaceStateBesideRewrite(sink, state)));
    // Somebody noted more already, or the record is gone: there is nothing left to say.
    if (updated !== undefined) await settle(uuid, progressIn(updated));
  };

  /** Brings the index attribute in line with the progress, unless the record or a sink has moved on since. */
  const settle = async (uuid: string, progress: Progress): Promise<void> => {
    const settles = settling(progress);
    if (settles !== undefined) await update(uuid, settles);
  };

  return {
    async read(uuid) {
      const key = { uuid: toAttribute(uuid) };
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }));
      return Item && fromBookingItem(bookingRecordSchema, Item);
    },

    noteSynced: (record, sink, links) =>
      note(record, sink, { version: record.version, at: now().toISOString(), state: 'synced', links }),

    notePark(record, sink, { code, message, remedy }) {
      const { rewrite: _, ...held } = record.sync[sink] ?? { version: 0 };
      const parked = { state: 'parked', parkedVersion: record.version, code, reason: message, remedy } as const;
      return note(record, sink, { ...held, at: now().toISOString(), ...parked });
    },

    async noteAttempt(record, sink, place) {
      const places = [...new Set([...(record.sync[sink]?.places ?? []), place])];
      await update(record.uuid, {
        UpdateExpression: 'SET #sync.#sink.#attempting = :version, #sync.#sink.#places = :places',
        ConditionExpression: 'attribute_exists(#sync.#sink)',
        ExpressionAttributeNames: { '#sync': 'sync', '#sink': sink, '#attempting': 'attempting', '#places': 'places' },
        ExpressionAttributeValues: { ':version': toAttribute(record.version), ':places': toAttribute(places) },
      });
    },

    async noteRewrite(uuid, sink) {
      const updated = await update(uuid, {
        UpdateExpression: 'SET #sync.#sink.#rewrite = :wish',
        ConditionExpression: 'attribute_exists(#sync.#sink)',
        ExpressionAttributeNames: { '#sync': 'sync', '#sink': sink, '#rewrite': 'rewrite' },
        ExpressionAttributeValues: { ':wish': toAttribute(crypto.randomUUID()) },
        ReturnValues: 'ALL_NEW',
      });
      if (updated !== undefined) await settle(uuid, progressIn(updated));
    },

    async settleAttention(record) {
      if (attentionOf(record) === record.attention) return;
      const progress = await progressOf(record.uuid, true);
      if (progress !== undefined) await settle(record.uuid, progress);
    },
  };
}

const NEVER_BACKWARDS = 'attribute_exists(#sync.#sink) AND #sync.#sink.#version <= :held';

/** The whole state, unless another wish for a rewrite is there than `read`. */
function replaceState(sink: SinkName, state: SyncState, read: string | undefined) {
  const sameWish = read === undefined ? 'attribute_not_exists(#sync.#sink.#rewrite)' : '#sync.#sink.#rewrite = :read';
  return {
    UpdateExpression: 'SET #sync.#sink = :state',
    ConditionExpression: `${NEVER_BACKWARDS} AND ${sameWish}`,
    ExpressionAttributeNames: { '#sync': 'sync', '#sink': sink, '#version': 'version', '#rewrite': 'rewrite' },
    ExpressionAttributeValues: {
      ':state': toAttribute(stateToKeep(state)),
      ':held': toAttribute(state.version),
      ...(read !== undefined && { ':read': toAttribute(read) }),
    },
    ReturnValues: 'ALL_NEW',
  } as const;
}

/** The state's members one by one, those it has not removed, and the wish for a rewrite left as it is. */
function replaceStateBesideRewrite(sink: SinkName, state: SyncState) {
  const members = syncStateSchema.keyof().options.filter((member) => member !== 'rewrite');
  const values = stateToKeep(state);
  const [kept, gone] = [
    members.filter((member) => values[member] !== undefined),
    members.filter((member) => values[member] === undefined),
  ];
  return {
    UpdateExpression: [
      `SET ${kept.map((member) => `#sync.#sink.#${member} = :${member}`).join(', ')}`,
      ...(gone.length > 0 ? [`REMOVE ${gone.map((member) => `#sync.#sink.#${member}`).join(', ')}`] : []),
    ].join(' '),
    ConditionExpression: NEVER_BACKWARDS,
    ExpressionAttributeNames: {
      '#sync': 'sync',
      '#sink': sink,
      ...Object.fromEntries(members.map((member) => [`#${member}`, member])),
    },
    ExpressionAttributeValues: {
      ':held': toAttribute(state.version),
      ...Object.fromEntries(
        kept.flatMap((member) => {
          const value = values[member];
          return value === undefined ? [] : [[`:${member}`, toAttribute(value)]];
        }),
      ),
    },
    ReturnValues: 'ALL_NEW',
  } as const;
}
