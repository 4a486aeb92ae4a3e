import * as z from 'zod';
import { type Booking, bookingStatusSchema } from '../booking/booking.ts';
import { type Money, moneySchema } from '../booking/money.ts';
import { revenueOf } from '../booking/revenue.ts';
import { localDate } from '../booking/zoned-time.ts';

/** What the guest's history needs of one booking: one row per booking under the guest, a few hundred bytes. */
export const bookingSummarySchema = z.object({
  uuid: z.string(),
  status: bookingStatusSchema,
  rebookedFrom: z.string().nullable(),
  /** The tour's day on the operator's calendar, `YYYY-MM-DD`. */
  tourDate: z.iso.date().nullable(),
  /** The instant the tour starts. */
  startsAt: z.iso.datetime().nullable(),
  /** When the booking was made, or when we first saw it. */
  bookedAt: z.iso.datetime(),
  itemPk: z.int().nullable(),
  itemName: z.string(),
  partySize: z.int(),
  gross: moneySchema,
  noShow: z.boolean(),
  affiliate: z.boolean(),
  emailConsent: z.boolean(),
});
export type BookingSummary = z.infer<typeof bookingSummarySchema>;

/** A guest's history with one company, computed from the summaries: the same whichever order events came in. */
export interface GuestProfile {
  /** Bookings that stand: a rebooking counts once, a cancelled one not at all. */
  readonly bookings: number;
  readonly cancellations: number;
  readonly noShows: number;
  /** Revenue per currency, most first; each currency apart: there is no rate to add them by. */
  readonly spend: readonly Money[];
  readonly averagePartySize: number;
  readonly firstTour: string | null;
  /** Day of the latest tour that has started by `now`. */
  readonly lastTour: string | null;
  /** Day of the earliest tour still to come. */
  readonly nextTour: string | null;
  /** Days between booking and tour, averaged; null where unknown. */
  readonly averageLeadDays: number | null;
  /** Item names by number of bookings, most first. */
  readonly favouriteItems: readonly string[];
  /** pks of items on bookings that stand. */
  readonly itemPks: readonly number[];
  /** Share of standing bookings sold by an affiliate, 0–1. */
  readonly affiliateShare: number;
  readonly firstBookedAt: string | null;
  readonly lastBookedAt: string | null;
}

/** The row that the guest's history keeps of this booking. `seenAt`: ISO instant of our first sight of it. */
export function summarise(booking: Booking, seenAt: string): BookingSummary {
  const { startAt } = booking.availability;
  return {
    uuid: booking.uuid,
    status: booking.status,
    rebookedFrom: booking.rebookedFrom,
    tourDate: startAt && localDate(startAt),
    startsAt: startAt?.instant ?? null,
    bookedAt: booking.createdAt?.instant ?? seenAt,
    itemPk: booking.item.pk,
    itemName: booking.item.name,
    partySize: booking.partySize,
    gross: revenueOf(booking).gross,
    noShow: booking.customers.length > 0 && booking.customers.every(({ checkin }) => checkin === 'no-show'),
    affiliate: booking.affiliate !== null,
    emailConsent: booking.contact.emailConsent,
  };
}

/**
 * The guest's profile at the instant `now` (ISO).
 *
 * A no-show is a booking on which nobody came. Tours of cancelled or rebooked bookings are no tours, and a booking
 * that another one says it was rebooked from is rebooked, even before its own webhook says so.
 */
export function profileOf(summaries: readonly BookingSummary[], now: string): GuestProfile {
  const superseded = new Set(summaries.map(({ rebookedFrom }) => rebookedFrom));
  const standing = summaries.filter(({ status, uuid }) => status === 'booked' && !superseded.has(uuid));
  const tours = standing.flatMap(({ tourDate, startsAt }) =>
    tourDate !== null && startsAt !== null ? [{ tourDate, startsAt }] : [],
  );
  const past = tours.filter(({ startsAt }) => startsAt <= now).map(({ tourDate }) => tourDate);
  const future = tours.filter(({ startsAt }) => startsAt > now).map(({ tourDate }) => tourDate);
  const bookedAt = summaries.map((summary) => summary.bookedAt).sort();
  return {
    bookings: standing.length,
    cancellations: summaries.filter(({ status }) => status === 'cancelled').length,
    noShows: standing.filter(({ noShow }) => noShow).length,
    spend: spendOf(standing),
    averagePartySize: average(standing.map(({ partySize }) => partySize)) ?? 0,
    firstTour: tours.map(({ tourDate }) => tourDate).sort()[0] ?? null,
    lastTour: past.sort().at(-1) ?? null,
    nextTour: future.sort()[0] ?? null,
    averageLeadDays: average(standing.flatMap(leadDays)),
    favouriteItems: favourites(standing),
    itemPks: [...new Set(standing.flatMap(({ itemPk }) => (itemPk === null ? [] : [itemPk])))].sort((a, b) => a - b),
    affiliateShare: average(standing.map(({ affiliate }) => (affiliate ? 1 : 0))) ?? 0,
    firstBookedAt: bookedAt[0] ?? null,
    lastBookedAt: bookedAt.at(-1) ?? null,
  };
}

function spendOf(standing: readonly BookingSummary[]): Money[] {
  const sums = new Map<string, number>();
  for (const { gross } of standing) sums.set(gross.currency, (sums.get(gross.currency) ?? 0) + gross.amount);
  return [...sums]
    .map(([currency, amount]) => ({ amount, currency }))
    .sort((a, b) => b.amount - a.amount || a.currency.localeCompare(b.currency));
}

function leadDays({ startsAt, bookedAt }: BookingSummary): number[] {
  if (startsAt === null) return [];
  return [Math.max(0, (Date.parse(startsAt) - Date.parse(bookedAt)) / 86_400_000)];
}

function favourites(standing: readonly BookingSummary[]): string[] {
  const counts = new Map<string, number>();
  for (const { itemName } of standing) counts.set(itemName, (counts.get(itemName) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([name]) => name);
}

function average(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
