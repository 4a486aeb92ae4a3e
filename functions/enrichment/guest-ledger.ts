import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type BookingSummary, bookingSummarySchema } from '../../shared/guest/booking-summary.ts';
import { changed, rowChanges, rowsFor, type SomeBookings, totalsAfter } from '../../shared/guest/guest-change.ts';
import type { GuestKey } from '../../shared/guest/guest-key.ts';
import { bookingRow, guestItem, guestRowKey, successorRow, TOTALS_ROW } from '../../shared/guest/guest-rows.ts';
import { edgesFromRows, readRow, readRows, successorsIn, upToDate } from '../../shared/guest/read-rows.ts';
import { rebuildTotals } from '../../shared/guest/rebuild-totals.ts';
import { totalsOf } from '../../shared/guest/totals.ts';
import { type GuestTotals, guestTotalsSchema } from '../../shared/guest/totals-shape.ts';

/** A booking as it is to stand in its guest's history. */
export interface Entry {
  readonly guestKey: GuestKey;
  readonly summary: BookingSummary;
  /** Where it stood before, and what it said it was rebooked from. */
  readonly before: { readonly guestKey: GuestKey; readonly rebookedFrom: string | null } | undefined;
}

/** A guest's totals before and after a change. */
export interface TotalsChange {
  /** Undefined for a guest who had booked nothing, and for one whose totals were never told of. */
  readonly before: GuestTotals | undefined;
  readonly after: GuestTotals;
}

/** What an entry makes of its guest's history. */
export interface Entered {
  /** The totals of the guest whose booking it is, the booking included. */
  readonly totals: GuestTotals;
  /** Every guest whose totals are other than they were: this one, and the one whom the booking leaves. */
  readonly changes: readonly TotalsChange[];
  /**
   * What makes it so, on condition that nobody changed these guests since: to be written in one transaction with the
   * record.
   */
  readonly writes: readonly TransactWriteItem[];
}

/** The guests' histories as enrichment keeps them: at the same cost however many bookings a guest has. */
export interface GuestLedger {
  /** How many bookings of any kind the guest has. `now`: ISO instant. */
  countBookings(guestKey: GuestKey, now: string): Promise<number>;
  /** Works out an entry at the instant `now` (ISO); nothing is written. */
  enter(entry: Entry, now: string): Promise<Entered>;
}

export function guestLedger(client: DynamoDBClient, tableName: string): GuestLedger {
  const readTotals = async (guestKey: GuestKey, now: string) => {
    const row = await readRow(client, tableName, guestKey, TOTALS_ROW);
    if (row !== undefined) return { held: guestTotalsSchema.parse(row), rebuilt: false };
    // There are none for a new guest, and for one from before there were totals.
    return { held: await rebuildTotals(client, tableName, guestKey, now), rebuilt: true };
  };

  /** The guest's part of an entry: `summary` is undefined where the booking leaves the guest. */
  const enterFor = async (
    guestKey: GuestKey,
    { uuid, related, summary }: { uuid: string; related: readonly string[]; summary: BookingSummary | undefined },
    now: string,
  ) => {
    // First the totals, then the rows: what changes in between has changed the totals too, and the write is refused.
    const { held, rebuilt } = await readTotals(guestKey, now);
    const before = await readSome(client, tableName, guestKey, related);
    const after = changed(before, uuid, summary);
    const { put, remove } = rowChanges(rowsFor(before), rowsFor(after));
    const totals = held ?? totalsOf([], now);
    if (put.length === 0 && remove.length === 0) {
      return { totals: await upToDate(client, tableName, guestKey, { totals, now }), changes: [], writes: [] };
    }
    const next = await totalsAfter(totals, { before, after }, now, (asOf, without) =>
      edgesFromRows(client, tableName, guestKey, { asOf, without }),
    );
    const writes: TransactWriteItem[] = [
      putTotals(tableName, guestKey, next, held),
      ...put.map(([row, value]) => ({ Put: { TableName: tableName, Item: guestItem(guestKey, row, value) } })),
      ...remove.map((row) => ({ Delete: { TableName: tableName, Key: guestRowKey(guestKey, row) } })),
    ];
    return { totals: next, changes: [{ before: rebuilt ? undefined : held, after: next }], writes };
  };

  return {
    async countBookings(guestKey, now) {
      return (await readTotals(guestKey, now)).held?.all ?? 0;
    },

    async enter({ guestKey, summary, before }, now) {
      const { uuid } = summary;
      const related = [uuid, summary.rebookedFrom, before?.rebookedFrom ?? null].filter((one) => one !== null);
      const own = enterFor(guestKey, { uuid, related, summary }, now);
      if (before === undefined || before.guestKey === guestKey) return await own;
      const [entered, left] = await Promise.all([
        own,
        enterFor(before.guestKey, { uuid, related, summary: undefined }, now),
      ]);
      return {
        totals: entered.totals,
        changes: [...entered.changes, ...left.changes],
        writes: [...entered.writes, ...left.writes],
      };
    },
  };
}

async function readSome(
  client: DynamoDBClient,
  tableName: string,
  guestKey: GuestKey,
  uuids: readonly string[],
): Promise<SomeBookings> {
  const distinct = [...new Set(uuids)];
  const names = distinct.flatMap((uuid) => [bookingRow(uuid), successorRow(uuid)]);
  const rows = await readRows(client, tableName, guestKey, names);
  const summaries = distinct.flatMap((uuid): [string, BookingSummary][] => {
    const row = rows.get(bookingRow(uuid));
    return row === undefined ? [] : [[uuid, bookingSummarySchema.parse(row)]];
  });
  return {
    summaries: new Map(summaries),
    successors: new Map(distinct.map((uuid) => [uuid, successorsIn(rows.get(successorRow(uuid)))])),
  };
}

function putTotals(
  TableName: string,
  guestKey: GuestKey,
  next: GuestTotals,
  held: GuestTotals | undefined,
): TransactWriteItem {
  const Item = guestItem(guestKey, TOTALS_ROW, next);
  if (held === undefined) return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(guest)' } };
  return {
    Put: {
      TableName,
      Item,
      ConditionExpression: '#value.#revision = :revision',
      ExpressionAttributeNames: { '#value': 'value', '#revision': 'revision' },
      ExpressionAttributeValues: { ':revision': { N: String(held.revision) } },
    },
  };
}
