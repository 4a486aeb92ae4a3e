import type { Booking } from '../../../shared/booking/booking.ts';
import { formatMoney, type Money, sumMoney, toMajorUnits } from '../../../shared/booking/money.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Segment } from '../../../shared/understanding/understanding.ts';
import { monthsAway } from './absence.ts';
import type { Churn } from './churn.ts';
import type { Features } from './features.ts';
import { counted } from './weighing.ts';

/** What places a guest: facts only, nothing that the guest wrote. */
export interface Standing {
  readonly booking: Booking;
  readonly profile: GuestProfile;
  readonly features: Features;
  readonly churn: Churn;
  readonly settings: CompanySettings;
  readonly now: Date;
}

export interface Placed {
  readonly segment: Segment;
  /** The facts that decided, with their values and the operator's lines. */
  readonly reasons: string[];
}

/**
 * The one segment that says most about the guest, in this order: the group at hand; a guest on the way out; the worth
 * of a guest who stays; what kind of party a new one is. The lines are those of `settings.segments`.
 *
 * `lapsed`: the last tour is longer ago than the operator's line and nothing is to come. `win-back`: lapsed, and was a
 * repeat guest or of high value, so that an offer is worth its cost. `at-risk`: high churn risk, not lapsed.
 */
export function segmentOf(standing: Standing): Placed {
  const { booking, profile, features, churn, settings } = standing;
  const lapse = lapseOf(standing);
  if (booking.status === 'booked' && features.partySize >= settings.segments.groupSize && lapse === undefined) {
    return groupOf(features, settings);
  }
  const spent = totalSpend(features, standing);
  const isHigh = toMajorUnits(spent) >= settings.segments.highValueSpend;
  const worth = `${formatMoney(spent)} spent (high value from ${settings.segments.highValueSpend})`;
  if (lapse !== undefined) {
    const worthIt = [...(profile.bookings > 1 ? [`${profile.bookings} bookings`] : []), ...(isHigh ? [worth] : [])];
    return worthIt.length > 0
      ? { segment: 'win-back', reasons: [lapse, ...worthIt] }
      : { segment: 'lapsed', reasons: [lapse] };
  }
  if (churn.risk === 'high') return { segment: 'at-risk', reasons: churn.reasons };
  if (features.earlierBookings > 0) {
    const again = counted(features.earlierBookings, 'earlier booking');
    return isHigh
      ? { segment: 'high-value-repeat', reasons: [again, worth] }
      : { segment: 'returning', reasons: [again] };
  }
  if (features.children > 0) {
    return { segment: 'family', reasons: [counted(features.children, 'child', 'children'), 'first booking'] };
  }
  return { segment: 'new', reasons: ['first booking'] };
}

function groupOf({ corporateEmail, partySize }: Features, { segments }: CompanySettings): Placed {
  const large = `party of ${partySize} (group from ${segments.groupSize})`;
  return corporateEmail
    ? { segment: 'corporate-group', reasons: [large, 'corporate e-mail domain'] }
    : { segment: 'group', reasons: [large] };
}

/** Why the guest has lapsed; undefined where they have not. A group of long ago no longer says what the guest is. */
function lapseOf({ booking, profile, settings, now }: Standing): string | undefined {
  const away = monthsAway(booking, profile, now);
  const { lapsedMonths } = settings.segments;
  if (profile.nextTour !== null || away === null || away < lapsedMonths) return undefined;
  return `${counted(away, 'month')} since the last tour (lapsed from ${lapsedMonths})`;
}

/** Everything that stands in the company's currency. */
function totalSpend(features: Features, { booking }: Standing): Money {
  const { currency } = booking.company;
  const stands = booking.status === 'booked' ? [features.bookingValue] : [];
  return sumMoney(currency, [features.earlierSpend, ...stands]);
}
