import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { monthBucket } from '../../../../functions/enrichment/standing/distribution.ts';
import { clear, type Desk, email, openDesk } from '../desk.ts';

const COMPANY = 'harbor-kayaks';
const MINUTE = 60_000;

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterEach(() => clear(desk));
afterAll(() => desk.close());

const counters = async () => (await desk.operations()).find(({ kind, id }) => kind === 'standing' && id === COMPANY);

async function bring(name: string) {
  const { uuid } = desk.fareHarbor.book({ contact: email(name) });
  await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
  return uuid;
}

it('counts the guest of each new booking, once however often it is told, and the cancellation', async () => {
  const uuid = await bring('Ana Reyes');
  await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
  expect(await counters()).toMatchObject({ standing: 1, frequency_1: 1 });
  await bring('Ana Reyes');
  expect(await counters()).toMatchObject({ standing: 2, frequency_1: 0, frequency_2: 1 });
  desk.fareHarbor.cancel(uuid);
  await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
  expect(await counters()).toMatchObject({ standing: 1, cancelled: 1, frequency_1: 1, frequency_2: 0 });
});

it('places a guest among the others, a minute after they are enough, and says how likely they come', async () => {
  const alone = await desk.record(await bring('Kai Mahoe'));
  expect(alone?.understanding.guest.bands).toBeNull();
  expect(alone?.understanding.risk?.cancellation.probability).toBeGreaterThan(0);
  const month = monthBucket(desk.deps.now().toISOString());
  await desk.dynamo.send(
    new UpdateItemCommand({
      TableName: desk.operationsTable,
      Key: { kind: { S: 'standing' }, id: { S: COMPANY } },
      UpdateExpression: 'ADD #recency :many, #frequency :many, #money :many, #standing :lots',
      ExpressionAttributeNames: {
        '#recency': `recency_${month - 6}`,
        '#frequency': 'frequency_5',
        '#money': 'money_USD_0',
        '#standing': 'standing',
      },
      ExpressionAttributeValues: { ':many': { N: '200' }, ':lots': { N: '50000' } },
    }),
  );
  desk.clock.aheadMs = 2 * MINUTE;
  const among = await desk.record(await bring('Lani Mahoe'));
  desk.clock.aheadMs = 0;
  expect(among?.understanding.guest.bands).toEqual({ recency: 5, frequency: 1, money: 5 });
  // Next to nobody has cancelled: the level of the public data no longer counts.
  expect(among?.understanding.risk?.cancellation.probability).toBeLessThan(0.02);
});

it('lets a booking through that could not be counted, and says so', async () => {
  const { noteStanding } = desk.deps;
  Object.assign(desk.deps, {
    noteStanding: () => Promise.reject(new Error('the table is away')),
  });
  const uuid = await bring('Mele Kahale');
  Object.assign(desk.deps, { noteStanding });
  expect(await desk.record(uuid)).toMatchObject({ version: 1 });
  expect(desk.hints.map(({ sink }) => sink)).toEqual(['crm', 'marketing']);
  expect(desk.events()).toContain('standing.not-noted');
});
