import type { Booking } from '../../../shared/booking/booking.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import type { CatalogueEntry } from '../../../shared/settings/settings.ts';
import type { Understanding } from '../../../shared/understanding/understanding.ts';
import type { Features } from './features.ts';
import { fold } from './folding.ts';

/** What the choice is made by: nothing that the guest wrote, for the choice is shown in a field of its own. */
export interface UpsellFacts {
  readonly booking: Booking;
  readonly profile: GuestProfile;
  readonly features: Features;
  readonly interests: readonly string[];
  readonly now: Date;
}

/** Kinds of party that an entry's interests may be made for. */
const MADE_FOR: readonly { interest: RegExp; suits: (features: Features) => boolean }[] = [
  { interest: /^(couple|romantic|honeymoon)/, suits: ({ partySize, children }) => partySize === 2 && children === 0 },
  { interest: /^(famil|kids|children)/, suits: ({ children }) => children > 0 },
  { interest: /^(corporate|team)/, suits: ({ corporateEmail, partySize }) => corporateEmail && partySize > 4 },
  { interest: /^(group|private)/, suits: ({ partySize }) => partySize >= 6 },
];

/**
 * The entry of the operator's catalogue to recommend, or null. Never one that the guest has booked, and only one that
 * takes a party of this size in the month of the tour. Among those the one that fits best; at a tie the operator's order.
 */
export function recommend(catalogue: readonly CatalogueEntry[], facts: UpsellFacts): Understanding['upsell'] {
  const ranked = catalogue
    .filter((entry) => !isBooked(entry, facts) && suits(entry, facts))
    .map((entry) => ({ entry, fit: fitOf(entry, facts) }))
    .sort((a, b) => b.fit - a.fit);
  const best = ranked[0]?.entry;
  return best === undefined ? null : { id: best.id, name: best.name };
}

function isBooked({ itemPk, name }: CatalogueEntry, { booking, profile }: UpsellFacts): boolean {
  const pks = [...profile.itemPks, booking.item.pk];
  if (itemPk !== null && pks.includes(itemPk)) return true;
  return [...profile.favouriteItems, booking.item.name].some((taken) => fold(taken).trim() === fold(name).trim());
}

function suits({ minPartySize, maxPartySize, months }: CatalogueEntry, { features, now }: UpsellFacts): boolean {
  const month = features.month ?? now.getUTCMonth() + 1;
  const people = Math.max(1, features.partySize);
  return people >= minPartySize && people <= maxPartySize && (months.length === 0 || months.includes(month));
}

function fitOf({ interests }: CatalogueEntry, { features, interests: liked }: UpsellFacts): number {
  const own = interests.map(fold);
  const shared = liked.filter((interest) => own.includes(fold(interest))).length;
  const kind = MADE_FOR.filter(({ interest }) => own.some((word) => interest.test(word)));
  const kindFit = kind.reduce((sum, made) => sum + (made.suits(features) ? 3 : -1), 0);
  return 2 * shared + kindFit;
}
