import type { Booking } from '../../../shared/booking/booking.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Understanding } from '../../../shared/understanding/understanding.ts';
import { bandsOf, bookingsBucket, type Distribution, monthBucket, spendBucket } from '../standing/distribution.ts';
import { categoriesOf } from './categories.ts';
import { churnOf } from './churn.ts';
import type { Features } from './features.ts';
import { forecastOf } from './forecast.ts';
import { predictedValueOf } from './guest-value.ts';
import { interestsOf } from './interests.ts';
import { namedFeatures } from './named-features.ts';
import { segmentOf } from './segment.ts';
import { recommend } from './upsell.ts';

export interface NumberFacts {
  readonly booking: Booking;
  /** The guest's history, this booking included. */
  readonly profile: GuestProfile;
  readonly features: Features;
  readonly settings: CompanySettings;
  /** The operator's guests, counted. */
  readonly distribution: Distribution;
  readonly now: Date;
  /** ISO instant the booking was made or first seen. */
  readonly bookedAt: string;
}

/** What is made of a booking and its guest without their words. */
export type Numbers = Omit<Understanding, 'leadScore' | 'signals' | 'summary' | 'lineage' | 'mode' | 'rulesReason'>;

/**
 * All that the guest's words have no part in, by code from facts: the same facts, settings, distribution and clock give
 * the same numbers and the same reasons.
 */
export function numbersOf(facts: NumberFacts): Numbers {
  const { booking, profile, features, settings, distribution } = facts;
  const churn = churnOf(facts);
  const { segment, reasons } = segmentOf({ ...facts, churn });
  const interests = interestsOf(booking, profile, settings.catalogue);
  const predicted = predictedValueOf({ ...facts, price: features.bookingValue, churnRisk: churn.risk });
  return {
    features: namedFeatures(facts),
    segment,
    segmentReasons: reasons,
    churnRisk: churn.risk,
    churnReasons: churn.reasons,
    interests,
    upsell: recommend(settings, { ...facts, interests }),
    risk: forecastOf({ ...facts, seen: distribution.rates }),
    guest: {
      bands: bandsOfGuest(facts),
      predictedValue: predicted.value,
      predictedValueReason: predicted.reason,
      categories: categoriesOf(profile, settings.catalogue),
    },
  };
}

/** Null, too, for a guest none of whose bookings stands: only those are counted. */
function bandsOfGuest({ booking, profile, distribution }: NumberFacts): Understanding['guest']['bands'] {
  const { currency } = booking.company;
  if (profile.bookings === 0 || profile.lastBookedAt === null) return null;
  const spend = profile.spend.find((money) => money.currency === currency)?.amount ?? 0;
  return bandsOf(distribution, currency, {
    recency: monthBucket(profile.lastBookedAt),
    frequency: bookingsBucket(profile.bookings),
    money: spendBucket(spend),
  });
}
