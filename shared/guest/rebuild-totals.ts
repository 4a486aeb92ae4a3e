import {
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { RetryableError } from '../errors/errors.ts';
import { toAttribute } from '../records/dynamo.ts';
import { rowChanges, rowsFor } from './guest-change.ts';
import { guestFileIn } from './guest-file.ts';
import { GUEST_MOVED } from './guest-moved.ts';
import { guestItem, guestRowKey, MADE_ROW, SUCCESSOR_ROW, TOTALS_ROW, TOUR_ROW } from './guest-rows.ts';
import { rowsOf } from './guests-table.ts';
import { readAllRows, readRow } from './read-rows.ts';
import { totalsOf } from './totals.ts';
import type { GuestTotals } from './totals-shape.ts';

/** DynamoDB's limit for a transaction is 100, and one of them is the condition. */
const ROWS_AT_ONCE = 99;

/**
 * Makes the totals of a guest who has none, and all rows that are computed, from the guest's bookings: guests from
 * before there were totals, and guests of a restored table. Reads all rows of the guest, once in their life.
 *
 * @param now ISO instant.
 * @returns undefined where the guest has no booking; nothing is written then.
 * @throws RetryableError where somebody else has made them meanwhile.
 */
export async function rebuildTotals(
  client: DynamoDBClient,
  tableName: string,
  guestKey: string,
  now: string,
): Promise<GuestTotals | undefined> {
  const rows = await readAllRows(client, tableName, guestKey);
  const { bookings } = rowsOf(rows);
  if (bookings.length === 0) return undefined;
  const summaries = new Map(bookings.map((summary) => [summary.uuid, summary]));
  const successors = Map.groupBy(
    bookings.filter(({ rebookedFrom }) => rebookedFrom !== null),
    ({ rebookedFrom }) => rebookedFrom ?? '',
  );
  const uuids = [...successors].map(([of, own]): [string, string[]] => [of, own.map(({ uuid }) => uuid).sort()]);
  const held = new Map([...rows].filter(([row]) => isComputed(row)).map(([row, value]) => [row, Object(value)]));
  const wanted = new Map([...rowsFor({ summaries, successors: new Map(uuids) })].filter(([row]) => isComputed(row)));
  const { put, remove } = rowChanges(held, wanted);
  const writes: TransactWriteItem[] = [
    ...put.map(([row, value]) => ({ Put: { TableName: tableName, Item: guestItem(guestKey, row, value) } })),
    ...remove.map((row) => ({ Delete: { TableName: tableName, Key: guestRowKey(guestKey, row) } })),
  ];
  // A revision that no totals of this guest had before: whoever read earlier ones must not write on top of these.
  const totals: GuestTotals = { ...totalsOf(bookings, now), revision: Date.parse(now) };
  const putTotals = {
    Put: { TableName: tableName, Item: guestItem(guestKey, TOTALS_ROW, totals), ConditionExpression: NONE_YET },
  };
  const noTotals = {
    ConditionCheck: {
      TableName: tableName,
      Key: guestRowKey(guestKey, TOTALS_ROW),
      ConditionExpression: NONE_YET,
    },
  };
  try {
    for (let next = 0; next < writes.length; next += ROWS_AT_ONCE) {
      const some = writes.slice(next, next + ROWS_AT_ONCE);
      await client.send(new TransactWriteItemsCommand({ TransactItems: [noTotals, ...some] }));
    }
    await client.send(new TransactWriteItemsCommand({ TransactItems: [putTotals] }));
  } catch (cause) {
    if (!(cause instanceof TransactionCanceledException)) throw cause;
    throw new RetryableError(GUEST_MOVED, "somebody else has made this guest's totals meanwhile", { cause });
  }
  return totals;
}

const NONE_YET = 'attribute_not_exists(guest)';

const isComputed = (row: string): boolean => [TOUR_ROW, MADE_ROW, SUCCESSOR_ROW].some((start) => row.startsWith(start));

/**
 * Gives each booking of a guest its rows, where they stand together in one: before something is to be written to a row
 * of theirs. Safe to repeat, and nothing where there is no such guest.
 *
 * @param now ISO instant.
 * @throws RetryableError where somebody else has changed the guest meanwhile.
 */
export async function layOutRows(
  client: DynamoDBClient,
  tableName: string,
  guestKey: string,
  now: string,
): Promise<void> {
  const value = await readRow(client, tableName, guestKey, TOTALS_ROW);
  if (value === undefined) return;
  const { totals, together } = guestFileIn(value, now);
  if (together === undefined) return;
  const next = { ...totals, revision: totals.revision + 1 };
  const rows = [...rowsFor(together)].map(([row, own]) => ({
    Put: { TableName: tableName, Item: guestItem(guestKey, row, own) },
  }));
  const putTotals = {
    Put: {
      TableName: tableName,
      Item: guestItem(guestKey, TOTALS_ROW, next),
      ConditionExpression: '#value.#revision = :revision',
      ExpressionAttributeNames: { '#value': 'value', '#revision': 'revision' },
      ExpressionAttributeValues: { ':revision': toAttribute(totals.revision) },
    },
  };
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: [putTotals, ...rows] }));
  } catch (cause) {
    if (!(cause instanceof TransactionCanceledException)) throw cause;
    throw new RetryableError(GUEST_MOVED, 'somebody else has changed this guest meanwhile', { cause });
  }
}
