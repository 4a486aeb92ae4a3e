import { isDeepStrictEqual } from 'node:util';
import { guestsLeft } from '../../../functions/enrichment/history.ts';
import type { GuestKey } from '../../../shared/guest/guest-key.ts';
import { type GuestRows, lookAt } from '../../../shared/guest/guests-table.ts';
import { isBehind, isHistory } from '../../../shared/records/attention.ts';
import type { BookingRecord, SinkName } from '../../../shared/records/booking-record.ts';
import type { BookingsTable } from '../../../shared/records/bookings-table.ts';
import { isBulkMark } from '../../../shared/records/bulk-mark.ts';
import { findSale, type GuestView, type SyncTask, viewGuest } from '../../../shared/sink/sink.ts';

/** A guest's bookings that are brought together. */
export interface Party {
  readonly guestKey: GuestKey;
  readonly records: readonly [BookingRecord, ...BookingRecord[]];
}

/** Bookings of one guest in one request: a concierge with thousands takes several. */
const MOST_BOOKINGS = 40;

/** Groups the records by guest, each guest's bounded: what is more is in a later round. */
export function roundsOf(records: readonly BookingRecord[]): Party[][] {
  const rounds: Party[][] = [];
  for (const [guestKey, own] of Map.groupBy(records, (record) => record.guestKey)) {
    for (let from = 0; from < own.length; from += MOST_BOOKINGS) {
      const [first, ...rest] = own.slice(from, from + MOST_BOOKINGS);
      const round = rounds[from / MOST_BOOKINGS] ?? [];
      if (first !== undefined) round.push({ guestKey, records: [first, ...rest] });
      rounds[from / MOST_BOOKINGS] = round;
    }
  }
  return rounds;
}

/** The sinks that still have to bring the record. */
export function sinksBehind({ version, sync }: BookingRecord): SinkName[] {
  const behind = Object.entries(sync).flatMap(([sink, state]) => (isBehind(version, state) ? [sink] : []));
  return behind.sort();
}

/**
 * Whether a record is the bulk write's: history that nobody wants written again, of a booking that left no guest
 * behind (that one needs a look, too, in the order of their own hints).
 */
export function isForBulk(record: BookingRecord): boolean {
  const states = Object.values(record.sync);
  if (!isHistory(record) || states.some(({ rewrite }) => rewrite !== undefined && !isBulkMark(rewrite))) return false;
  return states.every(({ version }) => guestsLeft(record.changes, version).every((key) => key === record.guestKey));
}

/** A guest's other bookings that are looked at; a concierge has thousands, but few that move at the same time. */
const MOST_OTHERS = 100;

/** The guest's other bookings, those made last. */
export function othersOf({ records }: Party, { bookings }: GuestRows): string[] {
  return bookings
    .filter(({ uuid }) => records.every((record) => record.uuid !== uuid))
    .toSorted((a, b) => b.bookedAt.localeCompare(a.bookedAt))
    .slice(0, MOST_OTHERS)
    .map(({ uuid }) => uuid);
}

/**
 * Whether a live sync of the guest may be under way. It may have read the guest before the bookings that are brought
 * here were there, and would show the guest without them when it ends after the bulk write.
 */
export function isOnTheMove(others: readonly BookingRecord[]): boolean {
  return others.some((other) => sinksBehind(other).length > 0 && !isForBulk(other));
}

/** A party with all that is written about it, and what that was taken from. */
export interface Prepared {
  readonly party: Party;
  readonly rows: GuestRows;
  /** The guest without what a sink keeps about them. */
  readonly guest: Omit<GuestView, 'kept'>;
  readonly sales: ReadonlyMap<string, SyncTask['sale']>;
  /** Versions of all records used, by uuid; null for one that must not be there. */
  readonly used: ReadonlyMap<string, number | null>;
}

/** Bookings of a sale that was rebooked once. Of more, one may stand under another name: only a query can tell. */
const MOST_OF_SALE = 2;

/**
 * @returns undefined where a sale is another guest's as well, or was rebooked more than once: the single path sees to
 *   the order of the first, and to what the second may have left behind.
 */
export async function prepare(
  party: Party,
  rows: GuestRows,
  read: BookingsTable['read'],
  now: () => Date,
): Promise<Prepared | undefined> {
  const used = new Map<string, number | null>();
  const readNoted = async (uuid: string): Promise<BookingRecord | undefined> => {
    const record = await read(uuid);
    used.set(uuid, record?.version ?? null);
    return record;
  };
  // What is kept about the guest is each sink's own, and no matter here.
  const look = lookAt(rows, { sink: '', now: now().toISOString() });
  const sales = new Map<string, SyncTask['sale']>();
  for (const record of party.records) {
    used.set(record.uuid, record.version);
    const sale = await findSale(record, look, readNoted);
    const isOthers = sale.chain.some(({ guestKey }) => guestKey !== party.guestKey);
    if (isOthers || sale.chain.length > MOST_OF_SALE) return undefined;
    sales.set(record.uuid, sale);
  }
  const [first] = party.records;
  const guest = await viewGuest(first, look, { bookings: { read: readNoted }, now });
  return { party, rows, guest, sales, used };
}

/** The uuids of the guest's bookings that were added, changed or taken away between two looks at their rows. */
function changedRows({ bookings: before }: GuestRows, { bookings: now }: GuestRows): string[] {
  const was = new Map(before.map((row) => [row.uuid, row]));
  const is = new Map(now.map((row) => [row.uuid, row]));
  return [...new Set([...was.keys(), ...is.keys()])].filter((uuid) => !isDeepStrictEqual(was.get(uuid), is.get(uuid)));
}

/** The uuids of all that has to be read to tell whether what was written still holds. */
export function toReadAgain({ used, rows }: Prepared, rowsNow: GuestRows): string[] {
  return [...used.keys(), ...changedRows(rows, rowsNow)];
}

/**
 * Whether what a party was written from is as it was, but for history of the same guest that was found meanwhile: its
 * own bulk write, still to come, writes the guest and the sale again.
 *
 * @param records as they are now, of all that `toReadAgain` names.
 */
export function isStillTrue(
  { party, used, rows }: Prepared,
  records: ReadonlyMap<string, BookingRecord>,
  rowsNow: GuestRows,
): boolean {
  const moved = [...used].flatMap(([uuid, version]) =>
    (records.get(uuid)?.version ?? null) === version ? [] : [uuid],
  );
  return [...moved, ...changedRows(rows, rowsNow)].every((uuid) => {
    const record = records.get(uuid);
    const isToCome = record !== undefined && isForBulk(record) && sinksBehind(record).length > 0;
    return isToCome && record.guestKey === party.guestKey && party.records.every((own) => own.uuid !== uuid);
  });
}
