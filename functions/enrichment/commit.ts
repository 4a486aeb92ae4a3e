import {
  type DynamoDBClient,
  type Put,
  PutItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type Update,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '../../shared/aws/unless-refused.ts';
import { RetryableError } from '../../shared/errors/errors.ts';
import { GUEST_MOVED } from '../../shared/guest/guest-moved.ts';
import { attentionOf } from '../../shared/records/attention.ts';
import { bookingItem, NO_LONGER_PLAIN, packedMembers, stateToKeep } from '../../shared/records/booking-item.ts';
import type { Attention, BookingRecord } from '../../shared/records/booking-record.ts';
import { toAttribute } from '../../shared/records/dynamo.ts';
import { PACKED } from '../../shared/records/packed.ts';

/**
 * Writes a record's next version and what goes alongside (its guest's history, notes, reviews), all or nothing, on
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
    const record =
      before === undefined ? { Put: insert(tables.bookings, next) } : { Update: update(tables.bookings, next, before) };
    const moved = await refusalOf(client, record, alongside);
    if (moved === undefined) return;
    throw new RetryableError(moved, `booking ${next.uuid} was overtaken by somebody else's write`, { waitSeconds: 1 });
  };
}

type RecordWrite = { readonly Put: Put } | { readonly Update: Update };

/** Writes all or nothing; what was not as it was read, where nothing was written. */
async function refusalOf(
  client: DynamoDBClient,
  record: RecordWrite,
  alongside: readonly TransactWriteItem[],
): Promise<string | undefined> {
  if (alongside.length === 0) {
    // Alone it needs no transaction, which costs twice as much.
    const sent =
      'Put' in record ? client.send(new PutItemCommand(record.Put)) : client.send(new UpdateItemCommand(record.Update));
    return (await unlessRefused<unknown>(sent)).refused ? 'record.moved' : undefined;
  }
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: [record, ...alongside] }));
    return undefined;
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const [ofRecord] = error.CancellationReasons ?? [];
    return ofRecord?.Code === 'ConditionalCheckFailed' ? 'record.moved' : GUEST_MOVED;
  }
}

function insert(tableName: string, next: BookingRecord): Put {
  const item = bookingItem({ ...next, attention: attentionToBe(next) });
  return { TableName: tableName, Item: item, ConditionExpression: 'attribute_not_exists(#uuid)', ...named };
}
const named = { ExpressionAttributeNames: { '#uuid': 'uuid' } };

/** A new version is one that the sinks still have to bring: at once, or in bulk where it is history. */
function attentionToBe(next: BookingRecord): Attention {
  return attentionOf(next) ?? 'lagging';
}

/** The plain attributes that a new version replaces. `sync` is not among them: there each sink writes its own progress. */
const REPLACED = ['version', 'guestKey', 'changedAt'] as const satisfies readonly (keyof BookingRecord)[];

function update(tableName: string, next: BookingRecord, before: BookingRecord): Update {
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
  };
}
