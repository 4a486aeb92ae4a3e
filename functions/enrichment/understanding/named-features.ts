import type { Booking } from '../../../shared/booking/booking.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import { isSoldAtDesk } from '../../../shared/risk/booking-facts.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Understanding } from '../../../shared/understanding/understanding.ts';
import type { Distribution } from '../standing/distribution.ts';
import { monthsAway } from './absence.ts';
import type { Features } from './features.ts';
import { modelFor } from './forecast.ts';

export interface NamedFacts {
  readonly booking: Booking;
  readonly profile: GuestProfile;
  readonly features: Features;
  readonly settings: CompanySettings;
  readonly distribution: Distribution;
  readonly now: Date;
}

/**
 * All that the numbers are computed from, by name and flat, for whoever asks later why: counts, days, whole months and
 * amounts in the currency's smallest unit. Nothing personal, nothing that the guest wrote.
 */
export function namedFeatures({ booking, profile, features, settings, distribution, now }: NamedFacts) {
  const usual = modelFor(settings, distribution.rates);
  const { bookingValue, earlierSpend, ...plain } = features;
  return {
    ...plain,
    currency: booking.company.currency,
    bookingValue: bookingValue.amount,
    earlierSpend: earlierSpend.amount,
    status: booking.status,
    itemPk: booking.item.pk,
    affiliateDesk: isSoldAtDesk(booking),
    bookings: profile.bookings,
    cancellations: profile.cancellations,
    noShows: profile.noShows,
    monthsSinceLastTour: monthsAway(booking, profile, now),
    tourToCome: profile.nextTour !== null,
    // What the risk starts from, for a booking whose every fact is typical.
    usualCancellation: perMille(usual.cancellation.baseRate),
    usualNoShow: perMille(usual.noShow.baseRate),
  } satisfies Understanding['features'];
}

const perMille = (rate: number): number => Math.round(rate * 1000) / 1000;
