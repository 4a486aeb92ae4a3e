import { expect, onTestFinished, test } from 'vitest';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { crmDesk } from './crm-desk.ts';
import { aRecord } from './record-fixture.ts';

test('an older state written last is mended by the next look at either booking', async () => {
  const desk = await crmDesk();
  onTestFinished(() => desk.close());
  const { contact } = aBooking();
  await desk.bring(aRecord());
  const ida = { ...contact, email: 'ida@lund.test', phone: null, name: 'Ida Lund' };
  const successor = aRecord({ uuid: uuid(2), rebookedFrom: uuid(1), contact: ida }, { guestKey: guestKeyFor(uuid(2)) });
  await desk.bring(successor);
  const brought = desk.vendor.records('Opportunity');
  expect(brought).toMatchObject([{ FareHarbor_Current_UUID__c: uuid(2) }]);
  // The old booking's group had read its record before the successor was there, and wrote after it.
  await desk.bring(aRecord({}, { version: 2 }));
  expect(desk.vendor.records('Opportunity')).toMatchObject([{ FareHarbor_Current_UUID__c: uuid(1) }]);

  await desk.bring(aRecord({ status: 'rebooked', rebookedTo: uuid(2) }, { version: 3 }));
  const { FareHarbor_Current_UUID__c, StageName, Guest__c, AccountId } = brought[0] ?? {};
  expect(desk.vendor.records('Opportunity')).toMatchObject([
    { FareHarbor_Current_UUID__c, StageName, Guest__c, AccountId },
  ]);
});
