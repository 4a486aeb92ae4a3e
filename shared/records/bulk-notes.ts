import {
  BatchGetItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '../aws/unless-refused.ts';
import { attentionOf } from './attention.ts';
import { fromBookingItem, stateToKeep } from './booking-item.ts';
import { type BookingRecord, bookingRecordSchema, type SinkName, type SyncState } from './booking-record.ts';
import { newBulkMark } from './bulk-mark.ts';
import { toAttribute } from './dynamo.ts';

/** The links of a booking at each destination that a bulk write brought it to. */
export type BroughtTo = Readonly<Record<SinkName, Readonly<Record<string, string>>>>;

/** A bulk write's view of the bookings table: it brings many records to several destinations at once. */
export interface BulkNotes {
  /** Reads the records as they are now (consistent), those that are there. */
  readMany(uuids: readonly string[]): Promise<ReadonlyMap<string, BookingRecord>>;
  /**
   * Marks the record for these sinks (see bulk-mark.ts), before anything is written to them.
   * @returns the mark; undefined where the record is another version by now, or somebody wants it written again: it
   *   is the live path's.
   */
  begin(record: BookingRecord, sinks: readonly SinkName[]): Promise<string | undefined>;
  /**
   * Notes that the sinks hold the record's version, and takes the mark away.
   * @returns the record as it is then, for its place in the index to be settled; undefined, and nothing is noted, where
   *   it has moved on or the mark is another's.
   */
  end(record: BookingRecord, mark: string, brought: BroughtTo): Promise<BookingRecord | undefined>;
}

/** DynamoDB reads no more at once. */
const READ_AT_ONCE = 100;

/** @param now the clock, for the times written down. */
export function bulkNotes(client: DynamoDBClient, tableName: string, now: () => Date): BulkNotes {
  const update = async (
    { uuid, version }: BookingRecord,
    input: Required<
      Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames'>
    > &
      Pick<UpdateItemCommandInput, 'ExpressionAttributeValues'>,
  ): Promise<BookingRecord | undefined> => {
    const conditioned = {
      ...input,
      ConditionExpression: `#version = :version AND ${input.ConditionExpression}`,
      ExpressionAttributeNames: { '#version': 'version', ...input.ExpressionAttributeNames },
      ExpressionAttributeValues: { ':version': toAttribute(version), ...input.ExpressionAttributeValues },
    };
    const Key = { uuid: toAttribute(uuid) };
    const tried = await unlessRefused(
      client.send(new UpdateItemCommand({ TableName: tableName, Key, ReturnValues: 'ALL_NEW', ...conditioned })),
    );
    const written = tried.refused ? undefined : tried.output.Attributes;
    return written && fromBookingItem(bookingRecordSchema, written);
  };

  return {
    async readMany(uuids) {
      const records = new Map<string, BookingRecord>();
      let keys = [...new Set(uuids)].map((uuid) => ({ uuid: toAttribute(uuid) }));
      while (keys.length > 0) {
        const request = { [tableName]: { Keys: keys.slice(0, READ_AT_ONCE), ConsistentRead: true } };
        const reply = await client.send(new BatchGetItemCommand({ RequestItems: request }));
        for (const item of reply.Responses?.[tableName] ?? []) {
          const record = fromBookingItem(bookingRecordSchema, item);
          records.set(record.uuid, record);
        }
        // What did not fit into one answer is asked for again.
        const left = (reply.UnprocessedKeys?.[tableName]?.Keys ?? []).flatMap(({ uuid }) => (uuid ? [{ uuid }] : []));
        keys = [...left, ...keys.slice(READ_AT_ONCE)];
      }
      return records;
    },

    async begin(record, sinks) {
      const mark = newBulkMark(now());
      const names = sinks.map((sink, index) => [`#sink${index}`, sink]);
      const marked = await update(record, {
        UpdateExpression: `SET ${names.map(([name]) => `#sync.${name}.#rewrite = :mark`).join(', ')}`,
        ConditionExpression: names
          .map(([name]) => {
            const wish = `#sync.${name}.#rewrite`;
            return `attribute_exists(#sync.${name}) AND (attribute_not_exists(${wish}) OR begins_with(${wish}, :any))`;
          })
          .join(' AND '),
        ExpressionAttributeNames: { '#sync': 'sync', '#rewrite': 'rewrite', ...Object.fromEntries(names) },
        ExpressionAttributeValues: {
          ':mark': toAttribute(mark),
          ':any': toAttribute(mark.slice(0, mark.indexOf(' '))),
        },
      });
      return marked && mark;
    },

    async end(record, mark, brought) {
      const at = now().toISOString();
      const states = Object.entries(brought).map(([sink, links], index): Ended => {
        return { name: `#sink${index}`, value: `:state${index}`, sink, state: stateOf(record, at, links) };
      });
      return await update(record, endOf(record, mark, states));
    },
  };
}

interface Ended {
  readonly name: string;
  readonly value: string;
  readonly sink: SinkName;
  readonly state: SyncState;
}

function stateOf({ version }: BookingRecord, at: string, links: Readonly<Record<string, string>>): SyncState {
  return { version, at, state: 'synced', links };
}

/** The new states and, since another sink's may have changed meanwhile, the index only if all sinks are among them. */
function endOf(record: BookingRecord, mark: string, states: readonly Ended[]) {
  const sync = { ...record.sync, ...Object.fromEntries(states.map(({ sink, state }) => [sink, state])) };
  const isDone = states.length === Object.keys(record.sync).length && attentionOf({ ...record, sync }) === undefined;
  const sets = states.map(({ name, value }) => `#sync.${name} = ${value}`).join(', ');
  return {
    UpdateExpression: `SET ${sets}${isDone ? ' REMOVE attention' : ''}`,
    ConditionExpression: states.map(({ name }) => `#sync.${name}.#rewrite = :mark`).join(' AND '),
    ExpressionAttributeNames: {
      '#sync': 'sync',
      '#rewrite': 'rewrite',
      ...Object.fromEntries(states.map(({ name, sink }) => [name, sink])),
    },
    ExpressionAttributeValues: {
      ':mark': toAttribute(mark),
      ...Object.fromEntries(states.map(({ value, state }) => [value, toAttribute(stateToKeep(state))])),
    },
  };
}
