import { expect, onTestFinished, test } from 'vitest';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { type CrmDesk, crmDesk } from './crm-desk.ts';
import { aRecord } from './record-fixture.ts';

/** A booking rebooked twice, 1 → 2 → 3. */
const first = aRecord({ status: 'rebooked', rebookedTo: uuid(2) }, { version: 2 });
const middle = aRecord({ uuid: uuid(2), status: 'rebooked', rebookedFrom: uuid(1), rebookedTo: uuid(3) });
const last = aRecord({ uuid: uuid(3), rebookedFrom: uuid(2) });
/** One minute before the tests' present: as long as a sale waits for its beginning. */
const waited = { firstSeenAt: '2026-11-21T19:59:00.000Z' };

async function open(): Promise<CrmDesk> {
  const desk = await crmDesk();
  onTestFinished(() => desk.close());
  return desk;
}

const sales = (desk: CrmDesk) =>
  desk.vendor.records('Opportunity').map((one) => [one.FareHarbor_Booking_UUID__c, one.StageName, one.Amount]);

test('a sale waits for the booking it came from, which says that it began even earlier', async () => {
  const desk = await open();
  await desk.bring(first);
  await expect(desk.bring(last)).rejects.toMatchObject({ name: 'RetryableError', code: 'sale.beginning-awaited' });
  expect(desk.vendor.history.filter(({ object }) => object === 'Opportunity')).toHaveLength(1);
  desk.put(middle);
  await desk.again(last);
  expect(sales(desk)).toEqual([[uuid(1), 'Closed Won', 200]]);
});

test('a sale brought under the middle booking, which came later still, does not stand beside the sale', async () => {
  const desk = await open();
  await desk.bring(first);
  await desk.bring({ ...last, ...waited });
  expect(sales(desk)).toEqual([
    [uuid(1), 'Negotiation/Review', 0],
    [uuid(2), 'Closed Won', 200],
  ]);
  await desk.bring(middle);
  const settled = [
    [uuid(1), 'Closed Won', 200],
    [uuid(2), 'Closed Lost', 0],
  ];
  expect(sales(desk)).toEqual(settled);

  // Once closed, it is left to people.
  const calls = desk.composites().length;
  await desk.bring({ ...last, ...waited, version: 2, booking: aBooking({ ...last.booking, note: 'window seat' }) });
  expect(sales(desk)).toEqual(settled);
  expect(desk.composites()).toHaveLength(calls + 1);
});

test('a booking that was rebooked once waits, but not for ever', async () => {
  const desk = await open();
  await desk.bring({ ...middle, ...waited });
  expect(sales(desk)).toEqual([[uuid(1), 'Negotiation/Review', 0]]);
});
