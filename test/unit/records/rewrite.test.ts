import { expect, it } from 'vitest';
import { keyOf, mailOf, openWorld, someBooking, withTables } from '../backfill-bulk/two-ways.ts';
import { uuid } from '../shared/booking-fixture.ts';

withTables();

const JOURNEYS = ['booking_created', 'booking_cancelled', 'activity:Sunset Kayak', 'stage:cancelled'];
const cancelled = someBooking(1, 2, { status: 'cancelled' });

it('a wish for a rewrite brings back what a vendor lost, and tells nothing twice', async () => {
  const world = await openWorld({ mailchimp: { journeys: JOURNEYS } });
  await world.followAll(await world.put(someBooking(1, 2), keyOf(1), 'news'));
  await world.followAll(await world.put(cancelled, keyOf(1), 'news'));
  const [before, journeys] = [world.portrait([uuid(1)]), world.mailchimp.audience().journeys.length];
  expect(before.join('\n')).toContain('Case');

  // What somebody else wrote over ours: the version does not tell of it.
  const stale = {
    FareHarbor_Booking_UUID__c: uuid(1),
    Booking_Status__c: 'booked',
    Name: 'n',
    StageName: 'Closed Won',
  };
  world.salesforce.reset();
  world.salesforce.insert('Opportunity', { ...stale, CloseDate: '2026-01-01' });
  const contact = world.mailchimp.contact(mailOf(2));
  if (contact === undefined) throw new Error('there is no contact');
  contact.mergeValues = { ...contact.mergeValues, BOOKINGS: 99 };

  await world.followAll(await world.read(uuid(1)));
  expect(contact.mergeValues.BOOKINGS).toBe(99);

  for (const sink of ['crm', 'marketing']) await world.deps.bookings.noteRewrite(uuid(1), sink);
  expect((await world.read(uuid(1))).attention).toBe('lagging');
  await world.followAll(await world.read(uuid(1)));
  const after = world.portrait([uuid(1)]);
  expect(after.filter((line) => !line.startsWith('Case'))).toEqual(before.filter((line) => !line.startsWith('Case')));
  expect(world.salesforce.records('Case')).toEqual([]);
  expect(world.mailchimp.contact(mailOf(2))?.events.map(({ name }) => name)).toEqual([
    'booking_created',
    'booking_cancelled',
  ]);
  expect(world.mailchimp.audience().journeys).toHaveLength(journeys);
  expect((await world.read(uuid(1))).attention).toBeUndefined();
});

it('history that the live path brings is told to nobody; what happens after it is', async () => {
  const world = await openWorld({ mailchimp: { journeys: JOURNEYS } });
  await world.followAll(await world.put(cancelled, keyOf(1), 'history'));
  expect(world.salesforce.records('Opportunity')).toHaveLength(1);
  expect(world.salesforce.records('Case')).toEqual([]);
  expect(world.mailchimp.contact(mailOf(2))?.events).toEqual([]);
  expect(world.mailchimp.audience().journeys).toEqual([]);

  await world.followAll(await world.put(someBooking(1, 2), keyOf(1), 'news'));
  await world.followAll(await world.put(cancelled, keyOf(1), 'news'));
  expect(world.salesforce.records('Case').map((one) => one.Case_Kind__c)).toEqual(['cancellation']);
  expect(world.mailchimp.contact(mailOf(2))?.events.map(({ name }) => name)).toEqual([
    'booking_changed',
    'booking_cancelled',
  ]);
});
