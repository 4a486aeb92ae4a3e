import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASSUMED } from '../../../infra/cost/assumptions.ts';
import { n8nMonth, zapierMonth, zapierTasks } from '../../../infra/cost/comparison.ts';
import { OTHER_PRICES } from '../../../infra/prices.ts';

const plans = {
  plans: [
    { tasks: 1_000, perMonth: 10 },
    { tasks: 10_000, perMonth: 50 },
  ],
  beyondPlan: 1.25,
  mostOfPlan: 3,
};

describe('what others take', () => {
  it('counts tasks of webhooks that tell of something', () => {
    expect(zapierTasks(1_000, ASSUMED)).toBeCloseTo(400 * 5, 9);
    const tasks = { relevant: 5, irrelevant: 1 };
    expect(zapierTasks(1_000, { ...ASSUMED, zapierTasks: tasks })).toBeCloseTo(400 * 5 + 600, 9);
  });

  it.each([
    [0, 0],
    [1_000, 10],
    // 500 tasks beyond the plan at 1.25 × $0.01.
    [1_500, 10 + 6.25],
    // As much beyond the small plan would be more than the large one.
    [2_999, 10 + 24.9875],
    [5_000, 50],
    [20_000, 50 + 10_000 * 1.25 * 0.005],
    // More than three times the largest: its own price for a task.
    [100_000, 500],
  ])('takes the cheapest plan for %i tasks', (tasks, dollars) => {
    expect(zapierMonth(tasks, plans)).toBeCloseTo(dollars, 6);
  });

  it('is never cheaper for more tasks, within what plans allow', () => {
    fc.assert(
      fc.property(fc.nat(6_000_000), fc.nat(100_000), (tasks, more) => {
        fc.pre(tasks + more <= 6_000_000);
        const { zapier } = OTHER_PRICES;
        expect(zapierMonth(tasks + more, zapier)).toBeGreaterThanOrEqual(zapierMonth(tasks, zapier) - 1e-9);
      }),
    );
  });

  it('adds up a small machine', () => {
    expect(n8nMonth({ ...OTHER_PRICES.n8n })).toBeCloseTo(18.51, 6);
  });
});
