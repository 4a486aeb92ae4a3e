import type { Booking } from '../../../shared/booking/booking.ts';
import { localDate } from '../../../shared/booking/zoned-time.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import type { CatalogueEntry, CompanySettings } from '../../../shared/settings/settings.ts';
import type { Understanding } from '../../../shared/understanding/understanding.ts';
import type { Features } from './features.ts';
import { fold } from './folding.ts';
import { counted, strongestFirst, sumOf, type Weighed } from './weighing.ts';

/** What the choice is made by: nothing that the guest wrote, for the choice is shown in a field of its own. */
export interface UpsellFacts {
  readonly booking: Booking;
  readonly profile: GuestProfile;
  readonly features: Features;
  readonly interests: readonly string[];
  readonly now: Date;
}

interface Kind {
  readonly interest: RegExp;
  readonly name: string;
  readonly suits: (features: Features) => boolean;
  /** The facts that it goes by, for people. */
  readonly facts: (features: Features) => string;
}

const party = ({ partySize }: Features): string => `party of ${partySize}`;
const children = (features: Features): string =>
  features.children === 0 ? 'no children' : counted(features.children, 'child', 'children');

/** Kinds of party that an entry's interests may be made for. */
const MADE_FOR: readonly Kind[] = [
  {
    interest: /^(couple|romantic|honeymoon)/,
    name: 'couples',
    suits: (features) => features.partySize === 2 && features.children === 0,
    facts: (features) => `${party(features)}, ${children(features)}`,
  },
  {
    interest: /^(famil|kids|children)/,
    name: 'families',
    suits: (features) => features.children > 0,
    facts: children,
  },
  {
    interest: /^(corporate|team)/,
    name: 'companies',
    suits: ({ corporateEmail, partySize }) => corporateEmail && partySize > 4,
    facts: (features) =>
      `${party(features)}, ${features.corporateEmail ? 'corporate e-mail domain' : 'no corporate e-mail domain'}`,
  },
  { interest: /^(group|private)/, name: 'groups', suits: ({ partySize }) => partySize >= 6, facts: party },
];

/**
 * The entry of the operator's catalogue to recommend, or null. Never one that the guest has bought, and only one that
 * takes a party of this size and runs on the day of the tour. Among those the one with the most points by
 * `settings.upsell`; at a tie the operator's order.
 */
export function recommend(
  { catalogue, upsell }: Pick<CompanySettings, 'catalogue' | 'upsell'>,
  facts: UpsellFacts,
): Understanding['upsell'] {
  const bought = boughtBy(facts);
  const ranked = catalogue
    .filter((entry) => !isAmong(bought, entry) && takes(entry, facts.features) && runsOn(entry, dayOf(facts)))
    .map((entry) => ({ entry, parts: fitOf(entry, facts, upsell.weights) }))
    .sort((a, b) => sumOf(b.parts) - sumOf(a.parts));
  const [best] = ranked;
  if (best === undefined) return null;
  const reasons = strongestFirst(best.parts);
  return {
    id: best.entry.id,
    name: best.entry.name,
    reasons: reasons.length > 0 ? reasons : ['first in the catalogue that suits'],
  };
}

interface Bought {
  readonly pks: ReadonlySet<number | null>;
  readonly names: ReadonlySet<string>;
}

/** All tours on the guest's bookings that stand, what was added to them, and the tour at hand. */
function boughtBy({ booking, profile }: UpsellFacts): Bought {
  const tours = [booking.item, ...profile.items];
  return {
    pks: new Set(tours.map(({ pk }) => pk)),
    names: new Set([...tours, ...profile.addOns].map(({ name }) => fold(name).trim())),
  };
}

/** By its pk or by its name: an operator may sell one tour under two items. */
function isAmong({ pks, names }: Bought, { itemPk, name }: CatalogueEntry): boolean {
  return (itemPk !== null && pks.has(itemPk)) || names.has(fold(name).trim());
}

function takes({ minPartySize, maxPartySize }: CatalogueEntry, { partySize }: Features): boolean {
  const people = Math.max(1, partySize);
  return people >= minPartySize && people <= maxPartySize;
}

/** Whether the operator runs it on the day `YYYY-MM-DD`. */
function runsOn({ months, weekdays, closed }: CatalogueEntry, day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
  return (
    (months.length === 0 || months.includes(Number(day.slice(5, 7)))) &&
    (weekdays.length === 0 || weekdays.includes(weekday)) &&
    !closed.some(({ from, to }) => from <= day && day <= to)
  );
}

/** The tour's day on the operator's calendar; today where the tour has no time. */
function dayOf({ booking, now }: UpsellFacts): string {
  const { startAt } = booking.availability;
  return startAt === null ? now.toISOString().slice(0, 10) : localDate(startAt);
}

function fitOf(
  { interests }: CatalogueEntry,
  { features, interests: liked }: UpsellFacts,
  weights: CompanySettings['upsell']['weights'],
): Weighed[] {
  const own = interests.map(fold);
  const shared = liked.filter((interest) => own.includes(fold(interest)));
  const kinds = MADE_FOR.filter(({ interest }) => own.some((word) => interest.test(word)));
  return [
    ...shared.map((interest) => ({ earned: weights.sharedInterest, reason: `has booked ${interest}` })),
    ...kinds.map(({ name, suits, facts }) =>
      suits(features)
        ? { earned: weights.suitedParty, reason: `made for ${name}: ${facts(features)}` }
        : { earned: weights.unsuitedParty, reason: `made for ${name}, but ${facts(features)}` },
    ),
  ];
}
