import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type BudgetShare, modelBudget } from '../../../../functions/enrichment/model-economy/budget.ts';
import { METRIC } from '../../../../shared/observability/metric-names.ts';
import { toAttribute } from '../../../../shared/records/dynamo.ts';
import { listening } from '../../shared/quiet.ts';
import { createTable, openDynamoDb } from '../../shared/tables.ts';

const USD = 1_000_000;
const NOON = Date.parse('2026-11-21T12:00:00Z');

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
afterAll(() => engine.close());

const clock = { at: 0 };
const now = () => new Date(clock.at);
beforeEach(() => {
  clock.at = NOON;
});

let companies = 0;
/** A company that nobody else in this file uses. */
const someone = () => {
  companies += 1;
  return `company-${companies}`;
};

/** An execution environment: it has nothing in common with others but the table. */
function environment() {
  const heard = listening();
  return { heard, budget: modelBudget(dynamo, 'operations', { ...heard, now }) };
}

/** What the table holds as spent of a day, in millionths of a US dollar. */
async function spent(company: string, day = '2026-11-21'): Promise<number> {
  const Key = { kind: toAttribute('model-budget'), id: toAttribute(`${company}#${day}`) };
  const { Item } = await dynamo.send(new GetItemCommand({ TableName: 'operations', Key }));
  return Number(Item?.spentMicroUsd?.N ?? 0);
}

const wanted = (usd: number, share: BudgetShare = 'live') => ({ estimate: usd * USD, dailyUsd: 1, share });

const step = fc.record({
  environment: fc.nat(4),
  company: fc.nat(1),
  share: fc.constantFrom<BudgetShare>('live', 'live', 'catch-up'),
  /** Up to three fifths of the smaller budget, and mostly far less. */
  estimate: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 30_000 })),
  used: fc.double({ min: 0, max: 1, noNaN: true }),
  /** What becomes of the call, and of whoever made it. */
  end: fc.constantFrom('settled', 'settled', 'settled', 'settled-late', 'killed'),
  batchEnds: fc.boolean(),
  aheadMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 700_000 }), fc.constant(20_000_000)),
});

/** Cents and dollars: of the larger one, processes keep money between batches. */
const DAILY_USD = [0.05, 2];

it('is never exceeded, by whomever, however many at a time, whoever dies, on whatever day', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { maxLength: 12 }), async (rounds) => {
      clock.at = NOON;
      const own = [someone(), someone()];
      const environments = Array.from({ length: 5 }, environment);
      /** By company and day: what was paid, or may have been; of calls under way, the most. */
      const real = new Map<string, number>();
      const pay = (key: string, amount: number) => {
        const sum = (real.get(key) ?? 0) + amount;
        real.set(key, sum);
        return sum;
      };
      const late: (() => Promise<void>)[] = [];
      for (const round of rounds) {
        await Promise.all(
          round.map(async ({ environment: index, company: which, share, estimate, used, end }) => {
            const company = own[which] ?? '';
            const dailyUsd = DAILY_USD[which] ?? 0;
            const key = `${company} ${now().toISOString().slice(0, 10)}`;
            const reservation = await environments[index]?.budget.reserve(company, { estimate, dailyUsd, share });
            if (reservation === undefined) return;
            expect(pay(key, estimate)).toBeLessThanOrEqual(dailyUsd * USD);
            if (end === 'killed') return void environments.splice(index, 1, environment());
            const cost = Math.floor(estimate * used);
            const settle = async () => {
              pay(key, cost - estimate);
              await reservation.settle(cost);
            };
            if (end === 'settled') await settle();
            else late.push(settle);
          }),
        );
        clock.at += Math.max(...round.map(({ aheadMs }) => aheadMs));
        for (const settle of late.splice(0)) await settle();
        for (const { environment: index, batchEnds } of round) {
          if (batchEnds) await environments[index]?.budget.giveBack();
        }
      }
      // The table never shows less than what was paid, nor more than the budget.
      for (const [key, sum] of real) {
        const [company = '', day] = key.split(' ');
        const shown = await spent(company, day);
        expect(shown).toBeGreaterThanOrEqual(sum);
        expect(shown).toBeLessThanOrEqual((DAILY_USD[own.indexOf(company)] ?? 0) * USD);
      }
    }),
    { numRuns: 60 },
  );
});

