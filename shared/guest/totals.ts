import type { BookingSummary } from './booking-summary.ts';
import { edgesOf, isStanding, madeOf, tourOf } from './edges.ts';
import { shortened } from './shortened.ts';
import type { GuestSums, GuestTotals, MoneyTotals } from './totals-shape.ts';

/** A guest who has booked nothing yet. */
export const NO_SUMS: GuestSums = {
  all: 0,
  standing: 0,
  cancellations: 0,
  noShows: 0,
  people: 0,
  affiliates: 0,
  leadMs: 0,
  leads: 0,
  parties: { family: 0, adults: 0, group: 0, unknown: 0 },
  money: [],
  items: [],
  addOns: [],
  weekdays: Array<number>(7).fill(0),
  months: Array<number>(12).fill(0),
};

/**
 * What one booking adds to its guest's sums: nothing else counts in it than the booking itself, and whether another one
 * says that it was rebooked from this one.
 */
export function sumsOf(summary: BookingSummary, superseded: boolean): GuestSums {
  const { status, gross, paid, refunded } = summary;
  const goesOnElsewhere = superseded || status === 'rebooked';
  const standing = isStanding(summary, superseded);
  const money: MoneyTotals = {
    currency: gross.currency,
    bookings: standing ? 1 : 0,
    spend: standing ? gross.amount : 0,
    paid: goesOnElsewhere ? 0 : paid,
    refunded: goesOnElsewhere ? 0 : refunded,
  };
  const always = { all: 1, cancellations: status === 'cancelled' ? 1 : 0, money: isNothing(money) ? [] : [money] };
  return { ...NO_SUMS, ...always, ...(standing && standingSums(summary)) };
}

function standingSums(summary: BookingSummary): Omit<GuestSums, 'all' | 'cancellations' | 'money'> {
  const { tourDate, startsAt, bookedAt, itemPk, itemName } = summary;
  const day = tourDate === null ? undefined : new Date(`${tourDate}T00:00:00Z`);
  return {
    standing: 1,
    noShows: summary.noShow ? 1 : 0,
    people: summary.partySize,
    affiliates: summary.affiliate ? 1 : 0,
    leadMs: startsAt === null ? 0 : Math.max(0, Date.parse(startsAt) - Date.parse(bookedAt)),
    leads: startsAt === null ? 0 : 1,
    parties: { ...NO_SUMS.parties, [summary.party]: 1 },
    items: [{ pk: itemPk, name: shortened(itemName), bookings: 1 }],
    addOns: [...new Set(summary.addOns)].sort(byText).map((name) => ({ name, bookings: 1 })),
    weekdays: NO_SUMS.weekdays.map((none, index) => (day && (day.getUTCDay() + 6) % 7 === index ? 1 : none)),
    months: NO_SUMS.months.map((none, index) => (day?.getUTCMonth() === index ? 1 : none)),
  };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The sums with another booking's added (`sign` 1) or taken out (−1). Nothing is left of what came to nothing. */
export function combine(sums: GuestSums, other: GuestSums, sign: 1 | -1): GuestSums {
  const add = (one: number, two: number): number => one + sign * two;
  const counted = (one: readonly number[], two: readonly number[]) =>
    one.map((count, index) => add(count, two[index] ?? 0));
  const named = <Named extends { readonly name: string; bookings: number }>(
    one: readonly Named[],
    two: readonly Named[],
    keyOf: (named: Named) => string,
  ): Named[] =>
    merged(one, two, keyOf, (was, by) => ({ ...by, bookings: add(was?.bookings ?? 0, by.bookings) })).filter(
      ({ bookings }) => bookings !== 0,
    );
  const { parties } = sums;
  return {
    all: add(sums.all, other.all),
    standing: add(sums.standing, other.standing),
    cancellations: add(sums.cancellations, other.cancellations),
    noShows: add(sums.noShows, other.noShows),
    people: add(sums.people, other.people),
    affiliates: add(sums.affiliates, other.affiliates),
    leadMs: add(sums.leadMs, other.leadMs),
    leads: add(sums.leads, other.leads),
    parties: {
      family: add(parties.family, other.parties.family),
      adults: add(parties.adults, other.parties.adults),
      group: add(parties.group, other.parties.group),
      unknown: add(parties.unknown, other.parties.unknown),
    },
    money: merged(
      sums.money,
      other.money,
      ({ currency }) => currency,
      (was, by) => addMoney(was, by, add),
    ).filter((money) => !isNothing(money)),
    items: named(sums.items, other.items, ({ pk, name }) => `${name}#${pk}`),
    addOns: named(sums.addOns, other.addOns, ({ name }) => name),
    weekdays: counted(sums.weekdays, other.weekdays),
    months: counted(sums.months, other.months),
  };
}

function addMoney(
  was: MoneyTotals | undefined,
  by: MoneyTotals,
  add: (one: number, two: number) => number,
): MoneyTotals {
  return {
    currency: by.currency,
    bookings: add(was?.bookings ?? 0, by.bookings),
    spend: add(was?.spend ?? 0, by.spend),
    paid: add(was?.paid ?? 0, by.paid),
    refunded: add(was?.refunded ?? 0, by.refunded),
  };
}

const isNothing = ({ bookings, spend, paid, refunded }: MoneyTotals): boolean =>
  bookings === 0 && spend === 0 && paid === 0 && refunded === 0;

/** Both lists in one, in the order of their keys, so that the same history always looks the same. */
function merged<Entry>(
  one: readonly Entry[],
  two: readonly Entry[],
  keyOf: (entry: Entry) => string,
  add: (was: Entry | undefined, by: Entry) => Entry,
): Entry[] {
  const all = new Map(one.map((entry) => [keyOf(entry), entry]));
  for (const entry of two) all.set(keyOf(entry), add(all.get(keyOf(entry)), entry));
  return [...all].sort(([a], [b]) => byText(a, b)).map(([, entry]) => entry);
}

/** The uuids of bookings of which another one says that it was rebooked from them. */
export function supersededAmong(summaries: readonly BookingSummary[]): ReadonlySet<string> {
  return new Set(summaries.flatMap(({ rebookedFrom }) => (rebookedFrom === null ? [] : [rebookedFrom])));
}

/**
 * A guest's totals from all their bookings at the instant `now` (ISO): for commands that look at everything anyway, and
 * to hold against the running totals.
 */
export function totalsOf(summaries: readonly BookingSummary[], now: string): GuestTotals {
  const superseded = supersededAmong(summaries);
  let sums = NO_SUMS;
  for (const summary of summaries) sums = combine(sums, sumsOf(summary, superseded.has(summary.uuid)), 1);
  const tours = summaries.flatMap((summary) => tourOf(summary, superseded.has(summary.uuid)) ?? []);
  return { revision: 0, ...sums, ...edgesOf(tours, summaries.map(madeOf), now) };
}
