import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { Booking } from '../../shared/booking/booking.ts';
import { localDate } from '../../shared/booking/zoned-time.ts';
import { summarise } from '../../shared/guest/booking-summary.ts';
import { isYoung } from '../../shared/guest/party.ts';
import { fromBookingItem } from '../../shared/records/booking-item.ts';
import { bookingRecordSchema } from '../../shared/records/booking-record.ts';
import { toAttribute } from '../../shared/records/dynamo.ts';
import { type EarlierBookings, endOf, type PastBooking, riskFactsOf } from '../../shared/risk/booking-facts.ts';
import type { RiskFacts } from '../../shared/risk/model.ts';
import type { OwnRow } from './own-history.ts';

const readSchema = bookingRecordSchema.pick({ company: true, guestKey: true, booking: true, firstSeenAt: true });

/** What is kept of a booking while the table is read: facts and days, nothing of who it was. */
export interface ReadBooking extends PastBooking {
  readonly guest: string;
  /** ISO instant the booking was made or first seen. */
  readonly bookedAt: string;
  /** Days on the operator's calendar; undefined where the tour has no time. */
  readonly days: { readonly booked: string; readonly tour: string; readonly offsetMinutes: number } | undefined;
  /** Without the guest's earlier bookings: those are counted once all are read. */
  readonly facts: RiskFacts;
}

/**
 * Reads the whole bookings table, page by page, with the credentials of whoever calls.
 * @param company only this one's bookings; of all where undefined.
 * @returns the bookings by company.
 */
export async function readHistory(
  client: DynamoDBClient,
  table: string,
  company?: string,
): Promise<ReadonlyMap<string, readonly ReadBooking[]>> {
  const bookings = new Map<string, ReadBooking[]>();
  const pages = paginateScan(
    { client },
    {
      TableName: table,
      ...(company !== undefined && {
        FilterExpression: 'company = :company',
        ExpressionAttributeValues: { ':company': toAttribute(company) },
      }),
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const record = fromBookingItem(readSchema, item);
      const own = bookings.get(record.company) ?? [];
      own.push(readBooking(record.booking, record.guestKey, record.firstSeenAt));
      bookings.set(record.company, own);
    }
  }
  return bookings;
}

const NONE: EarlierBookings = { earlierBookings: 0, earlierCancellations: 0, earlierNoShows: 0 };

/** @param seenAt ISO instant of our first sight of it. */
export function readBooking(booking: Booking, guest: string, seenAt: string): ReadBooking {
  const { uuid, status, startsAt, rebookedFrom, noShow, bookedAt } = summarise(booking, seenAt);
  const { startAt } = booking.availability;
  const children = booking.customers.filter(({ type }) => isYoung(type ?? '')).length;
  const days = startAt && {
    booked: localDate({ instant: bookedAt, offsetMinutes: startAt.offsetMinutes }),
    tour: localDate(startAt),
    offsetMinutes: startAt.offsetMinutes,
  };
  const facts = riskFactsOf(booking, bookedAt, children, NONE);
  return { uuid, status, startsAt, rebookedFrom, noShow, bookedAt, guest, days: days ?? undefined, facts };
}

export interface ExportedHistory {
  readonly rows: readonly OwnRow[];
  /** Bookings that can teach nothing, by reason. */
  readonly leftOut: {
    /** Those known by now to have ended before their tour would all be cancellations. */
    readonly tourNotOver: number;
    /** No end of the sale: another booking took its place. */
    readonly rebooked: number;
    /** No time of the tour, or first seen after it: how long ahead it was booked is not known. */
    readonly unknownDays: number;
  };
}

/**
 * The operator's own history: one row per booking whose tour is over, by the day it was made, numbered. No row says whose
 * or which booking it was; who has the tables can tell by its days and party.
 *
 * @param now ISO instant.
 */
export function exportedRows(bookings: readonly ReadBooking[], now: string): ExportedHistory {
  const superseded = new Set(bookings.map(({ rebookedFrom }) => rebookedFrom));
  const earlier = countEarlier(bookings, superseded);
  const leftOut = { tourNotOver: 0, rebooked: 0, unknownDays: 0 };
  const rows = bookings.flatMap((booking): Omit<OwnRow, 'booking'>[] => {
    const why = reasonToLeaveOut(booking, superseded, now);
    if (why !== undefined) leftOut[why] += 1;
    const { days } = booking;
    return why !== undefined || days === undefined ? [] : [rowOf(booking, days, earlier.get(booking) ?? NONE)];
  });
  const lines = rows.map((row) => ({ row, sort: Object.values(row).join() }));
  // By what the row says and nothing else: an order of the table's own would be one of uuids.
  lines.sort((a, b) => (a.sort < b.sort ? -1 : 1));
  return { rows: lines.map(({ row }, at) => ({ booking: String(at + 1), ...row })), leftOut };
}

function reasonToLeaveOut(
  { uuid, status, days }: ReadBooking,
  superseded: ReadonlySet<string | null>,
  now: string,
): keyof ExportedHistory['leftOut'] | undefined {
  if (status === 'rebooked' || superseded.has(uuid)) return 'rebooked';
  if (days === undefined || days.booked > days.tour) return 'unknownDays';
  return days.tour >= localDate({ instant: now, offsetMinutes: days.offsetMinutes }) ? 'tourNotOver' : undefined;
}

function rowOf(
  { facts, status, noShow }: ReadBooking,
  days: { readonly booked: string; readonly tour: string },
  earlier: EarlierBookings,
): Omit<OwnRow, 'booking'> {
  return {
    booked_on: days.booked,
    tour_on: days.tour,
    party_size: String(facts.partySize),
    children: String(facts.children),
    earlier_bookings: String(earlier.earlierBookings),
    earlier_cancellations: String(earlier.earlierCancellations),
    earlier_no_shows: String(earlier.earlierNoShows),
    affiliate: facts.affiliate ? '1' : '0',
    affiliate_desk: facts.affiliateDesk ? '1' : '0',
    paid_share: facts.paidShare === null ? '' : String(Math.round(facts.paidShare * 1000) / 1000),
    outcome: status === 'cancelled' ? 'cancelled' : noShow ? 'no-show' : 'came',
  };
}

/**
 * What `earlierOf` gives for every booking of every guest, in one pass over each guest's bookings by time: an agency's
 * address may stand for ten thousand of them.
 */
function countEarlier(
  bookings: readonly ReadBooking[],
  superseded: ReadonlySet<string | null>,
): ReadonlyMap<ReadBooking, EarlierBookings> {
  const counted = new Map<ReadBooking, EarlierBookings>();
  const guests = new Map<string, ReadBooking[]>();
  for (const booking of bookings) {
    const others = guests.get(booking.guest) ?? [];
    others.push(booking);
    guests.set(booking.guest, others);
  }
  for (const guest of guests.values()) {
    const ends = guest.flatMap((booking) => endOf(booking, superseded) ?? []).sort((a, b) => a.begun - b.begun);
    const counts = { ...NONE };
    let next = 0;
    for (const booking of guest.toSorted((a, b) => Date.parse(a.bookedAt) - Date.parse(b.bookedAt))) {
      const made = Date.parse(booking.bookedAt);
      for (let end = ends[next]; end !== undefined && end.begun < made; end = ends[next]) {
        counts[end.counts] += 1;
        next += 1;
      }
      counted.set(booking, { ...counts });
    }
  }
  return counted;
}
