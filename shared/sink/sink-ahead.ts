import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { type Hint, hintSchema } from '../fifo/hint.ts';
import { type GuestLook, type GuestsTable, lookFrom, rowsToLookAt } from '../guest/guests-table.ts';
import { readRowsOf } from '../guest/read-rows.ts';
import type { BookingRecord } from '../records/booking-record.ts';
import { readBookings } from '../records/bookings-ahead.ts';
import type { BookingsTable } from '../records/bookings-table.ts';

/** What a sink reads for the hints of a batch, several at a time. Hints are followed one after the other. */
export interface SinkAhead {
  /** Call it once for each batch, before its first message. */
  expect(batch: readonly SQSRecord[]): void;
  /** The hint's record, as it was a moment ago. */
  record(hint: Hint): Promise<BookingRecord | undefined>;
  /** The look at the guest of the hint whose record was asked for last; never older than that record. */
  look(hint: Hint): Promise<GuestLook>;
}

export interface SinkAheadDeps {
  readonly sink: string;
  readonly bookings: Pick<BookingsTable, 'read'>;
  readonly guests: Pick<GuestsTable, 'look'>;
  readonly now: () => Date;
}

/**
 * Milliseconds that a record may be old when its turn comes: not more than one that was just read is when the vendor has
 * answered. With a vendor that takes its time, hardly anything is read ahead.
 */
const FRESH_MS = 2_000;
/** Hints that are read for at first; twice as many each time that all of it was used while fresh, else one. */
const FIRST = 4;
const MOST = 10;

interface Held {
  readonly hint: Hint;
  readonly record: BookingRecord | undefined;
  readonly at: number;
  /** Of the guest, read after the record. */
  rows?: ReadonlyMap<string, unknown>;
}

/**
 * Only a guest's first hint of a batch is read ahead: those behind it must see what it did. A record that changes after it
 * was read is hinted once more, behind, as one that changes while it is brought.
 */
export function sinkAhead(
  dynamo: DynamoDBClient,
  tables: { readonly bookings: string; readonly guests: string },
  { sink, bookings, guests, now }: SinkAheadDeps,
): SinkAhead {
  const held = new Map<string, Held>();
  let expected: readonly Hint[] = [];
  let size = FIRST;
  /** What the hint under way was read ahead. */
  let current: Held | undefined;

  const readNext = async (next: readonly Hint[]): Promise<void> => {
    const at = now().getTime();
    const uuids = next.map(({ uuid }) => uuid);
    const found = await readBookings(dynamo, tables.bookings, uuids).catch(() => undefined);
    if (found === undefined) return;
    for (const hint of next) held.set(nameOf(hint), { hint, record: found.get(hint.uuid), at });
    size = Math.min(2 * size, MOST);
  };

  /** Gives what is held for this hint, and gives it once. */
  const take = (name: string): Held | undefined => {
    const one = held.get(name);
    held.delete(name);
    if (one === undefined || now().getTime() - one.at < FRESH_MS) return one;
    // What was read with it has grown old as well.
    held.clear();
    size = 1;
    return undefined;
  };

  const readRows = async (all: readonly Held[]): Promise<void> => {
    const wanted = all.map(({ hint }) => ({ guestKey: hint.guestKey, rows: rowsToLookAt(sink) }));
    const found = await readRowsOf(dynamo, tables.guests, wanted).catch(() => undefined);
    if (found === undefined) return;
    for (const one of all) one.rows = found.get(one.hint.guestKey) ?? new Map();
  };

  return {
    expect(batch) {
      held.clear();
      current = undefined;
      expected = firstHints(batch);
    },

    async record(hint) {
      const name = nameOf(hint);
      current = take(name);
      const from = expected.findIndex((one) => nameOf(one) === name);
      if (current === undefined && from !== -1) {
        const next = expected.slice(from, from + size);
        expected = expected.slice(from + next.length);
        if (next.length > 1) await readNext(next);
        current = take(name);
      }
      return current === undefined ? await bookings.read(hint.uuid) : current.record;
    },

    async look(hint) {
      const about = { sink, now: now().toISOString() };
      const one = current?.hint.guestKey === hint.guestKey && current.hint.uuid === hint.uuid ? current : undefined;
      current = undefined;
      if (one !== undefined && one.rows === undefined) {
        await readRows([one, ...[...held.values()].filter(({ rows }) => rows === undefined)]);
      }
      if (one?.rows === undefined) return await guests.look(hint.guestKey, about);
      return await lookFrom(one.rows, dynamo, tables.guests, { guestKey: hint.guestKey, ...about });
    },
  };
}

const nameOf = ({ guestKey, uuid }: Hint): string => `${guestKey} ${uuid}`;

/** The first hint of each guest, in their order; one that cannot be read is for the consumer to complain of. */
function firstHints(batch: readonly SQSRecord[]): readonly Hint[] {
  const seen = new Set<string>();
  return batch.flatMap(({ body, attributes }) => {
    const group = attributes.MessageGroupId ?? '';
    if (seen.has(group)) return [];
    seen.add(group);
    const hint = hintSchema.safeParse(jsonOf(body));
    return hint.success ? [hint.data] : [];
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
