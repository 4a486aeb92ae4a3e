import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { Stack } from '../../infra/local/stack.ts';
import type { Acts } from '../../shared/acts/act.ts';
import { deliverBooking, recordOf, startPipeline, synced, until } from './driver.ts';
import { askOps, runOps } from './ops.ts';

/** A company whose settings say nothing: routing and summary are shown only in the decisions. */
const COMPANY = 'bateau-mouette';
/** What a person is promised. */
const HOLDS_WITHIN_MS = 60_000;

let stack: Stack;
beforeAll(async () => {
  stack = await startPipeline({ scheduleMs: 500 });
});
afterAll(() => stack.close());

const saleOf = (uuid: string) =>
  stack.vendors.salesforce.vendor
    .records('Opportunity')
    .find(({ FareHarbor_Current_UUID__c }) => FareHarbor_Current_UUID__c === uuid);

let edits = 0;
/** Changes the booking, and waits until both destinations have it. */
async function change(uuid: string): Promise<void> {
  edits += 1;
  stack.vendors.fareharbor.vendor.edit(uuid, { note: `Edit ${edits}` });
  await deliverBooking(stack, uuid);
  await until('the edit is there', async () => (await recordOf(stack, uuid))?.booking.note === `Edit ${edits}`);
  for (const sink of ['crm', 'marketing'] as const) await until(`${sink} has it`, () => synced(stack, uuid, sink));
}

/** Changes the booking until what is decided is as it should be; no process is restarted. */
async function untilActs(uuid: string, holds: (acts: Acts) => boolean): Promise<void> {
  const decided = async () => {
    await change(uuid);
    return holds((await recordOf(stack, uuid))?.acts ?? {});
  };
  await until('the policy holds', decided, HOLDS_WITHIN_MS);
}

const reviewsSchema = z.array(z.object({ id: z.string(), uuid: z.string(), action: z.string() }));
const whySchema = z.object({
  decided: z.array(z.object({ version: z.int() })),
  written: z.array(z.object({ sink: z.string(), wrote: z.array(z.object({ action: z.string() })) })),
});

it('a policy changed on the running stack holds within a minute; a review is executed; a kill stops all but facts', {
  timeout: 240_000,
}, async () => {
  const { uuid } = stack.vendors.fareharbor.vendor.book({ company: COMPANY, contact: { email: 'pilote@guests.test' } });
  await change(uuid);
  const score = saleOf(uuid)?.Lead_Score__c;
  expect(score).toBeGreaterThan(0);
  expect([saleOf(uuid)?.Lead_Routing__c, saleOf(uuid)?.AI_Summary__c]).toEqual([undefined, undefined]);

  await askOps(stack, 'settings', 'set', 'route', 'assisted', '--company', COMPANY, '--yes', '--by', 'kai');
  await untilActs(uuid, ({ route }) => route?.does === 'review');
  expect(saleOf(uuid)?.Lead_Routing__c).toBeUndefined();
  const reviews = reviewsSchema.parse(await askOps(stack, 'reviews'));
  const [review] = reviews.filter((one) => one.uuid === uuid);
  expect([reviews.length, review?.action]).toEqual([1, 'route']);
  await askOps(stack, 'edit', review?.id ?? '', '--value', 'rep', '--by', 'ana');
  await until('Salesforce has it', () => saleOf(uuid)?.Lead_Routing__c === 'rep', HOLDS_WITHIN_MS);
  expect((await recordOf(stack, uuid))?.acts?.route?.why).toBe('approved by ana');

  await askOps(stack, 'settings', 'kill', '--by', 'kai', '--reason', 'a test');
  await untilActs(uuid, ({ score: act }) => act?.does === 'nothing');
  stack.vendors.fareharbor.vendor.edit(uuid, { note: 'Our honeymoon' });
  const model = stack.vendors.openai.server.requests.length;
  await deliverBooking(stack, uuid);
  await until('Salesforce has the facts', () => saleOf(uuid)?.Special_Requests__c === 'Our honeymoon');
  expect(stack.vendors.openai.server.requests.length).toBe(model);
  expect((await recordOf(stack, uuid))?.understanding.rulesReason).toBe('killed');
  expect(saleOf(uuid)?.Lead_Score__c).toBe(score);

  const status = z.array(z.object({ what: z.string(), note: z.string() })).parse(await askOps(stack, 'status'));
  expect(status).toContainEqual({ what: 'AI stopped for every company', note: 'kai: a test' });
  const { out } = await runOps(stack, 'why', uuid);
  expect(out).toContain('all AI is stopped (kai)');
  const why = whySchema.parse(await askOps(stack, 'why', uuid));
  const record = await recordOf(stack, uuid);
  expect(why.decided.map(({ version }) => version)).toEqual(
    Array.from({ length: record?.version ?? 0 }, (_, n) => n + 1),
  );
  const routed = why.written.filter(({ wrote }) => wrote.some(({ action }) => action === 'route'));
  expect(routed[0]?.sink).toBe('crm');
  expect(why.written.at(-1)?.wrote).toEqual([]);
});
