import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stack } from '../../infra/local/stack.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import { toItem } from '../../shared/records/dynamo.ts';
import { ask } from '../logs/ask.ts';
import { counted, deliverBooking, recordOf, settled, startPipeline, synced, tableName, until } from './driver.ts';

const HOUR_MS = 3_600_000;

let stack: Stack;
beforeAll(async () => {
  stack = await startPipeline({ scheduleMs: 500 });
});
afterAll(() => stack.close());

/** Makes the company's next sweep due: it was swept once, hours ago. */
async function makeDue(company: string): Promise<void> {
  const then = new Date(Date.now() - 7 * HOUR_MS).toISOString();
  const day = then.slice(0, 10);
  const swept = { company, startedAt: then, finishedAt: then, round: 1, from: day, to: day, noted: 0 };
  await stack.dynamoDb.send(
    new PutItemCommand({
      TableName: tableName(stack, 'OPERATIONS_TABLE'),
      Item: toItem({ kind: 'sweep', id: company, ...swept }),
    }),
  );
}

it('bookings that no webhook told of are found by themselves, 20 of 20, and told of in both vendors', async () => {
  const { fareharbor, salesforce, mailchimp } = stack.vendors;
  const known = fareharbor.vendor.book({ contact: { email: 'known@guests.test' } }).uuid;
  await deliverBooking(stack, known);
  await until('Salesforce has the known one', () => synced(stack, known, 'crm'));
  const retrieves = () => fareharbor.server.requests.filter(({ path }) => path.includes(known)).length;
  const asked = retrieves();
  const uuids = Array.from({ length: 20 }, (_, n) => {
    return fareharbor.vendor.book({ contact: { email: `missed-${n}@guests.test` } }).uuid;
  });
  await makeDue('harbor-kayaks');
  for (const uuid of uuids) {
    for (const sink of ['crm', 'marketing'] as const) {
      await until(`${sink} has ${uuid}`, () => synced(stack, uuid, sink), 60_000);
    }
  }
  await settled(stack);
  const sales = salesforce.vendor.records('Opportunity').map((one) => one.FareHarbor_Current_UUID__c);
  expect(sales.sort()).toEqual([known, ...uuids].sort());
  for (const n of uuids.keys()) expect(JSON.stringify(mailchimp.vendor.state())).toContain(`missed-${n}@guests.test`);
  expect((await recordOf(stack, uuids[0] ?? ''))?.quietThrough).toBeUndefined();
  expect(retrieves()).toBe(asked);
  expect(counted(stack, 'enrichment', METRIC.bookingsFoundBySweep)).toBe(20);
  // A person finds them by the saved query, and with each the run of the sweep that found it.
  const missed = ask(stack, 'missed').filter(({ message }) => message === 'booking.missed');
  expect(missed.map(({ uuid }) => uuid).sort()).toEqual(uuids.toSorted());
  for (const { correlationId } of missed) expect(correlationId).toMatch(/^verify-/);
});
