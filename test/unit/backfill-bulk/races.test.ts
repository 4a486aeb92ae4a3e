import { describe, expect, it } from 'vitest';
import type { BulkSink } from '../../../shared/sink/bulk-sink.ts';
import { usd, uuid } from '../shared/booking-fixture.ts';
import { keyOf, mailOf, openWorld, someBooking, type World, withTables } from './two-ways.ts';

withTables();

const GUEST = 2;
const guestKey = keyOf(1);
const booking = someBooking(1, GUEST);
const other = someBooking(2, GUEST, { price: { ...booking.price, total: usd(50_000) } });

/** The world's bulk sinks; `meanwhile` happens once, after everything was read and before anything is written. */
function overtaken(world: World, meanwhile: () => Promise<void>): BulkSink[] {
  let happened: Promise<void> | undefined;
  return world.deps.sinks.map((sink) => ({
    ...sink,
    async bring(...args: Parameters<BulkSink['bring']>) {
      happened ??= meanwhile();
      await happened;
      return await sink.bring(...args);
    },
  }));
}

const stage = (world: World, n = 1) =>
  world.salesforce.records('Opportunity').find((one) => one.FareHarbor_Booking_UUID__c === uuid(n))?.Booking_Status__c;
const bookings = (world: World) => ({
  salesforce: world.salesforce.records('Contact')[0]?.Bookings__c,
  mailchimp: world.mailchimp.contact(mailOf(GUEST))?.mergeValues.BOOKINGS,
});
const tags = (world: World) => [...(world.mailchimp.contact(mailOf(GUEST))?.tags.keys() ?? [])].sort();

describe('a live change between the bulk read and the bulk write', () => {
  it('of the booking itself wins at both vendors, and is told once', async () => {
    const world = await openWorld();
    const record = await world.put(booking, guestKey, 'history');
    const sinks = overtaken(world, async () => {
      const changed = await world.put({ ...booking, status: 'cancelled' }, guestKey, 'news');
      await world.followAll(changed);
      expect([stage(world), bookings(world)]).toEqual(['cancelled', { salesforce: 0, mailchimp: 0 }]);
    });
    expect(await world.bulk({ sinks }).bring([record])).toEqual({ brought: 0, left: 1, waiting: 0 });
    // The bulk write did bring the older state: without what follows it would stay.
    expect([stage(world), bookings(world)]).toEqual(['booked', { salesforce: 1, mailchimp: 1 }]);
    expect((await world.read(uuid(1))).attention).toBe('lagging');

    await world.followHints();
    expect([stage(world), bookings(world)]).toEqual(['cancelled', { salesforce: 0, mailchimp: 0 }]);
    expect(tags(world)).toEqual(['segment:returning', 'stage:cancelled']);
    expect(world.salesforce.records('Case')).toHaveLength(1);
    expect(world.mailchimp.contact(mailOf(GUEST))?.events.map(({ name }) => name)).toEqual(['booking_cancelled']);
    expect((await world.read(uuid(1))).attention).toBeUndefined();
  });

  it('of another booking of the guest wins, too', async () => {
    const world = await openWorld();
    const record = await world.put(booking, guestKey, 'history');
    const sinks = overtaken(world, async () => await world.followAll(await world.put(other, guestKey, 'news')));
    expect(await world.bulk({ sinks }).bring([record])).toEqual({ brought: 0, left: 1, waiting: 0 });
    expect(bookings(world)).toEqual({ salesforce: 1, mailchimp: 1 });
    await world.followHints();
    expect(bookings(world)).toEqual({ salesforce: 2, mailchimp: 2 });
    expect((await world.read(uuid(1))).attention).toBeUndefined();
  });

  it('wins also where the bulk write dies before it looks: its mark outlives the live sync', async () => {
    const world = await openWorld();
    const record = await world.put(booking, guestKey, 'history');
    const changed = { ...booking, status: 'cancelled' } as const;
    const sinks = overtaken(world, async () => await world.followAll(await world.put(changed, guestKey, 'news')));
    const readMany = world.deps.notes.readMany;
    let reads = 0;
    const notes = {
      ...world.deps.notes,
      readMany: async (uuids: readonly string[]) => {
        reads += 1;
        if (reads === 2) throw new Error('killed');
        return await readMany(uuids);
      },
    };
    await expect(world.bulk({ sinks, notes }).bring([record])).rejects.toThrow('killed');
    expect(stage(world)).toBe('booked');

    // Reconcile hints what lags.
    const left = await world.read(uuid(1));
    expect(left.attention).toBe('lagging');
    await world.followAll(left);
    expect([stage(world), bookings(world)]).toEqual(['cancelled', { salesforce: 0, mailchimp: 0 }]);
    expect(world.salesforce.records('Case')).toHaveLength(1);
    // The write may still be under way: only after that is one more look the last.
    expect((await world.read(uuid(1))).attention).toBe('lagging');
    world.clock.now = new Date(world.clock.now.getTime() + 16 * 60_000);
    await world.followAll(await world.read(uuid(1)));
    expect((await world.read(uuid(1))).attention).toBeUndefined();
    expect(world.salesforce.records('Case')).toHaveLength(1);
  });

  it('before the mark is the live path’s: nothing is written over it', async () => {
    const world = await openWorld();
    const record = await world.put(booking, guestKey, 'history');
    await world.followAll(await world.put({ ...booking, status: 'cancelled' }, guestKey, 'news'));
    expect(await world.bulk().bring([record])).toEqual({ brought: 0, left: 1, waiting: 0 });
    expect(stage(world)).toBe('cancelled');
  });
});

