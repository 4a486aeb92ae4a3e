import { expect, it } from 'vitest';
import type { Booking } from '../../../shared/booking/booking.ts';
import type { GuestKey } from '../../../shared/guest/guest-key.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { usd, uuid } from '../shared/booking-fixture.ts';
import { keyOf, mailOf, openWorld, someBooking, type World, withTables } from './two-ways.ts';

withTables();

const GUESTS = 14;
const BOOKINGS = 21;
const JOURNEYS = ['booking_created', 'booking_changed', 'booking_cancelled', 'segment:returning', 'stage:upcoming'];

/** Bookings of guests who come back; some cancelled, refunded, rebooked, without an address or a number. */
function history(): { readonly booking: Booking; readonly guest: GuestKey }[] {
  return Array.from({ length: BOOKINGS }, (_, index) => {
    const n = index + 1;
    const guest = (index % GUESTS) + 1;
    const plain = someBooking(n, guest);
    const contact = {
      ...plain.contact,
      ...(guest % 7 === 0 && { email: null }),
      ...(guest % 5 === 0 && { phone: null }),
    };
    const status = n === 15 ? 'rebooked' : n % 11 === 0 ? 'cancelled' : 'booked';
    const rebooked = n === 15 ? { rebookedTo: uuid(1) } : n === 1 ? { rebookedFrom: uuid(15) } : {};
    const price = { ...plain.price, total: usd(10_000 + n) };
    return { booking: { ...plain, contact, status, price, ...rebooked }, guest: keyOf(guest) };
  });
}

const GUESTS_AT_ONCE = 10;

/** Puts the history into a world, each guest's bookings in their order. */
async function fill(world: World, after: (record: BookingRecord) => Promise<void> = async () => {}) {
  const records: BookingRecord[] = [];
  const guests = [...Map.groupBy(history(), ({ guest }) => guest).values()].values();
  const work = async () => {
    for (const bookings of guests) {
      const own: BookingRecord[] = [];
      for (const { booking, guest } of bookings) own.push(await world.put(booking, guest, 'history'));
      for (const record of own) await after(record);
      records.push(...own);
    }
  };
  await Promise.all(Array.from({ length: GUESTS_AT_ONCE }, work));
  return records;
}

it('writes what the live path writes for the same records, with few calls, and tells nobody', {
  timeout: 90_000,
}, async () => {
  const uuids = history().map(({ booking }) => booking.uuid);
  const options = { mailchimp: { journeys: JOURNEYS } };
  const [live, bulk] = [await openWorld(options), await openWorld(options)];
  await fill(live, live.followAll);
  const records = await fill(bulk);
  expect(new Set(records.map(({ attention }) => attention))).toEqual(new Set(['backfill']));

  expect(await bulk.bulk().bring(records)).toEqual({ brought: BOOKINGS, left: 0, waiting: 0 });

  expect(bulk.portrait(uuids)).toEqual(live.portrait(uuids));
  expect(bulk.salesforce.records('Contact')).toHaveLength(GUESTS);
  expect(bulk.salesforce.records('Opportunity')).toHaveLength(BOOKINGS - 1);
  expect(bulk.salesforce.records('Case')).toEqual([]);
  for (const world of [live, bulk]) expect(world.mailchimp.audience().journeys).toEqual([]);
  expect(bulk.calls('mailchimp', 'events.post')).toBe(0);
  expect(bulk.hints).toEqual([]);

  expect(bulk.calls('salesforce', 'graph')).toBe(1);
  expect(bulk.calls('salesforce', 'composite')).toBeLessThanOrEqual(2);
  expect(bulk.calls('mailchimp', 'list.bulk')).toBe(1);
  expect(bulk.calls('mailchimp', 'member.put')).toBe(0);

  // Progress, links and what is kept of guests are the same, too.
  for (const of of uuids) {
    const [one, other] = [await live.read(of), await bulk.read(of)];
    expect(other.attention).toBeUndefined();
    expect(namesOf(other.sync)).toEqual(namesOf(one.sync));
    const rows = await Promise.all([live, bulk].map((world) => world.deps.guests.read(one.guestKey)));
    expect(rows[1]?.sinks.marketing).toEqual(rows[0]?.sinks.marketing);
    expect(Object.keys(rows[1]?.sinks ?? {})).toEqual(Object.keys(rows[0]?.sinks ?? {}));
  }
});

it('lets live changes go on with what it brought: no look-up, and the change is told', async () => {
  const world = await openWorld();
  const booking = someBooking(1, 2);
  await world.bulk().bring([await world.put(booking, keyOf(1), 'history')]);
  const calls = world.calls('salesforce', 'composite');
  const changed = await world.put({ ...booking, status: 'cancelled' }, keyOf(1), 'news');
  expect(changed.attention).toBe('lagging');
  await world.followAll(changed);
  expect(world.calls('salesforce', 'composite')).toBe(calls + 1);
  expect(world.salesforce.records('Contact')).toHaveLength(1);
  expect(world.salesforce.records('Case').map((one) => one.Case_Kind__c)).toEqual(['cancellation']);
  expect(world.mailchimp.contact(mailOf(2))?.events.map(({ name }) => name)).toEqual(['booking_cancelled']);
});

/** The states without ids that a vendor makes up. */
function namesOf(sync: BookingRecord['sync']) {
  const names = Object.entries(sync).map(([sink, { version, state, links = {} }]) => {
    return [sink, { version, state, links: Object.keys(links).sort() }];
  });
  return Object.fromEntries(names);
}
