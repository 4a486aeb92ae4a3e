import type { Booking } from '../../../shared/booking/booking.ts';
import type { Money } from '../../../shared/booking/money.ts';
import { revenueOf } from '../../../shared/booking/revenue.ts';
import { daysUntil, localDate, localWeekday } from '../../../shared/booking/zoned-time.ts';
import { isYoung } from '../../../shared/guest/party.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import { isCorporateEmail } from './mail-domains.ts';

/**
 * What scores and segments are computed from: facts of the booking and of the guest's history with nothing personal
 * in them, and nothing that the guest's free text could move.
 */
export interface Features {
  readonly partySize: number;
  /** Customers of a type named for the young. */
  readonly children: number;
  /** Days from booking to tour on the operator's calendar, never below 0; null where the tour has no time. */
  readonly daysAhead: number | null;
  /** The tour is on a Saturday or Sunday; null where it has no time. */
  readonly weekend: boolean | null;
  /** The tour's month, 1–12. */
  readonly month: number | null;
  readonly corporateEmail: boolean;
  /** There is an e-mail address or a telephone number. */
  readonly reachable: boolean;
  /** Other bookings of the guest that stand. */
  readonly earlierBookings: number;
  readonly earlierCancellations: number;
  readonly earlierNoShows: number;
  /** What this booking was priced at, in the company's currency. */
  readonly bookingValue: Money;
  /** The guest's other bookings in that currency. */
  readonly earlierSpend: Money;
  readonly affiliate: boolean;
  /** Sold as a private tour or charter. */
  readonly privateTour: boolean;
}

const PRIVATE = /\b(privat|priv[eéa]|charter|exclusiv|exklusiv)|貸切|貸し切り|プライベート/i;

/**
 * The features of one booking of a guest.
 *
 * @param profile the guest's history, this booking included.
 * @param bookedAt ISO instant the booking was made or first seen.
 */
export function featuresOf(booking: Booking, profile: GuestProfile, bookedAt: string): Features {
  const { startAt } = booking.availability;
  const { currency } = booking.company;
  const { priced, gross } = revenueOf(booking);
  const types = booking.customers.map(({ type }) => type ?? '');
  const stands = booking.status === 'booked';
  const missed = stands && types.length > 0 && booking.customers.every(({ checkin }) => checkin === 'no-show');
  const spend = profile.spend.find((money) => money.currency === currency)?.amount ?? 0;
  return {
    partySize: booking.partySize,
    children: types.filter(isYoung).length,
    daysAhead: startAt && Math.max(0, daysUntil(startAt, bookedAt)),
    weekend: startAt && localWeekday(startAt) >= 6,
    month: startAt && Number(localDate(startAt).slice(5, 7)),
    corporateEmail: isCorporateEmail(booking.contact.email),
    reachable: booking.contact.email !== null || booking.contact.phone !== null,
    earlierBookings: Math.max(0, profile.bookings - (stands ? 1 : 0)),
    earlierCancellations: Math.max(0, profile.cancellations - (booking.status === 'cancelled' ? 1 : 0)),
    earlierNoShows: Math.max(0, profile.noShows - (missed ? 1 : 0)),
    bookingValue: priced,
    earlierSpend: { amount: Math.max(0, spend - gross.amount), currency },
    affiliate: booking.affiliate !== null,
    privateTour: [booking.item.name, ...types].some((name) => PRIVATE.test(name)),
  };
}
