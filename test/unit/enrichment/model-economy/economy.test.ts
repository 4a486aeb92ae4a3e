import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { modelBudget } from '../../../../functions/enrichment/model-economy/budget.ts';
import { type KeptAnswer, keptAnswers } from '../../../../functions/enrichment/model-economy/kept-answers.ts';
import { costMicroUsd, DEFAULT_PRICES, priceOf } from '../../../../functions/enrichment/model-economy/prices.ts';
import { modelRest } from '../../../../functions/enrichment/model-economy/rest.ts';
import { METRIC } from '../../../../shared/observability/metric-names.ts';
import { uuid } from '../../shared/booking-fixture.ts';
import { listening } from '../../shared/quiet.ts';
import { createTable, openDynamoDb } from '../../shared/tables.ts';
import { silent } from '../understanding/understanding-fixture.ts';

let engine: Awaited<ReturnType<typeof openDynamoDb>>;
let dynamo: DynamoDBClient;
beforeAll(async () => {
  engine = await openDynamoDb();
  dynamo = engine.dynamo;
  await createTable(dynamo, 'operations', ['kind', 'id']);
});
afterAll(() => engine.close());

const clock = { at: 0 };
const now = () => new Date(clock.at);
beforeEach(() => {
  clock.at = Date.parse('2026-11-21T12:00:00Z');
});

let companies = 0;
/** A company that nobody else in this file uses. */
const someone = () => {
  companies += 1;
  return `company-${companies}`;
};

const answer: KeptAnswer = {
  mode: 'model',
  answer: { ...silent, occasion: 'honeymoon', summary: 'A couple.' },
  lineage: {
    model: 'gpt-local',
    promptVersion: 'v',
    inputHash: 'hash',
    inputTokens: 1_000,
    cachedTokens: 0,
    outputTokens: 50,
    costMicroUsd: 350,
  },
};

