import type { SeenRate } from '../../../shared/risk/risk.ts';
import type { Understanding } from '../../../shared/understanding/understanding.ts';

type Bands = NonNullable<Understanding['guest']['bands']>;
export type Band = Bands['recency'];

/** How many guests stand in each bucket, by the bucket's number; buckets rise with what they count. */
export type Counts = Readonly<Record<number, number>>;

/** What an operator has seen so far of both outcomes. */
export interface SeenRates {
  readonly cancellation: SeenRate;
  readonly noShow: SeenRate;
}

/** An operator's guests, counted: what a guest is compared with. */
export interface Distribution {
  /** By the month of the last booking made (`monthBucket`). */
  readonly recency: Counts;
  /** By bookings that stand (`bookingsBucket`). */
  readonly frequency: Counts;
  /** By spend, for each currency (`spendBucket`). */
  readonly money: Readonly<Record<string, Counts>>;
  readonly rates: SeenRates;
}

/** Nothing seen yet, or not to be read: no bands, and the risk at the level of the public data. */
export const NOTHING_SEEN: Distribution = {
  recency: {},
  frequency: {},
  money: {},
  rates: { cancellation: { bookings: 0, events: 0 }, noShow: { bookings: 0, events: 0 } },
};

/** Fewer guests than these have no fifths worth the name. */
const FEWEST_GUESTS = 50;
const MOST_BOOKINGS = 50;
/** Four buckets to each doubling of the spend: none is wider than a fifth of its amount. */
const PER_DOUBLING = 4;

/** The month of an ISO instant as a number that rises by one from month to month. */
export function monthBucket(instant: string): number {
  return Number(instant.slice(0, 4)) * 12 + Number(instant.slice(5, 7)) - 1;
}

export function bookingsBucket(bookings: number): number {
  return Math.min(MOST_BOOKINGS, bookings);
}

/** @param amount in the currency's smallest unit. */
export function spendBucket(amount: number): number {
  return amount < 1 ? 0 : 1 + Math.floor(PER_DOUBLING * Math.log2(amount));
}

/** A guest's place in each of the three. */
export interface Place {
  readonly recency: number;
  readonly frequency: number;
  readonly money: number;
}

/** The guest's bands among the operator's guests; null while those are fewer than 50. */
export function bandsOf({ recency, frequency, money }: Distribution, currency: string, place: Place): Bands | null {
  const bands = {
    recency: bandOf(recency, place.recency),
    frequency: bandOf(frequency, place.frequency),
    money: bandOf(money[currency] ?? {}, place.money),
  };
  if (bands.recency === null || bands.frequency === null || bands.money === null) return null;
  return { recency: bands.recency, frequency: bands.frequency, money: bands.money };
}

/**
 * Which fifth a bucket's middle falls into: guests below it and half of those in it, as a share of all. Where nine of
 * ten guests came once, all of them get the third band and not the first or the fifth.
 */
export function bandOf(counts: Counts, bucket: number): Band | null {
  const entries = Object.entries(counts).map(([at, guests]) => [Number(at), Math.max(0, guests)] as const);
  const all = entries.reduce((sum, [, guests]) => sum + guests, 0);
  if (all < FEWEST_GUESTS) return null;
  const below = entries.reduce((sum, [at, guests]) => (at < bucket ? sum + guests : sum), 0);
  const same = entries.reduce((sum, [at, guests]) => (at === bucket ? sum + guests : sum), 0);
  return Math.min(5, 1 + Math.floor((5 * (below + same / 2)) / all));
}
