import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { toAttribute } from '../records/dynamo.ts';
import { type BookingSummary, bookingSummarySchema } from './booking-summary.ts';
import { BOOKING_ROW, guestItem, SINK_ROW, sinkRow, successorRow, TOTALS_ROW } from './guest-rows.ts';
import { readAllRows, readRow, readRows, successorsIn, upToDate } from './read-rows.ts';
import { totalsOf } from './totals.ts';
import { type GuestTotals, guestTotalsSchema } from './totals-shape.ts';

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
  /** A sink's look at a guest at the instant `now` (ISO). `uuid`: the booking it will ask the successor of. */
  look(guestKey: string, about: { sink: string; uuid: string; now: string }): Promise<GuestLook>;
  /** Whether there is any booking of the guest, or anything that a sink keeps about them. */
  holds(guestKey: string): Promise<boolean>;
  /** Replaces what the sink keeps about the guest. */
  writeSink(guestKey: string, sink: string, value: object): Promise<void>;
}

export function guestsTable(client: DynamoDBClient, tableName: string): GuestsTable {
  return {
    async read(guestKey) {
      // The rows that are computed from these are not read along.
      const starts = [BOOKING_ROW, SINK_ROW].map((start) => readAllRows(client, tableName, guestKey, start));
      const [bookings = [], sinks = []] = await Promise.all(starts);
      return rowsOf(new Map([...bookings, ...sinks]));
    },

    async look(guestKey, { sink, uuid, now }) {
      const own = successorRow(uuid);
      const rows = await readRows(client, tableName, guestKey, [TOTALS_ROW, sinkRow(sink), own]);
      const held = rows.get(TOTALS_ROW);
      const totals =
        held === undefined
          ? // Kept from before there were totals, or lost with a restored table: the next change writes them.
            totalsOf(rowsOf(await readAllRows(client, tableName, guestKey, BOOKING_ROW)).bookings, now)
          : await upToDate(client, tableName, guestKey, { totals: guestTotalsSchema.parse(held), now });
      return {
        totals,
        kept: rows.get(sinkRow(sink)),
        async successorOf(of) {
          const row = of === uuid ? rows.get(own) : await readRow(client, tableName, guestKey, successorRow(of));
          return successorsIn(row)[0] ?? null;
        },
      };
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
      // The totals of a guest whose bookings all went elsewhere stay; bookings and sinks come before them.
      return first !== undefined && first.row?.S !== TOTALS_ROW;
    },

    async writeSink(guestKey, sink, value) {
      await client.send(new PutItemCommand({ TableName: tableName, Item: guestItem(guestKey, sinkRow(sink), value) }));
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

/** Sorts a guest's rows into what is not computed from others. */
export function rowsOf(rows: ReadonlyMap<string, unknown>): GuestRows {
  const bookings: BookingSummary[] = [];
  const sinks: Record<string, unknown> = {};
  for (const [row, value] of rows) {
    if (row.startsWith(BOOKING_ROW)) bookings.push(bookingSummarySchema.parse(value));
    else if (row.startsWith(SINK_ROW)) sinks[row.slice(SINK_ROW.length)] = value;
  }
  return { bookings, sinks };
}
