import type { Money } from '../booking/money.ts';
import { edgesAt } from './edges.ts';
import type { GuestSums, GuestTotals, PartyKind } from './totals-shape.ts';

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