it('lets as many calls through at once as fit, and no more', async () => {
  const company = someone();
  const all = Array.from({ length: 8 }, environment);
  const taken = await Promise.all(all.map(({ budget }) => budget.reserve(company, wanted(0.3))));
  expect(taken.filter((reservation) => reservation !== undefined)).toHaveLength(3);
});

it('writes nothing for most calls that follow each other', async () => {
  const company = someone();
  const { budget } = environment();
  const before = calls;
  for (let asked = 0; asked < 100; asked += 1) {
    const reservation = await budget.reserve(company, { estimate: 3_000, dailyUsd: 5, share: 'live' });
    await reservation?.settle(300);
    await budget.giveBack();
    clock.at += 5_000;
  }
  // Two of them because ten minutes are over at last.
  expect(calls - before).toBeLessThanOrEqual(8);
  // Never more than a five hundredth of the day's is kept.
  expect((await spent(company)) - 100 * 300).toBeLessThanOrEqual((5 * USD) / 500);
});

it('looks at what others have spent when its time is over, and gives back with that what it has too much of', async () => {
  const company = someone();
  const { budget, heard } = environment();
  const small = { estimate: 3_000, dailyUsd: 5, share: 'live' } as const;
  await (await budget.reserve(company, small))?.settle(1_000);
  await (await budget.reserve(company, small))?.settle(0);
  expect(await spent(company)).toBe(7_000);
  const other = await environment().budget.reserve(company, { ...small, estimate: 4.2 * USD });
  clock.at += 10 * 60_000;
  heard.counts[METRIC.modelBudgetUsed] = 0;
  const before = calls;
  await budget.reserve(company, small);
  expect(calls - before).toBe(1);
  expect(heard.counts[METRIC.modelBudgetUsed]).toBe(84);
  expect(await spent(company)).toBe(4.2 * USD + 4_000);
  expect(other).toBeDefined();
});

it('keeps nothing of a budget of cents: what a call did not cost is free for others after the batch', async () => {
  const company = someone();
  const [one, other] = [environment(), environment()];
  const small = { estimate: 20_000, dailyUsd: 0.03, share: 'live' } as const;
  const reservation = await one.budget.reserve(company, small);
  await reservation?.settle(1_000);
  expect(await other.budget.reserve(company, small)).toBeUndefined();
  await one.budget.giveBack();
  expect(await spent(company)).toBe(1_000);
  expect(await other.budget.reserve(company, small)).toBeDefined();
});

it('takes what is missing alone where more does not fit', async () => {
  const company = someone();
  const [one, other] = [environment(), environment()];
  const small = { estimate: 3_000, dailyUsd: 5, share: 'live' } as const;
  await one.budget.reserve(company, small);
  // The next would like to take two at once.
  await other.budget.reserve(company, { ...small, estimate: 5 * USD - 6_000 });
  expect(await one.budget.reserve(company, small)).toBeDefined();
  expect(await spent(company)).toBe(5 * USD);
  expect(await one.budget.reserve(company, small)).toBeUndefined();
});

it('gives back what a call did not cost, and keeps what nobody settles', async () => {
  const company = someone();
  const { budget } = environment();
  const first = await budget.reserve(company, wanted(0.6));
  expect(await budget.reserve(company, wanted(0.6))).toBeUndefined();
  await first?.settle(0.1 * USD);
  expect(await budget.reserve(company, wanted(0.6))).toBeDefined();
  // Killed before it could settle: it may have been billed.
  expect(await budget.reserve(company, wanted(0.6))).toBeUndefined();
});

it('counts what a call cost beyond what was set aside, as a server may that counts in its own way', async () => {
  const company = someone();
  const { budget } = environment();
  await (await budget.reserve(company, wanted(0.2)))?.settle(0.5 * USD);
  await budget.giveBack();
  expect(await spent(company)).toBe(0.5 * USD);
});

