import {
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { RetryableError } from '../../shared/errors/errors.ts';
import { GUEST_MOVED } from '../../shared/guest/guest-moved.ts';
import { attentionOf } from '../../shared/records/attention.ts';
import { bookingItem, NO_LONGER_PLAIN, packedMembers, stateToKeep } from '../../shared/records/booking-item.ts';
import type { Attention, BookingRecord } from '../../shared/records/booking-record.ts';
import { toAttribute } from '../../shared/records/dynamo.ts';
import { PACKED } from '../../shared/records/packed.ts';

/**
 * Writes a record's next version and what goes alongside (its guest's history, what was decided), all or nothing, on
 * condition that the version is still the one that was read.
 * @throws RetryableError when somebody else wrote meanwhile: `record.moved` where the whole must be looked at again,
 *   `GUEST_MOVED` where the record is as it was read, and only what goes alongside is not.
 */
export type Commit = (
  next: BookingRecord,
  before: BookingRecord | undefined,
  alongside: readonly TransactWriteItem[],
) => Promise<void>;

export function commit(client: DynamoDBClient, tables: { readonly bookings: string }): Commit {
  return async (next, before, alongside) => {
    const record = before === undefined ? insert(tables.bookings, next) : update(tables.bookings, next, before);
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: [record, ...alongside] }));
    } catch (cause) {
      if (!(cause instanceof TransactionCanceledException)) throw cause;
      const [ofRecord] = cause.CancellationReasons ?? [];
      const code = ofRecord?.Code === 'ConditionalCheckFailed' ? 'record.moved' : GUEST_MOVED;
      throw new RetryableError(code, `booking ${next.uuid} was overtaken by somebody else's write`, {
        waitSeconds: 1,
        cause,
      });
    }
  };
}

function insert(tableName: string, next: BookingRecord): TransactWriteItem {
  const item = bookingItem({ ...next, attention: attentionToBe(next) });
  return { Put: { TableName: tableName, Item: item, ConditionExpression: 'attribute_not_exists(#uuid)', ...named } };
}
const named = { ExpressionAttributeNames: { '#uuid': 'uuid' } };

/** A new version is one that the sinks still have to bring: at once, or in bulk where it is history. */
function attentionToBe(next: BookingRecord): Attention {
  return attentionOf(next) ?? 'lagging';
}

/** The plain attributes that a new version replaces. `sync` is not among them: there each sink writes its own progress. */
const REPLACED = ['version', 'guestKey', 'changedAt'] as const satisfies readonly (keyof BookingRecord)[];

function update(tableName: string, next: BookingRecord, before: BookingRecord): TransactWriteItem {
  const newSinks = Object.entries(next.sync).filter(([sink]) => before.sync[sink] === undefined);
  // What this version does not speak of stays as it was.
  const { earlierStates, acts } = before;
  const assignments = [
    ...REPLACED.map((name) => ({ target: `#${name}`, names: { [`#${name}`]: name }, value: next[name] })),
    {
      target: `#${PACKED}`,
      names: { [`#${PACKED}`]: PACKED },
      value: packedMembers({ ...(earlierStates && { earlierStates }), ...(acts && { acts }), ...next }),
    },
    { target: '#attention', names: { '#attention': 'attention' }, value: attentionToBe(next) },
    ...(next.quietThrough === undefined
      ? []
      : [{ target: '#quietThrough', names: { '#quietThrough': 'quietThrough' }, value: next.quietThrough }]),
    ...newSinks.map(([sink, state], index) => ({
      target: `#sync.#sink${index}`,
      names: { '#sync': 'sync', [`#sink${index}`]: sink },
      value: stateToKeep(state),
    })),
  ];
  const sets = assignments.map(({ target }, index) => `${target} = :value${index}`);
  return {
    Update: {
      TableName: tableName,
      Key: { uuid: toAttribute(next.uuid) },
      UpdateExpression: `SET ${sets.join(', ')} REMOVE ${NO_LONGER_PLAIN.map((name) => `#was_${name}`).join(', ')}`,
      ConditionExpression: '#version = :read',
      ExpressionAttributeNames: Object.assign(
        Object.fromEntries(NO_LONGER_PLAIN.map((name) => [`#was_${name}`, name])),
        ...assignments.map(({ names }) => names),
      ),
      ExpressionAttributeValues: {
        ':read': toAttribute(before.version),
        ...Object.fromEntries(assignments.map(({ value }, index) => [`:value${index}`, toAttribute(value)])),
      },
    },
  };
}
