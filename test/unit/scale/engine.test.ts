import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceFrom } from '../../../infra/scale/engine/chance.ts';
import { Clock } from '../../../infra/scale/engine/clock.ts';
import { Histogram } from '../../../infra/scale/engine/histogram.ts';
import { Usage } from '../../../infra/scale/engine/usage.ts';

describe('virtual time', () => {
  it('does what is put, by its time and then by the order it was put, and nothing beyond the end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 }), (times) => {
        const clock = new Clock();
        const done: [number, number][] = [];
        for (const [order, time] of times.entries()) {
          clock.at(time, () => {
            expect(clock.now).toBe(time);
            done.push([time, order]);
          });
        }
        clock.runUntil(20);
        const expected = times.map((time, order): [number, number] => [time, order]).filter(([time]) => time <= 20);
        expect(done).toEqual(expected.sort(([a, first], [b, second]) => a - b || first - second));
        expect(clock.now).toBe(20);
      }),
    );
  });

  it('never goes back: what is put for a time that is over happens at once', () => {
    const clock = new Clock();
    const seen: number[] = [];
    clock.at(5, () => clock.at(1, () => seen.push(clock.now)));
    clock.runUntil(10);
    expect(seen).toEqual([5]);
  });
});

describe('chances', () => {
  const meanOf = (draw: () => number): number => {
    let sum = 0;
    for (let n = 0; n < 100_000; n += 1) sum += draw();
    return sum / 100_000;
  };

  it('have the means they are asked for, whatever their spread', () => {
    const chance = chanceFrom(3);
    expect(meanOf(() => chance.exponential(4))).toBeCloseTo(4, 1);
    expect(meanOf(() => chance.lognormal(700, 0.5)) / 700).toBeCloseTo(1, 2);
    expect(meanOf(() => chance.lognormal(1, 1))).toBeCloseTo(1, 1);
    expect(meanOf(() => chance.below(10))).toBeCloseTo(4.5, 1);
  });

  it('are the same for the same seed, and others for another', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, chanceFrom(seed).uniform);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

describe('what is measured', () => {
  it('gives quantiles within two percent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(0.5, 0.9, 0.99, 1),
        (values, share) => {
          const histogram = new Histogram();
          for (const value of values) histogram.add(value);
          const exact = values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? 0;
          expect(Math.abs(histogram.quantile(share) / exact - 1)).toBeLessThan(0.02);
        },
      ),
    );
    expect(new Histogram().quantile(0.99)).toBe(0);
  });

  it('tells the mean of a run from its busiest hour', () => {
    const usage = new Usage();
    usage.add(10, 1800);
    usage.add(3700, 7200);
    expect(usage.sharesOf(2, 7200)).toEqual({ mean: 9000 / 14_400, peak: 1 });
    const short = new Usage();
    short.add(10, 30);
    expect(short.sharesOf(1, 60)).toEqual({ mean: 0.5, peak: 0.5 });
  });
});
