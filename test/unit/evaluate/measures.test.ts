import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aucOf, brierOf, measure, measureDifference, reliabilityOf } from '../../../infra/evaluate/measures.ts';
import { randomFrom } from '../../../infra/evaluate/random.ts';

/** By its definition: every pair of one that came true and one that did not. */
function slowAuc(probabilities: readonly number[], outcomes: readonly number[]): number {
  let pairs = 0;
  let won = 0;
  for (const [a, outcome] of outcomes.entries()) {
    for (const [b, other] of outcomes.entries()) {
      if (outcome !== 1 || other !== 0) continue;
      pairs += 1;
      const [high, low] = [probabilities[a] ?? 0, probabilities[b] ?? 0];
      won += high > low ? 1 : high === low ? 0.5 : 0;
    }
  }
  return won / pairs;
}

function simulated(seed: number, rows = 2000) {
  const random = randomFrom(seed);
  const probabilities = Array.from({ length: rows }, () => random());
  return { probabilities, outcomes: probabilities.map((probability) => (random() < probability ? 1 : 0)) };
}

describe('AUC and Brier score', () => {
  it('are what they are defined to be', () => {
    expect(aucOf({ probabilities: [0.1, 0.4, 0.35, 0.8], outcomes: [0, 0, 1, 1] })).toBe(0.75);
    expect(aucOf({ probabilities: [0.5, 0.5, 0.5], outcomes: [0, 1, 1] })).toBe(0.5);
    expect(brierOf({ probabilities: [0.5, 1, 0], outcomes: [1, 1, 1] })).toBeCloseTo((0.25 + 0 + 1) / 3, 12);
  });

  it('count pairs and ties exactly', () => {
    const rows = fc.array(fc.tuple(fc.constantFrom(0.1, 0.2, 0.5, 0.9), fc.constantFrom(0, 1)), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(rows, (drawn) => {
        const [probabilities, outcomes] = [drawn.map(([p]) => p), drawn.map(([, outcome]) => outcome)];
        fc.pre(outcomes.includes(0) && outcomes.includes(1));
        expect(aucOf({ probabilities, outcomes })).toBeCloseTo(slowAuc(probabilities, outcomes), 12);
      }),
    );
  });
});

describe('bootstrap intervals', () => {
  it('are the same for the same seed and hold the figure', () => {
    const once = measure(simulated(1), 7, 200);
    expect(measure(simulated(1), 7, 200)).toEqual(once);
    expect(measure(simulated(1), 8, 200)).not.toEqual(once);
    expect(once.auc.low).toBeLessThan(once.auc.value);
    expect(once.auc.high).toBeGreaterThan(once.auc.value);
  });

  it('are narrower with more rows', () => {
    const width = (rows: number) => {
      const { auc } = measure(simulated(2, rows), 7, 200);
      return auc.high - auc.low;
    };
    expect(width(8000)).toBeLessThan(0.7 * width(1000));
  });

  it('of a difference pair the rows: no difference is exactly none, a real one is surely above 0', () => {
    const truth = simulated(3);
    const random = randomFrom(4);
    const blurred = { ...truth, probabilities: truth.probabilities.map((p) => (p + random()) / 2) };
    expect(measureDifference(truth, truth, 7, 100).auc).toEqual({ value: 0, low: 0, high: 0 });
    const gain = measureDifference(truth, blurred, 7, 100);
    expect(gain.auc.low).toBeGreaterThan(0);
    expect(gain.auc.low).toBeLessThan(gain.auc.value);
    expect(gain.auc.high).toBeGreaterThan(gain.auc.value);
    expect(gain.brier.high).toBeLessThan(0);
  });
});

describe('a difference that is chance', () => {
  it('is not surely above 0: over many drawings about one in forty is', () => {
    const sure = Array.from({ length: 60 }, (_, seed) => {
      const { outcomes } = simulated(100 + seed, 300);
      const random = randomFrom(900 + seed);
      const [ours, other] = [outcomes.map(() => random()), outcomes.map(() => random())];
      return (
        measureDifference({ probabilities: ours, outcomes }, { probabilities: other, outcomes }, seed, 150).auc.low > 0
      );
    });
    expect(sure.filter(Boolean).length).toBeLessThanOrEqual(5);
  });
});

describe('a reliability table', () => {
  it('has groups of equal size by rising forecast, and tells a forecaster that exaggerates', () => {
    const truth = simulated(5, 10_000);
    const honest = reliabilityOf(truth);
    expect(honest.map(({ rows }) => rows)).toEqual(Array.from({ length: 10 }, () => 1000));
    for (const { forecast, seen } of honest) expect(Math.abs(forecast - seen)).toBeLessThan(0.06);
    const bold = reliabilityOf({ ...truth, probabilities: truth.probabilities.map((p) => (p > 0.5 ? 0.99 : 0.01)) });
    expect(bold.some(({ forecast, seen }) => Math.abs(forecast - seen) > 0.15)).toBe(true);
  });

  it('leaves out groups that would be empty', () => {
    expect(reliabilityOf({ probabilities: [0.2, 0.4], outcomes: [0, 1] })).toHaveLength(2);
  });
});
