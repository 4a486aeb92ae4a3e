import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type KeptAnswer, keptAnswers } from '../../../../functions/enrichment/model-economy/kept-answers.ts';
import { costMicroUsd, DEFAULT_PRICES, priceOf } from '../../../../functions/enrichment/model-economy/prices.ts';
import { modelRest } from '../../../../functions/enrichment/model-economy/rest.ts';
import { uuid } from '../../shared/booking-fixture.ts';
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
