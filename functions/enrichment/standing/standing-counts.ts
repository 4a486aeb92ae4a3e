import type { GuestTotals } from '../../../shared/guest/totals-shape.ts';
import { bookingsBucket, type Counts, type Distribution, monthBucket, spendBucket } from './distribution.ts';

/** Numbers by the name of their counter. */
export type Counters = Readonly<Record<string, number>>;

/**
 * What one guest is in the operator's counters: one guest in a bucket of each kind, as soon as a booking of theirs
 * stands; and their bookings, for the operator's rates.
 */
export function countersOf(totals: GuestTotals | undefined): Counters {
  if (totals === undefined) return {};
  const { standing, cancellations, noShows, money, lastMade } = totals;
  const counters: Record<string, number> = { standing, cancelled: cancellations, noShows };
  if (standing === 0 || lastMade === null) return counters;
  counters[`recency_${monthBucket(lastMade.bookedAt)}`] = 1;
  counters[`frequency_${bookingsBucket(standing)}`] = 1;
  for (const { currency, bookings, spend } of money) {
    if (bookings > 0) counters[`money_${currency}_${spendBucket(spend)}`] = 1;
  }
  return counters;
}

/** What must be added to the counters when a guest goes from `before` to `after`; only what is not 0. */
export function difference(before: Counters, after: Counters): Counters {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changes = names.map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)] as const);
  return Object.fromEntries(changes.filter(([, change]) => change !== 0));
}

/**
 * The distribution that an operator's counters tell. The rates count every booking that stands or was cancelled, those
 * still to come too: as long as those are many, the rates are a little low. A booking that was rebooked is no end.
 */
export function distributionOf(counters: Counters): Distribution {
  const money: Record<string, Record<number, number>> = {};
  for (const [name, guests] of Object.entries(counters)) {
    const [, currency, bucket] = /^money_([^_]+)_(\d+)$/.exec(name) ?? [];
    if (currency === undefined || bucket === undefined) continue;
    money[currency] = { ...money[currency], [Number(bucket)]: guests };
  }
  const count = (name: string) => Math.max(0, counters[name] ?? 0);
  const standing = count('standing');
  const cancelled = count('cancelled');
  return {
    recency: bucketsOf(counters, 'recency'),
    frequency: bucketsOf(counters, 'frequency'),
    money,
    rates: {
      cancellation: { bookings: standing + cancelled, events: cancelled },
      noShow: { bookings: standing, events: count('noShows') },
    },
  };
}

function bucketsOf(counters: Counters, kind: string): Counts {
  const prefix = `${kind}_`;
  const own = Object.entries(counters).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, guests]) => [Number(name.slice(prefix.length)), guests]));
}
