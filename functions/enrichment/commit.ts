import {
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { RetryableError } from '../../shared/errors/errors.ts';
import { bookingRow, guestItem } from '../../shared/guest/guests-table.ts';
import { summarise } from '../../shared/guest/profile.ts';
import { attentionOf } from '../../shared/records/attention.ts';
import type { Attention, BookingRecord } from '../../shared/records/booking-record.ts';
import { toAttribute, toItem } from '../../shared/records/dynamo.ts';

/**
 * Writes a record's next version and the guest's row of it, both or neither, on condition that the version is still
 * the one that was read.
 * @throws RetryableError when it is not: somebody else wrote meanwhile, so the whole must be looked at again.
 */
export type Commit = (next: BookingRecord, before: BookingRecord | undefined) => Promise<void>;

export function commit(client: DynamoDBClient, tables: { readonly bookings: string; readonly guests: string }): Commit {
  return async (next, before) => {
    const writes: TransactWriteItem[] = [
      before === undefined ? insert(tables.bookings, next) : update(tables.bookings, next, before),
      { Put: { TableName: tables.guests, Item: guestRow(next) } },
    ];
    if (before !== undefined && before.guestKey !== next.guestKey) {
      const key = { guest: toAttribute(before.guestKey), row: toAttribute(bookingRow(before.uuid)) };
      writes.push({ Delete: { TableName: tables.guests, Key: key } });
    }
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: writes }));
    } catch (cause) {
      if (!(cause instanceof TransactionCanceledException)) throw cause;
      throw new RetryableError('record.moved', `booking ${next.uuid} was written by somebody else meanwhile`, {
        waitSeconds: 1,
        cause,
      });
    }
  };
}

function guestRow(next: BookingRecord) {
  return guestItem(next.guestKey, bookingRow(next.uuid), summarise(next.booking, next.firstSeenAt));
}

function insert(tableName: string, next: BookingRecord): TransactWriteItem {
  const item = toItem({ ...next, attention: attentionToBe(next) });
  return { Put: { TableName: tableName, Item: item, ConditionExpression: 'attribute_not_exists(#uuid)', ...named } };
}
const named = { ExpressionAttributeNames: { '#uuid': 'uuid' } };

/** A new version is one that the sinks still have to bring: at once, or in bulk where it is history. */
function attentionToBe(next: BookingRecord): Attention {
  return attentionOf(next) ?? 'lagging';
}

/** The attributes that a new version replaces. `sync` is not among them: there each sink writes its own progress. */
const REPLACED = [
  'version',
  'guestKey',
  'booking',
  'understanding',
  'changes',
  'unusable',
  'source',
  'changedAt',
  'receivedAt',
] as const satisfies readonly (keyof BookingRecord)[];

function update(tableName: string, next: BookingRecord, before: BookingRecord): TransactWriteItem {
  const newSinks = Object.entries(next.sync).filter(([sink]) => before.sync[sink] === undefined);
  const assignments = [
    ...REPLACED.map((name) => ({ target: `#${name}`, names: { [`#${name}`]: name }, value: next[name] })),
    { target: '#attention', names: { '#attention': 'attention' }, value: attentionToBe(next) },
    ...(next.earlierStates === undefined
      ? []
      : [{ target: '#states', names: { '#states': 'earlierStates' }, value: next.earlierStates }]),
    ...(next.quietThrough === undefined
      ? []
      : [{ target: '#quietThrough', names: { '#quietThrough': 'quietThrough' }, value: next.quietThrough }]),
    ...newSinks.map(([sink, state], index) => ({
      target: `#sync.#sink${index}`,
      names: { '#sync': 'sync', [`#sink${index}`]: sink },
      value: state,
    })),
  ];
  return {
    Update: {
      TableName: tableName,
      Key: { uuid: toAttribute(next.uuid) },
      UpdateExpression: `SET ${assignments.map(({ target }, index) => `${target} = :value${index}`).join(', ')}`,
      ConditionExpression: '#version = :read',
      ExpressionAttributeNames: Object.assign({}, ...assignments.map(({ names }) => names)),
      ExpressionAttributeValues: {
        ':read': toAttribute(before.version),
        ...Object.fromEntries(assignments.map(({ value }, index) => [`:value${index}`, toAttribute(value)])),
      },
    },
  };
}
