import * as z from 'zod';
import { type Booking, bookingStatusSchema } from '../booking/booking.ts';
import { type Money, moneySchema } from '../booking/money.ts';
import { revenueOf } from '../booking/revenue.ts';
import { localDate } from '../booking/zoned-time.ts';
import { edgesAt } from './edges.ts';
import { partyOf } from './party.ts';
import { shortened } from './shortened.ts';
import { type GuestSums, type GuestTotals, type PartyKind, partyKinds } from './totals-shape.ts';

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
  /** In the smallest unit of `gross`'s currency. */
  paid: z.int().default(0),
  refunded: z.int().default(0),
  party: z.enum(partyKinds).default('unknown'),
  /** Names of what was booked along at a price of its own. */
  addOns: z.array(z.string()).default([]),
  noShow: z.boolean(),
  affiliate: z.boolean(),
  emailConsent: z.boolean(),
});
export type BookingSummary = z.infer<typeof bookingSummarySchema>;

/** A guest's history with one company: the same whichever order events came in. */
export interface GuestProfile {
  /** Bookings that stand: a rebooking counts once, a cancelled one not at all. */
  readonly bookings: number;
  /** Bookings of any kind. */
  readonly allBookings: number;
  readonly cancellations: number;
  readonly noShows: number;
  /** Revenue per currency, most first; each currency apart: there is no rate to add them by. */
  readonly spend: readonly Money[];
  /** What one booking that stands is worth on average, per currency, to the nearest smallest unit. */
  readonly averageValue: readonly Money[];
  /** Money received and given back over all bookings, per currency; a rebooking takes it along. */
  readonly paid: readonly Money[];
  readonly refunded: readonly Money[];
  readonly averagePartySize: number;
  readonly parties: Readonly<Record<PartyKind, number>>;
  readonly firstTour: string | null;
  /** Day of the latest tour that has started by `now`. */
  readonly lastTour: string | null;
  /** Day of the earliest tour still to come. */
  readonly nextTour: string | null;
  /** Days between booking and tour, averaged; null where unknown. */
  readonly averageLeadDays: number | null;
  /** Item names by number of bookings, most first. */
  readonly favouriteItems: readonly string[];
  /** The same with their pks: all items on bookings that stand. */
  readonly items: GuestSums['items'];
  /** What was booked along at a price of its own, on bookings that stand, most first. */
  readonly addOns: GuestSums['addOns'];
  /** pks of items on bookings that stand. */
  readonly itemPks: readonly number[];
  /** Share of standing bookings sold by an affiliate, 0–1. */
  readonly affiliateShare: number;
  /** Tours by weekday (Monday first) and by month (January first). */
  readonly weekdays: readonly number[];
  readonly months: readonly number[];
  readonly firstBookedAt: string | null;
  readonly lastBookedAt: string | null;
  /** Which state of the guest's totals this was computed from. */
  readonly totalsRevision: number;
}

/** The row that the guest's history keeps of this booking. `seenAt`: ISO instant of our first sight of it. */
export function summarise(booking: Booking, seenAt: string): BookingSummary {
  const { startAt } = booking.availability;
  const { gross, paid, refunded } = revenueOf(booking);
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
    gross,
    paid: paid.amount,
    refunded: refunded.amount,
    party: partyOf(booking),
    addOns: addOnsOf(booking),
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
export function profileOf(totals: GuestTotals, now: string): GuestProfile {
  const { standing, money } = totals;
  const { firstTour, begun, toCome, firstMade, lastMade } = edgesAt(totals, now);
  const items = totals.items.toSorted(byBookings);
  const worth = money.filter(({ bookings }) => bookings > 0);
  return {
    bookings: standing,
    allBookings: totals.all,
    cancellations: totals.cancellations,
    noShows: totals.noShows,
    spend: mostFirst(worth.map(({ currency, spend }) => ({ amount: spend, currency }))),
    averageValue: mostFirst(
      worth.map(({ currency, spend, bookings }) => ({ amount: Math.round(spend / bookings), currency })),
    ),
    paid: mostFirst(money.map(({ currency, paid }) => ({ amount: paid, currency }))).filter(isSome),
    refunded: mostFirst(money.map(({ currency, refunded }) => ({ amount: refunded, currency }))).filter(isSome),
    averagePartySize: average(totals.people, standing) ?? 0,
    parties: totals.parties,
    firstTour: firstTour?.tourDate ?? null,
    lastTour: begun?.tourDate ?? null,
    nextTour: toCome[0]?.tourDate ?? null,
    averageLeadDays: average(totals.leadMs / DAY_MS, totals.leads),
    favouriteItems: [...new Set(items.map(({ name }) => name))],
    items,
    addOns: totals.addOns.toSorted(byBookings),
    itemPks: [...new Set(items.flatMap(({ pk }) => (pk === null ? [] : [pk])))].sort((a, b) => a - b),
    affiliateShare: average(totals.affiliates, standing) ?? 0,
    weekdays: totals.weekdays,
    months: totals.months,
    firstBookedAt: firstMade?.bookedAt ?? null,
    lastBookedAt: lastMade?.bookedAt ?? null,
    totalsRevision: totals.revision,
  };
}

const DAY_MS = 86_400_000;

/** By the questions' own wording; of a list of options, by the option's, which the operator worded as well. */
function addOnsOf({ answers }: Booking): string[] {
  const bought = answers.filter(({ cost }) => cost !== undefined && cost.amount > 0);
  const names = bought.map(({ type, question, value }) => shortened(type === 'extended-option' ? value : question));
  return [...new Set(names)].sort().slice(0, MOST_ADD_ONS);
}
const MOST_ADD_ONS = 50;

interface Counted {
  readonly name: string;
  readonly bookings: number;
}
const byBookings = (a: Counted, b: Counted): number => b.bookings - a.bookings || a.name.localeCompare(b.name);

const isSome = ({ amount }: Money): boolean => amount !== 0;

function mostFirst(money: readonly Money[]): Money[] {
  return money.toSorted((a, b) => b.amount - a.amount || a.currency.localeCompare(b.currency));
}

function average(sum: number, count: number): number | null {
  return count === 0 ? null : sum / count;
}