it('begins anew with the UTC day, and a call that ends after midnight is settled on the day it began', async () => {
  clock.at = Date.parse('2026-11-21T23:59:59.900Z');
  const company = someone();
  const { budget } = environment();
  const before = await budget.reserve(company, wanted(0.9));
  expect(await budget.reserve(company, wanted(0.9))).toBeUndefined();
  clock.at = Date.parse('2026-11-22T00:00:00.100Z');
  expect(await budget.reserve(company, wanted(0.9))).toBeDefined();
  await before?.settle(0.2 * USD);
  expect(await budget.reserve(company, wanted(0.9))).toBeUndefined();
  await budget.giveBack();
  expect([await spent(company), await spent(company, '2026-11-22')]).toEqual([0.2 * USD, 0.9 * USD]);
});

it('does not use on one day what was leased on the day before, and gives it back to that', async () => {
  clock.at = Date.parse('2026-11-21T23:59:00Z');
  const company = someone();
  const { budget } = environment();
  const small = { estimate: 3_000, dailyUsd: 5, share: 'live' } as const;
  await (await budget.reserve(company, small))?.settle(500);
  expect(await spent(company)).toBe(3_000);
  clock.at += 120_000;
  await budget.reserve(company, small);
  expect(await spent(company, '2026-11-22')).toBe(3_000);
  await budget.giveBack();
  expect(await spent(company)).toBe(500);
});

it('is each company’s own, and half of it is not for what is caught up', async () => {
  const { budget } = environment();
  const company = someone();
  expect(await budget.reserve(company, wanted(0.6, 'catch-up'))).toBeUndefined();
  expect(await budget.reserve(company, wanted(0.6))).toBeDefined();
  expect(await budget.reserve(someone(), wanted(0.6))).toBeDefined();
  expect(await budget.reserve(someone(), { ...wanted(0.6), dailyUsd: 0 })).toBeUndefined();
  // Nor is it by way of what was leased for the bookings of the day.
  const other = someone();
  await (await budget.reserve(other, wanted(0.7)))?.settle(0.51 * USD);
  expect(await budget.reserve(other, wanted(0.1, 'catch-up'))).toBeUndefined();
});

it('tells how much of it is used, and says whose it is from 80 percent', async () => {
  const { budget, heard } = environment();
  const company = someone();
  const told = () => {
    const percent = heard.counts[METRIC.modelBudgetUsed];
    heard.counts[METRIC.modelBudgetUsed] = 0;
    return percent;
  };
  await budget.reserve(company, wanted(0.79));
  expect([told(), heard.lines]).toEqual([79, []]);
  await budget.reserve(company, wanted(0.01));
  expect(told()).toBe(80);
  expect(heard.lines).toMatchObject([{ level: 'warn', event: 'model.budget', facts: { company, percent: 80 } }]);
  await budget.reserve(company, wanted(0.5));
  expect(told()).toBe(100);
  // What is left of an earlier call's is not spent.
  const other = someone();
  await (await budget.reserve(other, wanted(0.4)))?.settle(0.1 * USD);
  told();
  await budget.reserve(other, wanted(0.2));
  expect(told()).toBe(30);
});

it('tells at most two percent too early of ten processes that keep what they may', async () => {
  const company = someone();
  const all = Array.from({ length: 10 }, environment);
  const call = { estimate: 9_000, dailyUsd: 5, share: 'live' } as const;
  let paid = 0;
  for (let asked = 0; asked < 600; asked += 1) {
    const { budget, heard } = all[asked % 10] ?? environment();
    heard.counts[METRIC.modelBudgetUsed] = 0;
    const reservation = await budget.reserve(company, call);
    // The call itself counts with its most, as long as it is under way.
    const told = heard.counts[METRIC.modelBudgetUsed] ?? 0;
    const percent = (100 * (paid + 9_000)) / (5 * USD);
    expect(told - percent).toBeLessThanOrEqual(2.5);
    expect(percent - told).toBeLessThanOrEqual(2.5);
    await reservation?.settle(7_000);
    paid += 7_000;
    await budget.giveBack();
  }
  expect(paid).toBeGreaterThan(0.8 * 5 * USD);
});
