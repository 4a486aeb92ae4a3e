import type { Booking } from '../../../shared/booking/booking.ts';
import { sumMoney, toMajorUnits } from '../../../shared/booking/money.ts';
import { localDate } from '../../../shared/booking/zoned-time.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Segment, Understanding } from '../../../shared/understanding/understanding.ts';
import type { Features } from './features.ts';

type ChurnRisk = Understanding['churnRisk'];

/** What places a guest: facts only, nothing that the guest wrote. */
export interface Standing {
  readonly booking: Booking;
  readonly profile: GuestProfile;
  readonly features: Features;
  readonly settings: CompanySettings;
  readonly now: Date;
}

/**
 * How likely the guest is not to come again.
 * High: gone past the operator's lapse, or nothing stands any more after a cancellation, or they did not turn up and
 * have booked nothing since. Medium: half-way to the lapse, or they cancel at least as often as they come. A tour to
 * come is never high.
 */
export function churnRiskOf({ booking, profile, settings, now }: Standing): ChurnRisk {
  const away = monthsAway(booking, profile, now);
  const { lapsedMonths } = settings.segments;
  const unsteady = profile.noShows > 0 || (profile.cancellations > 0 && profile.cancellations >= profile.bookings);
  if (profile.nextTour !== null) return unsteady ? 'medium' : 'low';
  if (away !== null && away >= lapsedMonths) return 'high';
  if (profile.bookings === 0 && profile.cancellations > 0) return 'high';
  if (profile.noShows > 0) return 'high';
  return unsteady || (away !== null && away * 2 >= lapsedMonths) ? 'medium' : 'low';
}

/**
 * The one segment that says most about the guest, in this order: the group at hand; a guest on the way out; the worth
 * of a guest who stays; what kind of party a new one is.
 *
 * `lapsed`: the last tour is longer ago than the operator's line and nothing is to come. `win-back`: lapsed, and was a
 * repeat guest or of high value, so that an offer is worth its cost. `at-risk`: high churn risk, not lapsed.
 */
export function segmentOf(standing: Standing): Segment {
  const { booking, profile, features, settings, now } = standing;
  const { segments } = settings;
  if (booking.status === 'booked' && features.partySize >= segments.groupSize && !isOver(standing)) {
    return features.corporateEmail ? 'corporate-group' : 'group';
  }
  const highValue = totalSpend(features, standing) >= segments.highValueSpend;
  const away = monthsAway(booking, profile, now);
  if (profile.nextTour === null && away !== null && away >= segments.lapsedMonths) {
    return profile.bookings > 1 || highValue ? 'win-back' : 'lapsed';
  }
  if (churnRiskOf(standing) === 'high') return 'at-risk';
  if (features.earlierBookings > 0) return highValue ? 'high-value-repeat' : 'returning';
  return features.children > 0 ? 'family' : 'new';
}

/** The tour is longer ago than the lapse: the group it was no longer says what the guest is. */
function isOver({ booking, profile, settings, now }: Standing): boolean {
  const away = monthsAway(booking, profile, now);
  return profile.nextTour === null && away !== null && away >= settings.segments.lapsedMonths;
}

/** Everything that stands in the company's currency, in major units. */
function totalSpend(features: Features, { booking }: Standing): number {
  const { currency } = booking.company;
  const stands = booking.status === 'booked' ? [features.bookingValue] : [];
  return toMajorUnits(sumMoney(currency, [features.earlierSpend, ...stands]));
}

/** Whole months since the last tour, on the operator's calendar; null where there was none. */
function monthsAway(booking: Booking, profile: GuestProfile, now: Date): number | null {
  if (profile.lastTour === null) return null;
  const offsetMinutes = booking.availability.startAt?.offsetMinutes ?? 0;
  const today = localDate({ instant: now.toISOString(), offsetMinutes });
  const months = monthNumber(today) - monthNumber(profile.lastTour);
  return today.slice(8) < profile.lastTour.slice(8) ? months - 1 : months;
}

function monthNumber(date: string): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7));
}
