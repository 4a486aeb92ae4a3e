import type { Booking } from '../../../shared/booking/booking.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import { type EarlierBookings, riskFactsOf } from '../../../shared/risk/booking-facts.ts';
import { DEFAULT_RISK_MODEL } from '../../../shared/risk/default-model.ts';
import type { RiskModel } from '../../../shared/risk/model.ts';
import { atBaseRate, type OutcomeRisk, riskOf } from '../../../shared/risk/risk.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Understanding } from '../../../shared/understanding/understanding.ts';
import type { SeenRates } from '../standing/distribution.ts';
import type { Features } from './features.ts';

export interface ForecastFacts {
  readonly booking: Booking;
  readonly profile: GuestProfile;
  readonly features: Features;
  /** ISO instant the booking was made or first seen. */
  readonly bookedAt: string;
  readonly seen: SeenRates;
  readonly settings: CompanySettings;
  readonly now: Date;
}

/**
 * How likely the booking is to be cancelled, and nobody to come if it is not, with the facts that move it. Null where
 * there is nothing left to foretell: the booking does not stand, or its tour has no time or has begun.
 *
 * The default's level is moved to what the operator sees; coefficients of their own (`settings.risk.model`) have it.
 */
export function forecastOf(facts: ForecastFacts): Understanding['risk'] {
  const { booking, profile, features, bookedAt, seen, settings, now } = facts;
  const { startAt } = booking.availability;
  if (booking.status !== 'booked' || startAt === null || Date.parse(startAt.instant) <= now.getTime()) return null;
  const known = riskFactsOf(booking, bookedAt, features.children, earlierBy(features, profile));
  const { modelVersion, cancellation, noShow } = riskOf(known, modelFor(settings, seen));
  return { modelVersion, cancellation: told(cancellation), noShow: told(noShow) };
}

/** The coefficients in use, at the operator's level. */
export function modelFor({ risk }: Pick<CompanySettings, 'risk'>, seen: SeenRates): RiskModel {
  if (risk.model !== undefined) return risk.model;
  const { version, cancellation, noShow } = DEFAULT_RISK_MODEL;
  return {
    version,
    cancellation: atBaseRate(cancellation, seen.cancellation),
    noShow: atBaseRate(noShow, seen.noShow),
  };
}

/**
 * How the guest's other bookings ended. The history holds sums, not rows: a tour to come beside this one cannot be told
 * from one that was used, so that nothing counts as used before a first tour has begun.
 */
function earlierBy(features: Features, { lastTour }: GuestProfile): EarlierBookings {
  const used = lastTour === null ? 0 : features.earlierBookings - features.earlierNoShows;
  return {
    earlierBookings: Math.max(0, used),
    earlierCancellations: features.earlierCancellations,
    earlierNoShows: features.earlierNoShows,
  };
}

/** To a tenth of a percent: more would be noise, and a new version whenever the operator's level moves. */
function told({ probability, reasons }: OutcomeRisk) {
  return {
    probability: Math.round(probability * 1000) / 1000,
    reasons: reasons.map(({ text, oddsFactor }) => `${text} (odds ×${oddsFactor})`),
  };
}
