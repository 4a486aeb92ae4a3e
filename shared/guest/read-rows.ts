import { type DynamoDBClient, GetItemCommand, paginateQuery, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { toAttribute } from '../records/dynamo.ts';
import { readMany } from '../records/read-many.ts';
import { edgesAt, edgesOf, isUsedUp, TOURS_KEPT } from './edges.ts';
import { guestRowIn, guestRowKey, LAST, MADE_ROW, TOUR_ROW } from './guest-rows.ts';
import { type GuestEdges, type GuestTotals, madeSchema, tourSchema } from './totals-shape.ts';

const successorsSchema = z.object({ uuids: z.array(z.string()) });

/** The bookings that say they were rebooked from another, as that one's row of successors keeps them. */
export function successorsIn(value: unknown): string[] {
  return value === undefined ? [] : successorsSchema.parse(value).uuids;
}

/** The value of one row under a guest's key (consistent). */
export async function readRow(
  client: DynamoDBClient,
  tableName: string,
  guestKey: string,
  row: string,
): Promise<unknown> {
  const Key = guestRowKey(guestKey, row);
  const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }));
  return Item && guestRowIn(Item).value;
}

/**
 * The values of some rows under a guest's key (consistent), by row; what is not there is left out.
 * @throws RetryableError when DynamoDB is too busy to give all of them.
 */
export async function readRows(
  client: DynamoDBClient,
  tableName: string,
  guestKey: string,
  rows: readonly string[],
): Promise<Map<string, unknown>> {
  const found = await readRowsOf(client, tableName, [{ guestKey, rows }]);
  return found.get(guestKey) ?? new Map();
}

/** The same for several guests, each once: the rows by guest. */
export async function readRowsOf(
  client: DynamoDBClient,
  tableName: string,
  wanted: readonly { readonly guestKey: string; readonly rows: readonly string[] }[],
): Promise<Map<string, Map<string, unknown>>> {
  const keys = wanted.flatMap(({ guestKey, rows }) => [...new Set(rows)].map((row) => guestRowKey(guestKey, row)));
  const found = new Map<string, Map<string, unknown>>();
  for (const item of await readMany(client, tableName, keys)) {
    const { guest, row, value } = guestRowIn(item);
    found.set(guest, (found.get(guest) ?? new Map()).set(row, value));
  }
  return found;
}

/** The values of all rows under a guest's key, by row (consistent); or of those that start with `start`. */
export async function readAllRows(
  client: DynamoDBClient,
  tableName: string,
  guestKey: string,
  start?: string,
): Promise<Map<string, unknown>> {
  const rows = new Map<string, unknown>();
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: start === undefined ? 'guest = :guest' : 'guest = :guest AND begins_with(#row, :start)',
      ...(start !== undefined && { ExpressionAttributeNames: { '#row': 'row' } }),
      ExpressionAttributeValues: {
        ':guest': toAttribute(guestKey),
        ...(start !== undefined && { ':start': toAttribute(start) }),
      },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const { row, value } = guestRowIn(item);
      rows.set(row, value);
    }
  }
  return rows;
}

/**
 * The edges of a guest's history at the instant `asOf` (ISO), from the rows that are kept in the order of time: as many
 * of them are read whether there are ten or ten thousand.
 * @param without uuids of a few bookings that are not to be among them.
 */
export async function edgesFromRows(
  client: DynamoDBClient,
  tableName: string,
  guestKey: string,
  { asOf, without = new Set() }: { readonly asOf: string; readonly without?: ReadonlySet<string> },
): Promise<GuestEdges> {
  const some = async (from: string, until: string, Limit: number, ScanIndexForward: boolean): Promise<unknown[]> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'guest = :guest AND #row BETWEEN :from AND :until',
        ExpressionAttributeNames: { '#row': 'row' },
        ExpressionAttributeValues: {
          ':guest': toAttribute(guestKey),
          ':from': toAttribute(from),
          ':until': toAttribute(until),
        },
        // None of those to be left out must crowd out one that is to be found.
        Limit: Limit + without.size,
        ScanIndexForward,
      }),
    );
    return Items.map((item) => guestRowIn(item).value);
  };
  const atOf = `${TOUR_ROW}${asOf}#${LAST}`;
  const [tours, made] = await Promise.all([
    Promise.all([
      some(TOUR_ROW, `${TOUR_ROW}${LAST}`, 1, true),
      some(TOUR_ROW, atOf, 1, false),
      some(atOf, `${TOUR_ROW}${LAST}`, TOURS_KEPT + 1, true),
    ]),
    Promise.all([some(MADE_ROW, `${MADE_ROW}${LAST}`, 1, true), some(MADE_ROW, `${MADE_ROW}${LAST}`, 1, false)]),
  ]);
  const isWanted = ({ uuid }: { readonly uuid: string }): boolean => !without.has(uuid);
  const distinct = new Map(
    tours
      .flat()
      .map((value) => tourSchema.parse(value))
      .map((tour) => [tour.uuid, tour]),
  );
  return edgesOf(
    [...distinct.values()].filter(isWanted),
    made
      .flat()
      .map((value) => madeSchema.parse(value))
      .filter(isWanted),
    asOf,
  );
}

/** Totals whose edges hold at the instant `now` (ISO): where time has used them up, the rows tell the next. */
export async function upToDate(
  client: DynamoDBClient,
  tableName: string,
  guestKey: string,
  { totals, now }: { readonly totals: GuestTotals; readonly now: string },
): Promise<GuestTotals> {
  const edges = edgesAt(totals, now);
  if (!isUsedUp(edges)) return totals;
  return { ...totals, ...(await edgesFromRows(client, tableName, guestKey, { asOf: edges.asOf })) };
}
