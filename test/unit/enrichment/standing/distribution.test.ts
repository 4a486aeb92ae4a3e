import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bandOf,
  bandsOf,
  type Counts,
  type Distribution,
  monthBucket,
  NOTHING_SEEN,
  spendBucket,
} from '../../../../functions/enrichment/standing/distribution.ts';

describe('bandOf', () => {
  it('gives each fifth of the guests its band', () => {
    const even: Counts = Object.fromEntries(Array.from({ length: 100 }, (_, bucket) => [bucket, 1]));
    expect([0, 19, 20, 39, 40, 60, 80, 99].map((bucket) => bandOf(even, bucket))).toEqual([1, 1, 2, 2, 3, 4, 5, 5]);
  });

  it('gives a bucket that nearly all share the middle band, and the few beyond it the highest', () => {
    const counts = { 1: 900, 2: 80, 7: 20 };
    expect([1, 2, 7].map((bucket) => bandOf(counts, bucket))).toEqual([3, 5, 5]);
  });

  it('says nothing from fewer than 50 guests', () => {
    expect(bandOf({ 1: 30, 2: 19 }, 2)).toBeNull();
    expect(bandOf({ 1: 30, 2: 20 }, 2)).toBe(5);
    expect(bandOf({}, 2)).toBeNull();
  });

  it('rises with the bucket, stays within 1–5, and takes a counter that fell below 0 for 0', () => {
    const counts = fc.dictionary(fc.nat(40).map(String), fc.integer({ min: -3, max: 200 }));
    fc.assert(
      fc.property(counts, fc.nat(45), fc.nat(45), (given, one, two) => {
        const [low, high] = [bandOf(given, Math.min(one, two)), bandOf(given, Math.max(one, two))];
        const all = Object.values(given).reduce((sum, guests) => sum + Math.max(0, guests), 0);
        expect([low === null, high === null]).toEqual([all < 50, all < 50]);
        expect([1, 2, 3, 4, 5]).toEqual(expect.arrayContaining(all < 50 ? [] : [low, high]));
        expect(low ?? 0).toBeLessThanOrEqual(high ?? 0);
      }),
    );
  });
});

describe('buckets', () => {
  it('rises with the amount, none wider than a fifth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 100_000_000 }), (amount) => {
        expect(spendBucket(Math.ceil(amount * 1.2))).toBeGreaterThan(spendBucket(amount));
        expect(spendBucket(amount + 1)).toBeGreaterThanOrEqual(spendBucket(amount));
      }),
    );
    expect([spendBucket(-5), spendBucket(0), spendBucket(1)]).toEqual([0, 0, 1]);
  });

  it('rises by one from month to month, over the year’s end', () => {
    expect(monthBucket('2027-01-01T00:00:00.000Z') - monthBucket('2026-12-31T23:00:00.000Z')).toBe(1);
  });
});

describe('bandsOf', () => {
  const many = { 1: 60, 2: 60 };
  const distribution: Distribution = { ...NOTHING_SEEN, recency: many, frequency: many, money: { USD: many } };

  it('compares within the currency', () => {
    expect(bandsOf(distribution, 'USD', { recency: 2, frequency: 1, money: 2 })).toEqual({
      recency: 4,
      frequency: 2,
      money: 4,
    });
    expect(bandsOf(distribution, 'EUR', { recency: 2, frequency: 1, money: 2 })).toBeNull();
    expect(bandsOf(NOTHING_SEEN, 'USD', { recency: 2, frequency: 1, money: 2 })).toBeNull();
  });
});
