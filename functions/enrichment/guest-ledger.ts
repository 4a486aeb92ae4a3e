import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type BookingSummary, bookingSummarySchema } from '../../shared/guest/booking-summary.ts';
import { changed, rowChanges, rowsFor, type SomeBookings, totalsAfter } from '../../shared/guest/guest-change.ts';
import { guestFileIn, mayStandTogether, togetherValue } from '../../shared/guest/guest-file.ts';
import type { GuestKey } from '../../shared/guest/guest-key.ts';
import { bookingRow, guestItem, guestRowKey, successorRow, TOTALS_ROW } from '../../shared/guest/guest-rows.ts';
import { edgesFromRows, readRow, readRows, successorsIn, upToDate } from '../../shared/guest/read-rows.ts';
import { rebuildTotals } from '../../shared/guest/rebuild-totals.ts';
import { totalsOf } from '../../shared/guest/totals.ts';
import type { GuestTotals } from '../../shared/guest/totals-shape.ts';

/** A booking as it is to stand in its guest's history. */
export interface Entry {
  readonly guestKey: GuestKey;
  readonly summary: BookingSummary;
  /** Where it stood before, and what it said it was rebooked from. */
  readonly before: { readonly guestKey: GuestKey; readonly rebookedFrom: string | null } | undefined;
  /**
   * The guest has surely booked nothing yet, so that there is nothing to read. Were it otherwise, the write would be
   * refused, since it is made on condition that there are no totals; then it is to be tried again without this.
   */
  readonly isNewGuest?: boolean;
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

/** One guest's part of an entry: `summary` is undefined where the booking leaves the guest. */
interface EntryOfGuest {
  readonly uuid: string;
  readonly related: readonly string[];
  readonly summary: BookingSummary | undefined;
  readonly isNew?: boolean;
}

const NO_BOOKINGS: SomeBookings = { summaries: new Map(), successors: new Map() };
const NO_TOTALS = { held: undefined, together: NO_BOOKINGS, rebuilt: true };

export function guestLedger(client: DynamoDBClient, tableName: string): GuestLedger {
  const readTotals = async (guestKey: GuestKey, now: string) => {
    const row = await readRow(client, tableName, guestKey, TOTALS_ROW);
    if (row !== undefined) {
      const { totals, together } = guestFileIn(row, now);
      return { held: totals, together, rebuilt: false };
    }
    // There are none for a new guest, and for one from before there were totals.
    const held = await rebuildTotals(client, tableName, guestKey, now);
    return held === undefined ? NO_TOTALS : { held, together: undefined, rebuilt: true };
  };

  const putOf =
    (guestKey: GuestKey) =>
    ([row, value]: [string, object]): TransactWriteItem => ({
      Put: { TableName: tableName, Item: guestItem(guestKey, row, value) },
    });

  const enterFor = async (guestKey: GuestKey, { uuid, related, summary, isNew = false }: EntryOfGuest, now: string) => {
    // First the totals, then the rows: what changes in between has changed the totals too, and the write is refused.
    const { held, together, rebuilt } = isNew ? NO_TOTALS : await readTotals(guestKey, now);
    const before = together ?? (await readSome(client, tableName, guestKey, related));
    const after = changed(before, uuid, summary);
    const { put, remove } = rowChanges(rowsFor(before), rowsFor(after));
    const totals = held ?? totalsOf([], now);
    if (put.length === 0 && remove.length === 0) {
      return { totals: await upToDate(client, tableName, guestKey, { totals, now }), changes: [], writes: [] };
    }
    if (together !== undefined) {
      const next = { ...totalsOf([...after.summaries.values()], now), revision: totals.revision + 1 };
      const writes = mayStandTogether(after)
        ? [putTotals(tableName, guestKey, togetherValue(after, next.revision), held)]
        : // From now on each booking has its rows.
          [putTotals(tableName, guestKey, next, held), ...[...rowsFor(after)].map(putOf(guestKey))];
      return { totals: next, changes: [{ before: held, after: next }], writes };
    }
    const next = await totalsAfter(totals, { before, after }, now, (asOf, without) =>
      edgesFromRows(client, tableName, guestKey, { asOf, without }),
    );
    const writes: TransactWriteItem[] = [
      putTotals(tableName, guestKey, next, held),
      ...put.map(putOf(guestKey)),
      ...remove.map((row) => ({ Delete: { TableName: tableName, Key: guestRowKey(guestKey, row) } })),
    ];
    return { totals: next, changes: [{ before: rebuilt ? undefined : held, after: next }], writes };
  };

  return {
    async countBookings(guestKey, now) {
      return (await readTotals(guestKey, now)).held?.all ?? 0;
    },

    async enter({ guestKey, summary, before, isNewGuest }, now) {
      const { uuid } = summary;
      const related = [uuid, summary.rebookedFrom, before?.rebookedFrom ?? null].filter((one) => one !== null);
      const isNew = before === undefined && isNewGuest === true;
      const own = enterFor(guestKey, { uuid, related, summary, isNew }, now);
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
  next: object,
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