describe('the budget of a day', () => {
  const USD = 1_000_000;
  /** Several execution environments, as they have nothing in common but the table. */
  const environments = (count: number) =>
    Array.from({ length: count }, () => {
      const heard = listening();
      return { heard, budget: modelBudget(dynamo, 'operations', { ...heard, now }) };
    });

  it('is never exceeded by eight askers at a time, whatever they settle', async () => {
    const wish = fc.record({
      estimate: fc.integer({ min: 1, max: 300_000 }),
      used: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(wish, { minLength: 8, maxLength: 40 }), async (wishes) => {
        const company = someone();
        const all = environments(8);
        let held = 0;
        let most = 0;
        const askers = all.map(async ({ budget }, asker) => {
          for (const { estimate, used } of wishes.filter((_, n) => n % 8 === asker)) {
            const reservation = await budget.reserve(company, { estimate, dailyUsd: 0.5, share: 'live' });
            if (reservation === undefined) continue;
            held += estimate;
            most = Math.max(most, held);
            const cost = Math.floor(estimate * used);
            // Not more than is set aside at any moment, and what was given back is free before it is counted here.
            held -= estimate - cost;
            await reservation.settle(cost);
          }
        });
        await Promise.all(askers);
        expect(most).toBeLessThanOrEqual(0.5 * USD);
      }),
      { numRuns: 25 },
    );
  });

  it('lets as many calls through at once as fit, and no more', async () => {
    const company = someone();
    const taken = await Promise.all(
      environments(8).map(({ budget }) => budget.reserve(company, { estimate: 300_000, dailyUsd: 1, share: 'live' })),
    );
    expect(taken.filter((reservation) => reservation !== undefined)).toHaveLength(3);
  });

  it('gives back what a call did not cost, and keeps what nobody settles', async () => {
    const company = someone();
    const [{ budget } = { budget: modelBudget(dynamo, 'operations', { ...listening(), now }) }] = environments(1);
    const wanted = { estimate: 0.6 * USD, dailyUsd: 1, share: 'live' } as const;
    const first = await budget.reserve(company, wanted);
    expect(await budget.reserve(company, wanted)).toBeUndefined();
    await first?.settle(0.1 * USD);
    expect(await budget.reserve(company, wanted)).toBeDefined();
    // Killed before it could settle: it may have been billed.
    expect(await budget.reserve(company, wanted)).toBeUndefined();
  });

  it('begins anew with the UTC day, and a call that ends after midnight is settled on the day it began', async () => {
    clock.at = Date.parse('2026-11-21T23:59:59.900Z');
    const company = someone();
    const [{ budget } = { budget: modelBudget(dynamo, 'operations', { ...listening(), now }) }] = environments(1);
    const wanted = { estimate: 0.9 * USD, dailyUsd: 1, share: 'live' } as const;
    const before = await budget.reserve(company, wanted);
    expect(await budget.reserve(company, wanted)).toBeUndefined();
    clock.at = Date.parse('2026-11-22T00:00:00.100Z');
    const after = await budget.reserve(company, wanted);
    expect(after).toBeDefined();
    await before?.settle(0);
    expect(await budget.reserve(company, wanted)).toBeUndefined();
    clock.at = Date.parse('2026-11-21T23:59:59.950Z');
    expect(await budget.reserve(company, wanted)).toBeDefined();
  });

  it('is each company’s own, and half of it is not for what is caught up', async () => {
    const [{ budget } = { budget: modelBudget(dynamo, 'operations', { ...listening(), now }) }] = environments(1);
    const wanted = { estimate: 0.6 * USD, dailyUsd: 1, share: 'live' } as const;
    const company = someone();
    expect(await budget.reserve(company, { ...wanted, share: 'catch-up' })).toBeUndefined();
    expect(await budget.reserve(company, wanted)).toBeDefined();
    expect(await budget.reserve(someone(), wanted)).toBeDefined();
    expect(await budget.reserve(someone(), { ...wanted, dailyUsd: 0 })).toBeUndefined();
  });

  it('tells how much of it is used, and says whose it is from 80 percent', async () => {
    const [
      { budget, heard } = { budget: modelBudget(dynamo, 'operations', { ...listening(), now }), heard: listening() },
    ] = environments(1);
    const company = someone();
    const told = () => {
      const percent = heard.counts[METRIC.modelBudgetUsed];
      heard.counts[METRIC.modelBudgetUsed] = 0;
      return percent;
    };
    await budget.reserve(company, { estimate: 0.79 * USD, dailyUsd: 1, share: 'live' });
    expect([told(), heard.lines]).toEqual([79, []]);
    await budget.reserve(company, { estimate: 0.01 * USD, dailyUsd: 1, share: 'live' });
    expect(told()).toBe(80);
    expect(heard.lines).toMatchObject([{ level: 'warn', event: 'model.budget', facts: { company, percent: 80 } }]);
    await budget.reserve(company, { estimate: 0.5 * USD, dailyUsd: 1, share: 'live' });
    expect(told()).toBe(100);
  });
});

