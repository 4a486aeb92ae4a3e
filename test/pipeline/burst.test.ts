import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { scheduledEvent } from '../../infra/local/schedules.ts';
import type { Stack } from '../../infra/local/stack.ts';
import { toItem } from '../../shared/records/dynamo.ts';
import { send } from '../bench/load.ts';
import { arrivals, settled, troubles, unverified } from '../bench/load-arrivals.ts';
import { compare } from '../bench/load-check.ts';
import { makeScene } from '../bench/load-scene.ts';
import { startPipeline, tableName } from './driver.ts';

const BOOKINGS = 30;
const HOUR_MS = 3_600_000;

const BUDGET = { kind: 'rate-budget', id: 'fareharbor' };

/** Leaves no call to FareHarbor: a bucket that was written in the future gets no tokens back until then. */
async function spendBudget(stack: Stack): Promise<void> {
  const at = Date.now() + HOUR_MS;
  const Item = toItem({ ...BUDGET, tokens: 0, at, revision: 'spent', expiresAt: Math.ceil(at / 1000) });
  await stack.dynamoDb.send(new PutItemCommand({ TableName: tableName(stack, 'OPERATIONS_TABLE'), Item }));
}

/** Fills the bucket. Processes remember what they saw of it, so new ones take over. */
async function fillBudget(stack: Stack): Promise<void> {
  const Key = toItem(BUDGET);
  await stack.dynamoDb.send(new DeleteItemCommand({ TableName: tableName(stack, 'OPERATIONS_TABLE'), Key }));
  for (const service of ['enrichment', 'reconcile']) stack.functions.get(service)?.crash();
}

const differences = ({ vendors: { fareharbor, salesforce, mailchimp } }: Stack): string[] =>
  compare([...fareharbor.vendor.account.bookings.values()], {
    salesforce: salesforce.vendor.state(),
    mailchimp: mailchimp.vendor.state(),
  });

it('a burst that finds FareHarbor’s budget spent is in both vendors without a call, and is verified later', async () => {
  const stack = await startPipeline({ scheduleMs: 0 });
  onTestFinished(() => stack.close());
  const { fareharbor } = stack.vendors;
  await spendBudget(stack);
  const options = { bookings: BOOKINGS, duplicates: 0.3, changes: 0.2, seed: 5, prefix: 'burst' };
  await send(stack.webhookUrl, makeScene(fareharbor, options).webhooks, 10);
  await settled(stack, 60_000);
  const arrived = (await arrivals(stack)).filter(({ arrivedAt }) => Number.isFinite(arrivedAt));
  expect(arrived).toHaveLength(BOOKINGS);
  expect(fareharbor.server.requests).toHaveLength(0);
  expect(await unverified(stack)).toBe(BOOKINGS);
  expect(differences(stack)).toEqual([]);

  await fillBudget(stack);
  // What a run finds no call left for, the next one asks for.
  while ((await unverified(stack)) > 0) await stack.functions.get('reconcile')?.invoke(scheduledEvent());
  await settled(stack, 60_000);
  expect(fareharbor.server.requests.length).toBeGreaterThanOrEqual(BOOKINGS);
  expect(await troubles(stack)).toEqual([]);
  expect(differences(stack)).toEqual([]);
});
