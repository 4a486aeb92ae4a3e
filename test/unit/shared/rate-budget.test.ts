import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAREHARBOR_RULE, type RateBudget, rateBudget, type Share } from '../../../shared/rate-budget/rate-budget.ts';
import { createTable, openDynamoDb } from './tables.ts';

let engine: Awaited<ReturnType<typeof openDynamoDb>>;
let dynamo: DynamoDBClient;
let calls = 0;
beforeAll(async () => {
  engine = await openDynamoDb();
  dynamo = engine.dynamo;
  await createTable(dynamo, 'operations', ['kind', 'id']);
  const counted = { step: 'initialize', name: 'counted' } as const;
  dynamo.middlewareStack.add(
    (next) => (args) => {
      calls += 1;
      return next(args);
    },
    counted,
  );
});
afterAll(async () => {
  await engine.close();
});

const START = Date.parse('2026-11-21T12:00:00Z');
let budgets = 0;

/** Execution environments with one clock, one budget, and a list of the moments at which a call was granted. */
function environments(count: number) {
  budgets += 1;
  const clock = { at: START };
  const id = `budget-${budgets}`;
  const now = () => new Date(clock.at);
  const all = Array.from({ length: count }, () => rateBudget(dynamo, 'operations', { id, rule: FAREHARBOR_RULE, now }));
  const granted: number[] = [];
  const take = async (budget: RateBudget | undefined, share: Share): Promise<boolean> => {
    const taken = await budget?.take(share);
    if (taken?.granted !== true) return false;
    granted.push(clock.at);
    return true;
  };
  return { clock, all, granted, take };
}

