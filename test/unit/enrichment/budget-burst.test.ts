import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FAREHARBOR_RULE, rateBudget } from '../../../shared/rate-budget/rate-budget.ts';
import { type BudgetDesk, openBudgetDesk } from './budget-desk.ts';

/** Nearly three times what FareHarbor allows in a second: without a budget they are there at once, and refused. */
const BOOKINGS = 80;

let desk: BudgetDesk;
beforeAll(async () => {
  desk = await openBudgetDesk();
});
afterAll(() => desk.close());

it('eight consumers in a burst, with a backfill beside them, are never refused for rate', {
  timeout: 60_000,
}, async () => {
  const own = () =>
    desk.environment(
      rateBudget(desk.dynamo, desk.operationsTable, { id: 'fareharbor', rule: FAREHARBOR_RULE, now: () => new Date() }),
    );
  const uuids = Array.from({ length: BOOKINGS }, () => desk.fareHarbor.book().uuid);
  const waiting = [...uuids];
  const consumer = async () => {
    const { handle } = own();
    for (let uuid = waiting.shift(); uuid !== undefined; uuid = waiting.shift()) {
      // Neither thrown back nor left: once through, whatever the budget says. How fast is the bench's to tell.
      await handle(desk.message(desk.fareHarbor.bodyOf(uuid), { receives: 2 }));
    }
  };
  const backfill = { on: true, calls: 0 };
  const backfilling = async () => {
    const { retrieve } = own();
    while (backfill.on) {
      const found = await retrieve('harbor-kayaks', uuids[0] ?? '', 'background').catch(() => undefined);
      if (found === undefined) await setTimeout(20);
      else backfill.calls += 1;
    }
  };
  const back = backfilling();
  await Promise.all(Array.from({ length: 8 }, consumer));
  backfill.on = false;
  await back;
  expect(desk.fareHarbor.refusedForRate()).toBe(0);
  const records = await Promise.all(uuids.map((uuid) => desk.record(uuid)));
  expect(records.filter((record) => record === undefined)).toEqual([]);
  const unverified = records.filter((record) => record?.source === 'webhook').map((record) => record?.uuid);
  expect(unverified.length).toBeGreaterThan(0);
  expect(unverified.length).toBeLessThan(uuids.length);
  const notedNow = async () =>
    (await desk.pending()).map(({ uuid }) => String(uuid)).filter((uuid) => uuids.includes(uuid));
  expect((await notedNow()).sort()).toEqual(unverified.sort());
  // Verified by what the budget leaves, in rounds as the schedule makes them.
  const { handle } = own();
  await expect
    .poll(
      async () => {
        await desk.verify(handle);
        return (await notedNow()).length;
      },
      { timeout: 45_000, interval: 100 },
    )
    .toBe(0);
  expect(desk.fareHarbor.refusedForRate()).toBe(0);
});
