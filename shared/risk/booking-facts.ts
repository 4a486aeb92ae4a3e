import type { Booking } from '../booking/booking.ts';
import { revenueOf } from '../booking/revenue.ts';
import { daysUntil, localWeekday } from '../booking/zoned-time.ts';
import type { BookingSummary } from '../guest/booking-summary.ts';
import type { RiskFacts } from './model.ts';

/** How a guest's earlier bookings ended. */
export type EarlierBookings = Pick<RiskFacts, 'earlierBookings' | 'earlierCancellations' | 'earlierNoShows'>;

/** A payment this soon after the booking was made belongs to the making of it. */
const CHECKOUT_MS = 60 * 60_000;

/**
 * A booking's facts as they were when it was made: the same in training (from an exported row) and in the pipeline.
 * Party, tour and seller are those of the booking as it is now: FareHarbor tells no earlier ones, and a booking that is
 * moved becomes another one (rebooked). That an affiliate's person sold it is known by the agent or desk that it names.
 *
 * @param bookedAt ISO instant the booking was made, or first seen.
 * @param children people on it of a type named for the young.
 */
export function riskFactsOf(booking: Booking, bookedAt: string, children: number, earlier: EarlierBookings): RiskFacts {
  const { startAt } = booking.availability;
  return {
    leadDays: startAt && Math.max(0, daysUntil(startAt, bookedAt)),
    partySize: booking.partySize,
    children,
    ...earlier,
    affiliate: booking.affiliate !== null,
    affiliateDesk: isSoldAtDesk(booking),
    weekend: startAt && localWeekday(startAt) >= 6,
    paidShare: paidShareAt(booking, bookedAt),
  };
}

/** What a guest's history has to say of one booking for `earlierOf`. */
export type PastBooking = Pick<BookingSummary, 'uuid' | 'status' | 'startsAt' | 'rebookedFrom' | 'noShow'>;

/**
 * Counts the guest's bookings whose tour had begun when this one was made. How the others would end was not known then,
 * and a row of the history does not say when a booking was cancelled: to count those would be to look ahead.
 * A rebooked one is no end of its own.
 *
 * This is what coefficients are learnt from. In the pipeline they are asked with the guest's running sums, which cannot
 * tell all of it apart (a cancelled tour still to come, a booking made later, and one to come beside this one may
 * count): for a guest with several bookings open at once the two may differ by those.
 */
export function earlierOf(summaries: readonly PastBooking[], bookedAt: string): EarlierBookings {
  const superseded = new Set(summaries.map(({ rebookedFrom }) => rebookedFrom));
  const made = Date.parse(bookedAt);
  const counts = { earlierBookings: 0, earlierCancellations: 0, earlierNoShows: 0 };
  for (const summary of summaries) {
    const end = endOf(summary, superseded);
    if (end !== undefined && end.begun < made) counts[end.counts] += 1;
  }
  return counts;
}

/** When a booking's tour begins (ms), and as what it counts for the bookings made after that; undefined where as nothing. */
export function endOf(
  { uuid, status, startsAt, noShow }: PastBooking,
  superseded: ReadonlySet<string | null>,
): { readonly begun: number; readonly counts: keyof EarlierBookings } | undefined {
  if (startsAt === null || status === 'rebooked' || superseded.has(uuid)) return undefined;
  const begun = Date.parse(startsAt);
  if (status !== 'booked') return { begun, counts: 'earlierCancellations' };
  return { begun, counts: noShow ? 'earlierNoShows' : 'earlierBookings' };
}

/** Whether somebody at an affiliate sold it, and not the affiliate's website. */
export function isSoldAtDesk({ affiliate, agent, desk }: Booking): boolean {
  return affiliate !== null && (agent !== null || desk !== null);
}

/** What was paid with the booking itself; later payments are known later. Null without payments or their times. */
function paidShareAt(booking: Booking, bookedAt: string): number | null {
  const { priced } = revenueOf(booking);
  if (booking.payments === null || priced.amount <= 0) return null;
  const received = booking.payments.filter(
    ({ status, amount }) => status === 'succeeded' && amount.currency === priced.currency,
  );
  if (received.some(({ at }) => at === null)) return null;
  const until = Date.parse(bookedAt) + CHECKOUT_MS;
  const paid = received
    .filter(({ at }) => at !== null && Date.parse(at.instant) <= until)
    .reduce((sum, { amount }) => sum + amount.amount, 0);
  return Math.min(1, Math.max(0, paid / priced.amount));
}
