import { describe, expect, it } from 'vitest';
import type { Column } from '../../../infra/evaluate/binning.ts';
import { boost } from '../../../infra/evaluate/boosting.ts';
import { regress } from '../../../infra/evaluate/hotel-regression.ts';
import { fitLogistic, probabilityFrom } from '../../../infra/evaluate/logistic.ts';
import { aucOf, brierOf } from '../../../infra/evaluate/measures.ts';
import { randomFrom } from '../../../infra/evaluate/random.ts';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('logistic regression', () => {
  const random = randomFrom(11);
  const rows = Array.from({ length: 20_000 }, () => ({
    columns: [0, 1],
    values: [random() * 4 - 2, random() < 0.3 ? 1 : 0],
  }));
  const outcomes = rows.map(({ values: [x = 0, flag = 0] }) =>
    random() < probabilityFrom(-1 + 0.8 * x - 1.5 * flag) ? 1 : 0,
  );

  it('finds the coefficients that made the data', () => {
    const { intercept, weights } = fitLogistic(rows, outcomes, 2, 0.01);
    expect(Math.abs(intercept + 1)).toBeLessThan(0.08);
    expect(Math.abs((weights[0] ?? 0) - 0.8)).toBeLessThan(0.06);
    expect(Math.abs((weights[1] ?? 0) + 1.5)).toBeLessThan(0.15);
  });

  it('is calibrated on what it learnt from', () => {
    const { intercept, weights } = fitLogistic(rows, outcomes, 2, 0.01);
    const said = rows.map(({ values: [x = 0, flag = 0] }) =>
      probabilityFrom(intercept + (weights[0] ?? 0) * x + (weights[1] ?? 0) * flag),
    );
    expect(mean(said)).toBeCloseTo(mean(outcomes), 6);
  });

  it('holds weights back by the ridge, and not the intercept', () => {
    const ridge = 500;
    const { intercept, weights } = fitLogistic(rows, outcomes, 2, ridge);
    const left = rows.map(({ values: [x = 0, flag = 0] }, at) => {
      const said = probabilityFrom(intercept + (weights[0] ?? 0) * x + (weights[1] ?? 0) * flag);
      return { x, residual: (outcomes[at] ?? 0) - said };
    });
    // At the best weights, what the data still pulls is what the ridge holds.
    expect(left.reduce((sum, { x, residual }) => sum + x * residual, 0)).toBeCloseTo(ridge * (weights[0] ?? 0), 3);
    expect(left.reduce((sum, { residual }) => sum + residual, 0)).toBeCloseTo(0, 3);
  });

  it('stays finite where the data would have it infinite, or has an empty column', () => {
    const separated = [-2, -1, 1, 2].map((x) => ({ columns: [0, 1], values: [x, 0] }));
    const { intercept, weights } = fitLogistic(separated, [0, 0, 1, 1], 2, 0.1);
    for (const value of [intercept, ...weights]) expect(Number.isFinite(value)).toBe(true);
    expect(weights[0]).toBeGreaterThan(0);
    expect(weights[1]).toBe(0);
  });
});

/** Only together do the two tell anything; a third is noise, a fourth names categories of very different rates. */
function tangled(seed: number, size: number) {
  const random = randomFrom(seed);
  const draw = <T>(make: () => T) => Array.from({ length: size }, make);
  const [x, y, noise] = [draw(random), draw(random), draw(random)];
  const agent = draw(() => `agent ${Math.floor(random() * 8)}`);
  const chance = x.map((value, at) => {
    const pair = value > 0.5 === (y[at] ?? 0) > 0.5 ? 0.55 : 0.15;
    return pair + (['agent 2', 'agent 5'].includes(agent[at] ?? '') ? 0.3 : 0);
  });
  const columns: Column[] = [
    { name: 'x', kind: 'number', values: x },
    { name: 'y', kind: 'number', values: y },
    { name: 'noise', kind: 'number', values: noise },
    { name: 'agent', kind: 'category', values: agent },
  ];
  return { columns, chance, outcomes: chance.map((probability) => (random() < probability ? 1 : 0)) };
}

describe('boosted trees', () => {
  const [known, ahead] = [tangled(21, 6000), tangled(22, 3000)];
  const settings = { trees: 60, maxLeaves: 8, learningRate: 0.1, seed: 5 };
  const probabilities = boost(known, ahead.columns, settings);

  it('find what only two features together tell, where the regression cannot', () => {
    const { outcomes } = ahead;
    const best = aucOf({ probabilities: ahead.chance, outcomes });
    expect(aucOf({ probabilities, outcomes })).toBeGreaterThan(best - 0.03);
    expect(aucOf({ probabilities: regress(known.columns, known.outcomes, ahead.columns), outcomes })).toBeLessThan(
      best - 0.06,
    );
  });

  it('give calibrated probabilities', () => {
    const { outcomes, chance } = ahead;
    expect(brierOf({ probabilities, outcomes })).toBeLessThan(brierOf({ probabilities: chance, outcomes }) + 0.01);
    expect(Math.abs(mean(probabilities) - mean(outcomes))).toBeLessThan(0.03);
  });

  it('are the same for the same seed, and others for another', () => {
    const small = { ...settings, trees: 5 };
    expect(boost(known, ahead.columns, small)).toEqual(boost(known, ahead.columns, small));
    expect(boost(known, ahead.columns, { ...small, seed: 6 })).not.toEqual(boost(known, ahead.columns, small));
  });

  it('bear categories and numbers they have not met', () => {
    const strange: Column[] = [
      { name: 'x', kind: 'number', values: [Number.NaN, Number.POSITIVE_INFINITY, -9e99] },
      { name: 'y', kind: 'number', values: [Number.NaN, 0.5, 1e12] },
      { name: 'noise', kind: 'number', values: [0, 0, 0] },
      { name: 'agent', kind: 'category', values: ['', 'nobody', 'agent 2'] },
    ];
    for (const learn of [boost(known, strange, settings), regress(known.columns, known.outcomes, strange)]) {
      expect(learn).toHaveLength(3);
      for (const value of learn) expect(value >= 0 && value <= 1).toBe(true);
    }
  });

  it('weigh rows: what counts nothing teaches nothing', () => {
    const reversed = {
      columns: known.columns,
      outcomes: known.outcomes.map((outcome, at) => (at < 3000 ? outcome : 1 - outcome)),
    };
    const weights = known.outcomes.map((_, at) => (at < 3000 ? 1 : 0));
    const { outcomes } = ahead;
    const weighed = aucOf({ probabilities: boost({ ...reversed, weights }, ahead.columns, settings), outcomes });
    const plain = aucOf({ probabilities: boost(reversed, ahead.columns, settings), outcomes });
    expect(weighed).toBeGreaterThan(plain + 0.1);
  });

  it('stop when told that it is enough', () => {
    const seen: number[] = [];
    boost(known, ahead.columns, { ...settings, trees: 200 }, (trees) => {
      seen.push(trees);
      return trees >= 50 ? 'enough' : 'more';
    });
    expect(seen).toEqual([25, 50]);
  });
});