describe('answers that are kept', () => {
  const asker = () => keptAnswers(dynamo, 'operations', now);
  const question = () => ({ company: someone(), hash: 'a'.repeat(64), uuid: uuid(1) });
  const tokenOf = (claim: Awaited<ReturnType<ReturnType<typeof asker>['claim']>>) =>
    claim.kind === 'mine' ? claim.token : expect.unreachable(`the claim is ${claim.kind}`);

  it('one of eight who ask the same at once may ask', async () => {
    const same = question();
    const claims = await Promise.all(Array.from({ length: 8 }, () => asker().claim(same, false)));
    expect(claims.map(({ kind }) => kind).sort()).toEqual([...Array(7).fill('asking'), 'mine']);
  });

  it.each<[string, KeptAnswer]>([
    ['that was of use', answer],
    ['that was none', { mode: 'rules', reason: 'refusal', lineage: answer.lineage }],
  ])('an answer %s is never asked for again, by nobody', async (_, kept) => {
    const same = question();
    await asker().keep(same, tokenOf(await asker().claim(same, false)), kept);
    clock.at += 30 * 86_400_000;
    for (const again of [false, true]) {
      expect(await asker().claim(same, again)).toEqual({ kind: 'answered', answer: kept, own: true });
      expect(await asker().claim({ ...same, uuid: uuid(2) }, again)).toMatchObject({ own: false });
    }
    expect((await asker().claim({ ...same, company: someone() }, false)).kind).toBe('mine');
  });

  it('who was killed while asking is believed to be asking for a minute; then only a look again may ask', async () => {
    const same = question();
    const first = tokenOf(await asker().claim(same, false));
    clock.at += 59_000;
    expect((await asker().claim(same, true)).kind).toBe('asking');
    clock.at += 2_000;
    expect(await asker().claim(same, false)).toEqual({ kind: 'failed', reason: 'outage' });
    const claims = await Promise.all(Array.from({ length: 8 }, () => asker().claim(same, true)));
    expect(claims.filter(({ kind }) => kind === 'mine')).toHaveLength(1);
    // The one that was believed dead comes back: what it says no longer counts.
    await asker().fail(same, first, { reason: 'timeout', paid: true });
    expect((await asker().claim(same, true)).kind).toBe('asking');
  });

  it('a call that may have been paid for is made three times at most', async () => {
    const same = question();
    let calls = 0;
    for (let n = 0; n < 6; n += 1) {
      const claim = await asker().claim(same, n > 0);
      if (claim.kind !== 'mine') continue;
      calls += 1;
      await asker().fail(same, claim.token, { reason: 'timeout', paid: true });
    }
    expect(calls).toBe(3);
    expect(await asker().claim(same, true)).toEqual({ kind: 'failed', reason: 'timeout' });
  });

  it('a call that surely was not paid for counts for nothing', async () => {
    const same = question();
    for (let n = 0; n < 6; n += 1) {
      const token = tokenOf(await asker().claim(same, false));
      await asker().fail(same, token, { reason: 'quota', paid: false });
    }
  });
});

describe('prices', () => {
  it('are found by the model’s name, dated or not, the operator’s own first', () => {
    expect(priceOf('gpt-5-mini', {})).toBe(DEFAULT_PRICES['gpt-5-mini']);
    expect(priceOf('gpt-5-mini-2026-08-07', {})).toBe(DEFAULT_PRICES['gpt-5-mini']);
    const own = { inputPerMillion: 0, cachedInputPerMillion: 0, outputPerMillion: 0 };
    expect(priceOf('gpt-5-mini', { 'gpt-5-mini': own })).toEqual(own);
  });

  it('of a model that nobody knows are the dearest of all', () => {
    for (const unknown of ['llama-4', 'gpt-5-pro', 'constructor']) {
      const { inputPerMillion, cachedInputPerMillion, outputPerMillion } = priceOf(unknown, {});
      for (const known of Object.values(DEFAULT_PRICES)) {
        expect(inputPerMillion).toBeGreaterThanOrEqual(known.inputPerMillion);
        expect(cachedInputPerMillion).toBeGreaterThanOrEqual(known.cachedInputPerMillion);
        expect(outputPerMillion).toBeGreaterThanOrEqual(known.outputPerMillion);
      }
    }
  });

  it('make a cost of tokens: cached ones are part of the input', () => {
    const prices = { inputPerMillion: 0.25, cachedInputPerMillion: 0.025, outputPerMillion: 2 };
    const tokens = { inputTokens: 1_500, cachedTokens: 1_024, outputTokens: 120 };
    // 476 × 0.25 + 1,024 × 0.025 + 120 × 2 = 119 + 25.6 + 240
    expect(costMicroUsd(tokens, prices)).toBe(385);
    expect(costMicroUsd({ ...tokens, cachedTokens: 9_999 }, prices)).toBe(278);
    expect(
      costMicroUsd({ inputTokens: 3, cachedTokens: 0, outputTokens: 0 }, { ...prices, inputPerMillion: 0.1 }),
    ).toBe(1);
  });
});

describe('a model that fails', () => {
  it('is left alone for a minute after three failures in a row, each company’s by itself', () => {
    const rest = modelRest(now);
    const failing = (times: number) => Array.from({ length: times }, () => rest.note('one', false));
    failing(2);
    rest.note('one', true);
    failing(2);
    expect(rest.isResting('one')).toBe(false);
    failing(1);
    expect([rest.isResting('one'), rest.isResting('two')]).toEqual([true, false]);
    clock.at += 60_000;
    expect(rest.isResting('one')).toBe(false);
    failing(1);
    expect(rest.isResting('one')).toBe(true);
  });
});
