import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { PermanentError } from '../errors/errors.ts';
import { attentionOf } from './attention.ts';
import {
  type BookingRecord,
  bookingRecordSchema,
  type SinkName,
  type SyncState,
  syncStateSchema,
} from './booking-record.ts';
import { fromItem, toAttribute } from './dynamo.ts';

/** A destination's view of the bookings table: it reads records and notes its own progress, nothing else. */
export interface BookingsTable {
  /** Reads the record as it is now (consistent). */
  read(uuid: string): Promise<BookingRecord | undefined>;
  /** Notes that the sink holds this version of the record. Never takes a sink backwards. */
  noteSynced(record: BookingRecord, sink: SinkName, links: Readonly<Record<string, string>>): Promise<void>;
  /** Notes that this version was refused for good by the sink, why, and what to do. */
  notePark(record: BookingRecord, sink: SinkName, error: PermanentError): Promise<void>;
  /** Notes that once-only writes for this version begin, so that a repeat first looks what has arrived. */
  noteAttempt(record: BookingRecord, sink: SinkName): Promise<void>;
  /**
   * Brings the index in line with a record as it was read: a process may have died between noting its progress and
   * doing so. Leaves it alone where the record has moved on since, or is right already.
   */
  settleAttention(record: BookingRecord): Promise<void>;
}

const progressSchema = z.object({
  version: z.int(),
  sync: z.record(z.string(), syncStateSchema),
  attention: z.string().optional(),
});

/** @param now the clock, for the times written down. */
export function bookingsTable(client: DynamoDBClient, tableName: string, now: () => Date): BookingsTable {
  /** Runs an update; undefined when its condition did not hold. */
  const update = async (
    uuid: string,
    input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>,
  ): Promise<Record<string, AttributeValue> | undefined> => {
    try {
      const key = { uuid: toAttribute(uuid) };
      const { Attributes } = await client.send(new UpdateItemCommand({ TableName: tableName, Key: key, ...input }));
      return Attributes ?? {};
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };

  const note = async (uuid: string, sink: SinkName, state: SyncState): Promise<void> => {
    const updated = await update(uuid, {
      UpdateExpression: 'SET #sync.#sink = :state',
      ConditionExpression: 'attribute_exists(#sync.#sink) AND #sync.#sink.#version <= :held',
      ExpressionAttributeNames: { '#sync': 'sync', '#sink': sink, '#version': 'version' },
      ExpressionAttributeValues: { ':state': toAttribute(state), ':held': toAttribute(state.version) },
      ReturnValues: 'ALL_NEW',
    });
    // Somebody noted more already, or the record is gone: there is nothing left to say.
    if (updated !== undefined) await settle(uuid, fromItem(progressSchema, updated));
  };

  /** Brings the index attribute in line with the progress, unless the record or a sink has moved on since. */
  const settle = async (uuid: string, { version, sync, attention }: z.infer<typeof progressSchema>): Promise<void> => {
    const wanted = attentionOf(version, sync);
    if (wanted === attention) return;
    await update(uuid, {
      UpdateExpression: wanted === undefined ? 'REMOVE attention' : 'SET attention = :wanted',
      ConditionExpression: '#version = :version AND #sync = :sync',
      ExpressionAttributeNames: { '#version': 'version', '#sync': 'sync' },
      ExpressionAttributeValues: {
        ':version': toAttribute(version),
        ':sync': toAttribute(sync),
        ...(wanted !== undefined && { ':wanted': toAttribute(wanted) }),
      },
    });
  };

  return {
    async read(uuid) {
      const key = { uuid: toAttribute(uuid) };
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }));
      return Item && fromItem(bookingRecordSchema, Item);
    },

    noteSynced: (record, sink, links) =>
      note(record.uuid, sink, { version: record.version, at: now().toISOString(), state: 'synced', links }),

    notePark: (record, sink, { code, message, remedy }) =>
      note(record.uuid, sink, {
        ...record.sync[sink],
        version: record.sync[sink]?.version ?? 0,
        at: now().toISOString(),
        state: 'parked',
        parkedVersion: record.version,
        code,
        reason: message,
        remedy,
      }),

    async noteAttempt(record, sink) {
      await update(record.uuid, {
        UpdateExpression: 'SET #sync.#sink.#attempting = :version',
        ConditionExpression: 'attribute_exists(#sync.#sink)',
        ExpressionAttributeNames: { '#sync': 'sync', '#sink': sink, '#attempting': 'attempting' },
        ExpressionAttributeValues: { ':version': toAttribute(record.version) },
      });
    },

    settleAttention: (record) => settle(record.uuid, record),
  };
}
