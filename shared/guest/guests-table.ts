import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { toAttribute } from '../records/dynamo.ts';
import { type BookingSummary, bookingSummarySchema } from './booking-summary.ts';
import { bookingsTogether, guestFileIn } from './guest-file.ts';
import { BOOKING_ROW, guestItem, guestRowIn, SINK_ROW, sinkRow, successorRow, TOTALS_ROW } from './guest-rows.ts';
import { readAllRows, readRow, readRows, successorsIn, upToDate } from './read-rows.ts';
import { totalsOf } from './totals.ts';
import type { GuestTotals } from './totals-shape.ts';

/** All rows under one guest's key that are not computed from others. */
export interface GuestRows {
  readonly bookings: readonly BookingSummary[];
  /** What each sink keeps about the guest (its ids for them, what it last wrote); the shape is the sink's own. */
  readonly sinks: Readonly<Record<string, unknown>>;
}

/** A guest as a sink looks at them: at the same cost however many bookings there are. */
export interface GuestLook {
  readonly totals: GuestTotals;
  /** What the sink keeps about the guest. */
  readonly kept: unknown;
  /** The guest's booking that says it was rebooked from the one named. */
  successorOf(uuid: string): Promise<string | null>;
}

export interface GuestsTable {
  /** Reads everything about one guest (consistent), page by page: for what has to look at every booking. */
  read(guestKey: string): Promise<GuestRows>;
  /** A sink's look at a guest at the instant `now` (ISO). */
  look(guestKey: string, about: { sink: string; now: string }): Promise<GuestLook>;
  /** Whether there is any booking of the guest, or anything that a sink keeps about them. */
  holds(guestKey: string): Promise<boolean>;
  /** Replaces what the sink keeps about the guest. */
  writeSink(guestKey: string, sink: string, value: object): Promise<void>;
}

export function guestsTable(client: DynamoDBClient, tableName: string): GuestsTable {
  return {
    async read(guestKey) {
      // The other rows that are computed from these are not read along.
      const starts = [BOOKING_ROW, SINK_ROW, TOTALS_ROW].map((start) =>
        readAllRows(client, tableName, guestKey, start),
      );
      return rowsOf(new Map((await Promise.all(starts)).flatMap((rows) => [...rows])));
    },

    async look(guestKey, { sink, now }) {
      const rows = await readRows(client, tableName, guestKey, rowsToLookAt(sink));
      return await lookFrom(rows, client, tableName, { guestKey, sink, now });
    },

    async holds(guestKey) {
      const { Items: [first] = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          ConsistentRead: true,
          KeyConditionExpression: 'guest = :guest',
          ExpressionAttributeValues: { ':guest': toAttribute(guestKey) },
          Limit: 1,
        }),
      );
      if (first === undefined) return false;
      // The totals of a guest whose bookings all went elsewhere stay; rows of bookings and sinks come before them.
      const { row, value } = guestRowIn(first);
      return row !== TOTALS_ROW || rowsOf(new Map([[row, value]])).bookings.length > 0;
    },

    async writeSink(guestKey, sink, value) {
      await client.send(new PutItemCommand({ TableName: tableName, Item: guestItem(guestKey, sinkRow(sink), value) }));
    },
  };
}

/** The rows that a sink's look at a guest begins with: for a guest with few bookings all there is to know. */
export function rowsToLookAt(sink: string): readonly string[] {
  return [TOTALS_ROW, sinkRow(sink)];
}

/** A look from those rows, by row; where they do not tell enough, others are read. */
export async function lookFrom(
  rows: ReadonlyMap<string, unknown>,
  client: DynamoDBClient,
  tableName: string,
  about: { readonly guestKey: string; readonly sink: string; readonly now: string },
): Promise<GuestLook> {
  const { guestKey, sink, now } = about;
  const held = rows.get(TOTALS_ROW);
  const file = held === undefined ? undefined : guestFileIn(held, now);
  const totals =
    file === undefined
      ? // Kept from before there were totals, or lost with a restored table: the next change writes them.
        totalsOf(rowsOf(await readAllRows(client, tableName, guestKey, BOOKING_ROW)).bookings, now)
      : await upToDate(client, tableName, guestKey, { totals: file.totals, now });
  return {
    totals,
    kept: rows.get(sinkRow(sink)),
    async successorOf(of) {
      if (file?.together !== undefined) return file.together.successors.get(of)?.[0] ?? null;
      return successorsIn(await readRow(client, tableName, guestKey, successorRow(of)))[0] ?? null;
    },
  };
}

/** A look at a guest of whom all rows are known. */
export function lookAt({ bookings, sinks }: GuestRows, { sink, now }: { sink: string; now: string }): GuestLook {
  const successors = bookings.toSorted((a, b) => a.uuid.localeCompare(b.uuid));
  return {
    totals: totalsOf(bookings, now),
    kept: sinks[sink],
    successorOf: async (of) => successors.find(({ rebookedFrom }) => rebookedFrom === of)?.uuid ?? null,
  };
}

/** Sorts a guest's rows into what is not computed from others. Where bookings stand together, those are all. */
export function rowsOf(rows: ReadonlyMap<string, unknown>): GuestRows {
  const together = bookingsTogether(rows.get(TOTALS_ROW));
  const bookings: BookingSummary[] = [];
  const sinks: Record<string, unknown> = {};
  for (const [row, value] of rows) {
    if (row.startsWith(BOOKING_ROW)) bookings.push(bookingSummarySchema.parse(value));
    else if (row.startsWith(SINK_ROW)) sinks[row.slice(SINK_ROW.length)] = value;
  }
  return { bookings: [...(together ?? bookings)], sinks };
}
