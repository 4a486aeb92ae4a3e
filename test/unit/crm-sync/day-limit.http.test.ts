import { describe, expect, test } from 'vitest';
import { mayGoOn, type Work } from '../../../functions/crm-sync/salesforce/day-limit.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { uuid } from '../shared/booking-fixture.ts';
import { endOf } from '../shared/circuit-desk.ts';
import type { CrmDesk } from './crm-desk.ts';
import { open } from './open-desk.ts';
import { aRecord, NOW, recorded, someSettings } from './record-fixture.ts';

const MINUTE = 60_000;
const RULE = someSettings().salesforce.dayLimit;

/** Each a guest's first booking; a second version of it may hold more changes. */
const booking = (n: number, ...more: Parameters<typeof recorded>[1][]) => {
  const key = guestKeyFor(uuid(n));
  const contact = { ...aRecord().booking.contact, email: `guest-${n}@guests.test`, phone: null };
  const first = aRecord({ uuid: uuid(n), contact }, { guestKey: key });
  if (more.length === 0) return first;
  return { ...first, version: 2, changes: [...first.changes, ...recorded(2, ...more)] };
};

/** A desk that has heard that so much of the day's calls is used. */
async function used(share: number): Promise<CrmDesk> {
  const desk = await open();
  await desk.bring(booking(1));
  desk.vendor.useCalls(share * 100_000 - desk.vendor.usage);
  await desk.bring(booking(2));
  return desk;
}

const bring = (desk: CrmDesk, ...given: Parameters<typeof booking>) => endOf(desk.bring(booking(...given)));

describe('with the day’s calls nearly used up', () => {
  test('a booking waits, without a call and as long as a cancellation behind it can bear', async () => {
    const desk = await used(0.86);
    const calls = desk.composites().length;
    expect(await bring(desk, 3)).toMatchObject({
      name: 'RetryableError',
      code: 'salesforce.day-limit',
      waitSeconds: 60,
    });
    expect(await bring(desk, 1, { kind: 'party_changed', from: 2, to: 3 })).toMatchObject({
      code: 'salesforce.day-limit',
    });
    expect(desk.composites()).toHaveLength(calls);
  });

  test('a cancellation goes through; one that Salesforce holds already is none', async () => {
    const desk = await used(0.86);
    expect(await bring(desk, 1, { kind: 'cancelled' })).toBeUndefined();
    expect(desk.record(uuid(1))?.sync.crm).toMatchObject({ version: 2 });
    const again = { ...booking(1, { kind: 'cancelled' }), version: 3 };
    expect(await endOf(desk.bring(again))).toMatchObject({ code: 'salesforce.day-limit' });
  });

  test('a call every ten minutes learns that there is room again', async () => {
    const desk = await used(0.86);
    const calls = desk.composites().length;
    desk.vendor.setRequestLimit(1_000_000);
    desk.clock.now = new Date(NOW.getTime() + 9 * MINUTE);
    expect(await bring(desk, 3)).toMatchObject({ code: 'salesforce.day-limit' });
    expect(desk.composites()).toHaveLength(calls);
    desk.clock.now = new Date(NOW.getTime() + 10 * MINUTE);
    expect(await bring(desk, 3)).toBeUndefined();
    expect(await bring(desk, 4)).toBeUndefined();
  });

  test('that call, where there is no room yet, has the others wait ten minutes more', async () => {
    const desk = await used(0.86);
    desk.clock.now = new Date(NOW.getTime() + 10 * MINUTE);
    expect(await bring(desk, 3)).toBeUndefined();
    expect(await bring(desk, 4)).toMatchObject({ code: 'salesforce.day-limit' });
  });

  test('a company’s own line counts, and below it everything goes on', async () => {
    const desk = await used(0.84);
    expect(await bring(desk, 3)).toBeUndefined();
    const strict = await open({ salesforce: { dayLimit: { slowAbove: 0.1, stopAbove: 0.2 } } });
    await strict.bring(booking(1));
    strict.vendor.useCalls(20_000);
    await strict.bring(booking(2));
    expect(await bring(strict, 3)).toMatchObject({ code: 'salesforce.day-limit' });
  });

  test('a company that does not use Salesforce is not concerned', async () => {
    const desk = await open({ salesforce: { enabled: false } });
    expect(await bring(desk, 1)).toBeUndefined();
  });

  test('the share is a metric, also while everything waits, once a minute', async () => {
    const desk = await used(0.9);
    for (const minutes of [1, 1, 1, 2, 3]) {
      desk.clock.now = new Date(NOW.getTime() + minutes * MINUTE);
      await bring(desk, 3);
    }
    // The first booking's share was 0 of 100,000; then 90 in each of three minutes.
    expect(desk.counts.SalesforceCallsUsed).toBe(3 * 90);
  });
});

describe('who may go on', () => {
  const shares = [0.5, 0.69, 0.7, 0.84, 0.85, 1];
  test.each<[Work, boolean[]]>([
    ['background', [true, true, false, false, false, false]],
    ['booking', [true, true, true, true, false, false]],
    ['cancellation', [true, true, true, true, true, true]],
  ])('%s, at 50, 69, 70, 84, 85 and 100 %%', (work, expected) => {
    const usage = (share: number) => ({ used: share * 1000, limit: 1000, at: 0 });
    expect(shares.map((share) => mayGoOn(work, usage(share), RULE, 1))).toEqual(expected);
  });

  test('everybody where nothing is known yet, or what is known is old', () => {
    expect(mayGoOn('background', undefined, RULE, 0)).toBe(true);
    expect(mayGoOn('background', { used: 99, limit: 100, at: 0 }, RULE, 10 * MINUTE)).toBe(true);
  });
});