it('a live sync that may be under way leaves the guest to the live path: it may not know of the history yet', async () => {
  const world = await openWorld();
  const lagging = await world.put(other, guestKey, 'news');
  const record = await world.put(booking, guestKey, 'history');
  expect(await world.bulk().bring([record])).toEqual({ brought: 0, left: 1, waiting: 0 });
  expect(world.calls('salesforce', 'graph') + world.calls('mailchimp', 'list.bulk')).toBe(0);
  expect(world.hints.map(({ sink }) => sink)).toEqual(['crm', 'marketing']);
  await world.followAll(lagging);
  await world.followHints();
  expect(bookings(world)).toEqual({ salesforce: 2, mailchimp: 2 });
});

it('history of the same guest that is found meanwhile needs no live sync: its own write brings the guest again', async () => {
  const world = await openWorld();
  const record = await world.put(booking, guestKey, 'history');
  const sinks = overtaken(world, async () => void (await world.put(other, guestKey, 'history')));
  expect(await world.bulk({ sinks }).bring([record])).toEqual({ brought: 1, left: 0, waiting: 0 });
  expect(await world.bulk().bring([await world.read(uuid(2))])).toEqual({ brought: 1, left: 0, waiting: 0 });
  expect(world.hints).toEqual([]);
  expect(bookings(world)).toEqual({ salesforce: 2, mailchimp: 2 });
});

it('what a live sync kept about the guest meanwhile is not overwritten: the tags it wrote stay known', async () => {
  const world = await openWorld();
  const record = await world.put(booking, guestKey, 'history');
  const sinks = overtaken(world, async () => {
    await world.deps.replaceSinkRow(guestKey, 'marketing', { email: mailOf(GUEST), tags: ['activity:Old'] }, undefined);
  });
  expect(await world.bulk({ sinks }).bring([record])).toEqual({ brought: 0, left: 0, waiting: 1 });
  expect(tags(world)).toEqual([]);
  expect(await world.bulk().bring([await world.read(uuid(1))])).toEqual({ brought: 1, left: 0, waiting: 0 });
  expect((await world.deps.guests.read(guestKey)).sinks.marketing).toMatchObject({ tags: tags(world) });
});

it('two bulk writes of the same record end with it in sync, once', async () => {
  const world = await openWorld();
  const record = await world.put(booking, guestKey, 'history');
  const sinks = overtaken(world, async () => {
    expect(await world.bulk().bring([record])).toEqual({ brought: 1, left: 0, waiting: 0 });
  });
  expect((await world.bulk({ sinks }).bring([record])).brought).toBe(0);
  await world.followHints();
  expect((await world.read(uuid(1))).attention).toBeUndefined();
  expect(world.salesforce.records('Contact')).toHaveLength(1);
  expect(bookings(world)).toEqual({ salesforce: 1, mailchimp: 1 });
});

describe('a sale', () => {
  it('that is another guest’s by now is brought in their order, by the live path', async () => {
    const world = await openWorld();
    const left = await world.put({ ...booking, status: 'rebooked', rebookedTo: uuid(2) }, guestKey, 'history');
    const moved = someBooking(2, 3, { rebookedFrom: uuid(1) });
    const taken = await world.put(moved, keyOf(2), 'history');
    expect(await world.bulk().bring([left, taken])).toEqual({ brought: 0, left: 2, waiting: 0 });
    await world.followHints();
    expect(world.salesforce.records('Opportunity')).toHaveLength(1);
    expect([(await world.read(uuid(1))).attention, (await world.read(uuid(2))).attention]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('that was rebooked twice and told of in the wrong order is seen once', async () => {
    const world = await openWorld();
    const third = someBooking(3, GUEST, { rebookedFrom: uuid(2) });
    await world.bulk().bring([await world.put(third, guestKey, 'history')]);
    const second = someBooking(2, GUEST, { rebookedFrom: uuid(1), status: 'rebooked', rebookedTo: uuid(3) });
    const first = { ...booking, status: 'rebooked', rebookedTo: uuid(2) } as const;
    const rest = [await world.put(second, guestKey, 'history'), await world.put(first, guestKey, 'history')];
    expect(await world.bulk().bring(rest)).toMatchObject({ left: 2 });
    await world.followHints();
    const open = world.salesforce.records('Opportunity').filter(({ Amount }) => Amount !== 0);
    expect(open.map((one) => one.FareHarbor_Booking_UUID__c)).toEqual([uuid(1)]);
  });
});

it('a booking that left a guest behind is the live path’s, which looks at both', async () => {
  const world = await openWorld();
  await world.followAll(await world.put(booking, guestKey, 'news'));
  const change = { kind: 'guest_changed', from: guestKey } as const;
  const moved = await world.put({ ...booking, note: 'now for somebody else' }, keyOf(9), 'history', [change]);
  expect(await world.bulk().bring([moved])).toEqual({ brought: 0, left: 1, waiting: 0 });
  expect(world.calls('salesforce', 'graph')).toBe(0);
});
