import type { Booking } from '../../../shared/booking/booking.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Understanding } from '../../../shared/understanding/understanding.ts';
import type { Distribution } from '../standing/distribution.ts';
import { featuresOf } from './features.ts';
import { wordsOf } from './guest-words.ts';
import { keywordSignals } from './keyword-signals.ts';
import { scoreLead } from './lead-score.ts';
import { numbersOf } from './numbers.ts';
import { type ReadWordsDeps, readWords } from './read-words.ts';

export interface UnderstandInput {
  readonly booking: Booking;
  /** The guest's history, this booking included. */
  readonly profile: GuestProfile;
  /** What was understood of the booking's last version. */
  readonly previous: Understanding | undefined;
  readonly settings: CompanySettings;
  readonly now: Date;
  /** ISO instant the booking was made or first seen. */
  readonly bookedAt: string;
  /** Nothing happened to the booking; it is looked at again. */
  readonly again?: boolean;
}

export interface UnderstandDeps extends ReadWordsDeps {
  /** The operator's guests, counted. Never throws: what cannot be read is nothing seen. */
  readonly readDistribution: (company: string) => Promise<Distribution>;
}

/**
 * Understands a booking: score, segment, risk, interests and recommendation by code from neutral features; signals from
 * the guest's words by the model, or by keywords where there is no model, no key, or no usable answer in time.
 * Whatever a model answers moves the score within its clamp and is told in the summary; all else is as by keywords.
 *
 * Never throws, and takes no longer than the model's timeout. The same words are not sent to the same model twice.
 */
export async function understand(input: UnderstandInput, deps: UnderstandDeps): Promise<Understanding> {
  const { booking, profile, settings, now, bookedAt } = input;
  const features = featuresOf(booking, profile, bookedAt);
  const words = wordsOf(booking);
  const plain = keywordSignals(words, {
    features,
    catalogue: settings.catalogue,
    contactLanguage: booking.contact.language,
  });
  const reading = await readWords(input, { features, words, plain }, deps);
  const { signals } = reading;
  const distribution = await deps.readDistribution(booking.company.shortname);
  const numbers = numbersOf({ booking, profile, settings, now, bookedAt, features, distribution });
  const place = { segment: numbers.segment, itemPk: booking.item.pk };
  return {
    ...reading,
    ...numbers,
    leadScore: scoreLead(features, { signals, plain, written: words.free }, place, settings),
  };
}
