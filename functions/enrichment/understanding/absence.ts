import type { Booking } from '../../../shared/booking/booking.ts';
import { localDate } from '../../../shared/booking/zoned-time.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';

/** Whole months since the guest's last tour, on the operator's calendar; null where there was none. */
export function monthsAway(booking: Booking, { lastTour }: GuestProfile, now: Date): number | null {
  return lastTour === null ? null : monthsBetween(lastTour, dayAt(booking, now));
}

/** The moment's day on the operator's calendar, as far as the tour tells their clock. */
export function dayAt({ availability }: Booking, moment: Date): string {
  const offsetMinutes = availability.startAt?.offsetMinutes ?? 0;
  return localDate({ instant: moment.toISOString(), offsetMinutes });
}

/** Whole months from one day to a later one, both `YYYY-MM-DD`: the 21st to the 20th is not yet one. */
export function monthsBetween(from: string, to: string): number {
  const months = monthNumber(to) - monthNumber(from);
  return to.slice(8) < from.slice(8) ? months - 1 : months;
}

function monthNumber(date: string): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
}
