import type { Booking } from '../../../shared/booking/booking.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Understanding } from '../../../shared/understanding/understanding.ts';
import { monthsAway, monthsBetween } from './absence.ts';
import { clamp, counted, part, strongestFirst, sumOf, type Weighed } from './weighing.ts';

/** What the risk is told by: the guest's history alone, nothing that they wrote. */
export interface ChurnFacts {
  readonly booking: Booking;
  readonly profile: GuestProfile;
  readonly settings: CompanySettings;
  readonly now: Date;
}

export interface Churn {
  readonly risk: Understanding['churnRisk'];
  /** Strongest first, with their points. */
  readonly reasons: string[];
}

/** From so many bookings on a guest has a rhythm of their own. */
const RHYTHM = 3;

/**
 * How likely the guest is not to come again: points of risk, 0–100, by the weights of `settings.churn`, then its lines.
 *
 * - `monthsAway`: months since the last tour, in full at the operator's lapse; nothing while a tour is to come.
 * - `cancelledShare`: cancelled among all bookings that were cancelled or stand.
 * - `noShows`: bookings on which nobody came, in full from half of those that stand.
 * - `overdue`: away longer than this guest's own rhythm, in full at three times of it; from three bookings on.
 * - `tourToCome`: takes points, and as many more as it needs: whoever has booked a tour is never at high risk.
 */
export function churnOf(facts: ChurnFacts): Churn {
  const { nextTour } = facts.profile;
  const { weights, mediumLine, highLine } = facts.settings.churn;
  const against = [monthsPart(facts), cancelledPart(facts), noShowPart(facts), overduePart(facts)];
  const parts = [...against];
  if (nextTour !== null) {
    const enough = Math.max(0, sumOf(against) - (highLine - 1));
    parts.push({ earned: Math.min(Math.round(weights.tourToCome), -enough), reason: `tour to come on ${nextTour}` });
  }
  const points = clamp(sumOf(parts), 0, 100);
  const risk = points >= highLine ? 'high' : points >= mediumLine ? 'medium' : 'low';
  return { risk, reasons: strongestFirst(parts) };
}

function monthsPart({ booking, profile, settings, now }: ChurnFacts): Weighed {
  const away = monthsAway(booking, profile, now) ?? 0;
  const share = profile.nextTour === null ? part(away, settings.segments.lapsedMonths) : 0;
  return {
    earned: Math.round(settings.churn.weights.monthsAway * share),
    reason: `${counted(away, 'month')} since the last tour`,
  };
}

function cancelledPart({ profile, settings }: ChurnFacts): Weighed {
  const { bookings, cancellations } = profile;
  const all = bookings + cancellations;
  return {
    earned: all === 0 ? 0 : Math.round((settings.churn.weights.cancelledShare * cancellations) / all),
    reason: `${cancellations} of ${counted(all, 'booking')} cancelled`,
  };
}

function noShowPart({ profile, settings }: ChurnFacts): Weighed {
  const { bookings, noShows } = profile;
  const share = noShows === 0 ? 0 : part(2 * noShows, bookings);
  return {
    earned: Math.round(settings.churn.weights.noShows * share),
    reason: `did not come on ${noShows} of ${counted(bookings, 'booking')}`,
  };
}

function overduePart({ booking, profile, settings, now }: ChurnFacts): Weighed {
  const none = { earned: 0, reason: '' };
  const { bookings, firstTour, lastTour, nextTour } = profile;
  const away = monthsAway(booking, profile, now);
  if (bookings < RHYTHM || nextTour !== null || away === null || firstTour === null || lastTour === null) return none;
  const gap = Math.max(1, monthsBetween(firstTour, lastTour) / (bookings - 1));
  return {
    earned: Math.round(settings.churn.weights.overdue * part(away / gap - 1, 2)),
    reason: `used to come every ${counted(Math.round(gap), 'month')}, now away for ${away}`,
  };
}