/** The most moments that lie within any window of this length, wherever it begins. */
function mostWithin(windowMs: number, moments: readonly number[]): number {
  const sorted = [...moments].sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [index, moment] of sorted.entries()) {
    while (moment - (sorted[first] ?? moment) >= windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** FareHarbor's windows see a call up to half a second after it was granted. */
const WAY_MS = 500;

describe('the budget of calls', () => {
  it('is never exceeded in any window, whatever the interleaving of environments', async () => {
    const step = fc.record({
      aheadMs: fc.oneof(...[1, 200, 2000, 40_000].map((max) => fc.integer({ min: 0, max }))),
      askers: fc.array(
        fc.record({ environment: fc.nat(7), live: fc.boolean(), way: fc.integer({ min: 0, max: WAY_MS }) }),
        {
          minLength: 4,
          maxLength: 24,
        },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const { clock, all, granted, take } = environments(8);
        const arrived: number[] = [];
        for (const { aheadMs, askers } of steps) {
          clock.at += aheadMs;
          await Promise.all(
            askers.map(async ({ environment, live, way }) => {
              if (await take(all[environment], live ? 'live' : 'background')) arrived.push(clock.at + way);
            }),
          );
        }
        expect(mostWithin(1000, arrived)).toBeLessThanOrEqual(30);
        // What the proof stands on: in any window, no more than 10, and 9.8 for each second of it and of a lease.
        for (const windowMs of [1, 100, 1000, 5000]) {
          expect(mostWithin(windowMs, granted)).toBeLessThanOrEqual(10 + (9.8 * (windowMs + 500)) / 1000);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('lets greedy environments make nearly all calls that are permitted in five minutes, and none more', async () => {
    const { clock, all, granted, take } = environments(2);
    while (clock.at < START + 330_000) {
      for (const [index, budget] of all.entries()) {
        while (await take(budget, index === 0 ? 'live' : 'background'));
      }
      clock.at += 410;
    }
    const most = mostWithin(300_000 + WAY_MS, granted);
    expect(most).toBeLessThanOrEqual(3000);
    expect(mostWithin(300_000, granted)).toBeGreaterThanOrEqual(2700);
    expect(mostWithin(1000 + WAY_MS, granted)).toBeLessThanOrEqual(30);
  });

  it('always has a call left for live traffic while background work takes all it gets', async () => {
    const { clock, all, take } = environments(2);
    let refused = 0;
    for (let second = 0; second < 20; second += 1) {
      while (await take(all[0], 'background'));
      for (let live = 0; live < 4; live += 1) if (!(await take(all[1], 'live'))) refused += 1;
      clock.at += 1000;
    }
    expect(refused).toBe(0);
  });

  it('says when asking again is worth it', async () => {
    const { clock, all, take } = environments(1);
    while (await take(all[0], 'background'));
    const spent = await all[0]?.take('background');
    if (spent?.granted !== false) throw new Error('not spent');
    clock.at += spent.waitMs - 2;
    expect(await take(all[0], 'background')).toBe(false);
    clock.at += 2;
    expect(await take(all[0], 'background')).toBe(true);
  });

  it('costs fewer writes than calls where calls follow each other, and none when it is known to be spent', async () => {
    const { clock, all, granted, take } = environments(1);
    const before = calls;
    for (let tick = 0; tick < 100; tick += 1) {
      await take(all[0], 'live');
      clock.at += 104;
    }
    expect(granted.length).toBe(100);
    expect(calls - before).toBeLessThan(60);
    while (await take(all[0], 'live'));
    const spent = calls;
    for (let tries = 0; tries < 20; tries += 1) expect(await take(all[0], 'live')).toBe(false);
    expect(calls).toBe(spent);
  });

  it('lends some for longer where nobody has asked for a moment: calls far apart cost no write each', async () => {
    const { clock, all, granted, take } = environments(1);
    const before = calls;
    for (let tick = 0; tick < 40; tick += 1) {
      await take(all[0], 'live');
      clock.at += 5_000;
    }
    expect(granted).toHaveLength(40);
    expect(calls - before).toBe(10);
  });

  it('holds so many fewer while some are lent, and lends to one process at a time', async () => {
    const { clock, all, take } = environments(3);
    const others = async () => {
      let got = 0;
      while (await take(all[1], 'live')) got += 1;
      return got;
    };
    // Four are lent, of which three are left.
    expect(await take(all[0], 'live')).toBe(true);
    expect(await others()).toBe(6);
    clock.at += 29_000;
    // Rested for long, and yet not full: the three of before may still be used, all at once with these.
    expect(await others()).toBe(6);
    clock.at += 900;
    for (let taken = 0; taken < 3; taken += 1) expect(await take(all[0], 'live')).toBe(true);
    // Their time is over: filled up again since, and what was not used is lost.
    clock.at += 2_000;
    expect(await take(all[2], 'live')).toBe(true);
    expect(await others()).toBe(6);
  });

  it('gives out no more than it holds at one instant, though each of eight asked once before, at leisure', async () => {
    const { clock, all, granted, take } = environments(8);
    for (const budget of all) {
      expect(await take(budget, 'live')).toBe(true);
      clock.at += 2_000;
    }
    const before = granted.length;
    for (const budget of all) while (await take(budget, 'live'));
    expect(granted.length - before).toBeLessThanOrEqual(FAREHARBOR_RULE.capacity);
    expect(granted.length - before).toBeGreaterThanOrEqual(FAREHARBOR_RULE.capacity - 1);
  });

  it('loses what a process leased and did not use in time', async () => {
    const { clock, all, take } = environments(2);
    const drain = async () => {
      let got = 0;
      while (await take(all[1], 'live')) got += 1;
      return got;
    };
    while (await take(all[1], 'live'));
    clock.at += 400;
    // Three calls: leases of one and two tokens, all used.
    for (let taken = 0; taken < 3; taken += 1) expect(await take(all[0], 'live')).toBe(true);
    await drain();
    clock.at += 410;
    // Leases four, of which three are left.
    expect(await take(all[0], 'live')).toBe(true);
    await drain();
    clock.at += FAREHARBOR_RULE.leaseMs;
    // Half a second brings back 4.9 tokens, beside 0.9 that were there; the three of the lease are gone.
    expect(await drain()).toBe(5);
    expect(await take(all[0], 'live')).toBe(false);
  });
});
