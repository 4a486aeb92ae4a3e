import type { Booking } from '../booking/booking.ts';
import { revenueOf } from '../booking/revenue.ts';
import { daysUntil, localWeekday } from '../booking/zoned-time.ts';
import type { BookingSummary } from '../guest/profile.ts';
import type { RiskFacts } from './model.ts';

/** How a guest's earlier bookings ended. */
export type EarlierBookings = Pick<RiskFacts, 'earlierBookings' | 'earlierCancellations' | 'earlierNoShows'>;

/** A payment this soon after the booking was made belongs to the making of it. */
const CHECKOUT_MS = 60 * 60_000;

/**
 * A booking's facts as they were when it was made.
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
    weekend: startAt && localWeekday(startAt) >= 6,
    paidShare: paidShareAt(booking, bookedAt),
  };
}

/**
 * Counts the guest's bookings whose tour had begun when this one was made. How the others would end was not known then,
 * and a row of the history does not say when a booking was cancelled: to count those would be to look ahead.
 * A rebooked one is no end of its own.
 */
export function earlierOf(summaries: readonly BookingSummary[], bookedAt: string): EarlierBookings {
  const superseded = new Set(summaries.map(({ rebookedFrom }) => rebookedFrom));
  const made = Date.parse(bookedAt);
  const over = summaries.filter(
    ({ uuid, status, startsAt }) =>
      startsAt !== null && Date.parse(startsAt) < made && status !== 'rebooked' && !superseded.has(uuid),
  );
  const stood = over.filter(({ status }) => status === 'booked');
  return {
    earlierBookings: stood.filter(({ noShow }) => !noShow).length,
    earlierCancellations: over.length - stood.length,
    earlierNoShows: stood.filter(({ noShow }) => noShow).length,
  };
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
