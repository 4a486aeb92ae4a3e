import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BookingSummary, summarise } from '../../../shared/guest/booking-summary.ts';
import { rowsFor } from '../../../shared/guest/guest-change.ts';
import { GUEST_MOVED } from '../../../shared/guest/guest-moved.ts';
import { bookingRow, guestItem, sinkRow, TOTALS_ROW } from '../../../shared/guest/guest-rows.ts';
import { readAllRows } from '../../../shared/guest/read-rows.ts';
import { rebuildTotals } from '../../../shared/guest/rebuild-totals.ts';
import { totalsOf } from '../../../shared/guest/totals.ts';
import { aBooking, uuid } from './booking-fixture.ts';
import { createTable, openDynamoDb } from './tables.ts';

const NOW = '2026-11-21T12:00:00.000Z';
let engine: Awaited<ReturnType<typeof openDynamoDb>>;
let dynamo: DynamoDBClient;
beforeAll(async () => {
  engine = await openDynamoDb();
  dynamo = engine.dynamo;
  await createTable(dynamo, 'guests', ['guest', 'row']);
});
afterAll(() => engine.close());

async function write(guest: string, rows: readonly (readonly [string, object])[]): Promise<void> {
  for (let from = 0; from < rows.length; from += 25) {
    const puts = rows
      .slice(from, from + 25)
      .map(([row, value]) => ({ PutRequest: { Item: guestItem(guest, row, value) } }));
    await dynamo.send(new BatchWriteItemCommand({ RequestItems: { guests: puts } }));
  }
}

/** More bookings than fit into one transaction with their rows; each tenth went on as the one after it. */
const many = Array.from({ length: 120 }, (_, index): BookingSummary => {
  const startsAt = new Date(Date.parse(NOW) + (index - 60) * 3_600_000).toISOString();
  const made = summarise(aBooking({ uuid: uuid(index + 1) }), NOW);
  const rebookedFrom = index > 0 && index % 10 === 0 ? uuid(index) : null;
  return { ...made, startsAt, tourDate: startsAt.slice(0, 10), rebookedFrom };
});
const successors = new Map(
  many.flatMap(({ uuid: of, rebookedFrom }) => (rebookedFrom === null ? [] : [[rebookedFrom, [of]] as const])),
);
const wanted = rowsFor({ summaries: new Map(many.map((one) => [one.uuid, one])), successors });
const rowsOf = async (guest: string) => {
  const rows = await readAllRows(dynamo, 'guests', guest);
  return Object.fromEntries([...rows].filter(([row]) => row !== TOTALS_ROW).sort());
};

describe('totals that are made from all bookings of a guest', () => {
  it('come with all rows that belong to them, and without those that do not', async () => {
    await write('g-one', [
      ...many.map((summary) => [bookingRow(summary.uuid), summary] as const),
      [sinkRow('crm'), { contactId: '003' }],
      // Of a booking that is not the guest's any more.
      ['tour#2026-11-22T00:00:00.000Z#gone', { uuid: 'gone', startsAt: NOW, tourDate: '2026-11-22' }],
      [`successor#${uuid(1)}`, { uuids: ['gone'] }],
    ]);
    const totals = await rebuildTotals(dynamo, 'guests', 'g-one', NOW);
    expect(totals).toEqual({ ...totalsOf(many, NOW), revision: Date.parse(NOW) });
    expect((await readAllRows(dynamo, 'guests', 'g-one')).get(TOTALS_ROW)).toEqual(totals);
    expect(await rowsOf('g-one')).toEqual(
      Object.fromEntries(
        [...wanted, [sinkRow('crm'), { contactId: '003' }] as const].toSorted(([a], [b]) => (a < b ? -1 : 1)),
      ),
    );
  });

  it('are never written over those that somebody else has made, nor are their rows', async () => {
    await write('g-two', [
      ...many.map((summary) => [bookingRow(summary.uuid), summary] as const),
      [TOTALS_ROW, { revision: 7 }],
    ]);
    const before = await rowsOf('g-two');
    await expect(rebuildTotals(dynamo, 'guests', 'g-two', NOW)).rejects.toMatchObject({ code: GUEST_MOVED });
    expect(await rowsOf('g-two')).toEqual(before);
    expect((await readAllRows(dynamo, 'guests', 'g-two')).get(TOTALS_ROW)).toEqual({ revision: 7 });
  });

  it('are none for a guest without bookings, of whom nothing is written', async () => {
    await write('g-three', [[sinkRow('crm'), { contactId: '003' }]]);
    expect(await rebuildTotals(dynamo, 'guests', 'g-three', NOW)).toBeUndefined();
    expect([...(await readAllRows(dynamo, 'guests', 'g-three')).keys()]).toEqual([sinkRow('crm')]);
  });
});
