import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOf, splitByBookingDay } from '../../../infra/evaluate/split.ts';

describe('a split by booking day', () => {
  it('has no day on both sides, nothing lost, and learns only from what was booked before', () => {
    const days = fc.array(fc.integer({ min: 17_000, max: 17_020 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(days, fc.constantFrom(0.5, 0.75, 0.9), (booked, share) => {
        fc.pre(new Set(booked).size > 1);
        const rows = booked.map((bookedDay, id) => ({ bookedDay, id }));
        const { before, after, firstDay } = splitByBookingDay(rows, share);
        expect(before.length + after.length).toBe(rows.length);
        expect(before.length).toBeGreaterThan(0);
        expect(after.length).toBeGreaterThan(0);
        expect(Math.max(...before.map(({ bookedDay }) => bookedDay))).toBeLessThan(firstDay);
        expect(Math.min(...after.map(({ bookedDay }) => bookedDay))).toBe(firstDay);
      }),
    );
  });

  it('takes about the share it is told', () => {
    const rows = Array.from({ length: 1000 }, (_, at) => ({ bookedDay: Math.floor(at / 2) }));
    expect(splitByBookingDay(rows, 0.75).before).toHaveLength(750);
  });

  it.each([[[]], [[{ bookedDay: 5 }, { bookedDay: 5 }]]])('refuses what has no two days', (rows) => {
    expect(() => splitByBookingDay(rows, 0.75)).toThrow(/two days/);
  });

  it('names a day as people write it', () => {
    expect(dateOf(17_173)).toBe('2017-01-07');
  });
});
