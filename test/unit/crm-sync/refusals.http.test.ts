import { expect, test } from 'vitest';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { open } from './open-desk.ts';
import { aRecord } from './record-fixture.ts';

const { contact } = aBooking();
const second = (name: string, email: string | null) =>
  aRecord({ uuid: uuid(2), contact: { ...contact, name, email } }, { guestKey: guestKeyFor(uuid(2)) });

test('a record that Salesforce rejects is parked with its reason and without its data; others go on', async () => {
  const desk = await open();
  const email = `${'kealoha'.repeat(12)}@kealoha.test`;
  const error = await desk.park(aRecord({ contact: { ...contact, email } }));
  expect(error.code).toBe('salesforce.data');
  expect(error.message).toMatch(/^Salesforce refused: \w+ at contact \(Email\)/);
  const parked = desk.record(uuid(1))?.sync.crm;
  expect(parked).toMatchObject({ state: 'parked', reason: error.message, remedy: error.remedy });
  expect(JSON.stringify([parked, desk.lines])).not.toMatch(/kealoha/i);
  // All or nothing: no account of a guest whose contact was refused.
  expect(desk.vendor.history).toEqual([]);

  await desk.bring(second('Ida Lund', 'ida@lund.test'));
  expect(desk.vendor.records('Opportunity')).toHaveLength(1);
});

test('a field that the permission set was not given is named, with what to deploy', async () => {
  const desk = await open({ org: { hiddenFields: ['Opportunity.Party_Size__c'] } });
  const error = await desk.park(aRecord());
  expect(error.code).toBe('salesforce.set-up');
  expect(error.message).toContain('Party_Size__c');
  expect(error.remedy).toContain('Harborlight_Sync');
});

test('several opportunities of one key, in an org that never made it unique: nothing is written', async () => {
  const desk = await open({ org: { notUnique: ['Opportunity.FareHarbor_Booking_UUID__c'] } });
  const sale = {
    Name: 'n',
    StageName: 'Closed Won',
    CloseDate: '2026-01-01',
    FareHarbor_Booking_UUID__c: uuid(1),
  };
  desk.vendor.insert('Opportunity', sale);
  desk.vendor.insert('Opportunity', sale);
  const error = await desk.park(aRecord());
  expect(error.code).toBe('salesforce.ambiguous');
  expect(desk.vendor.history).toEqual([]);
});

test('a duplicate rule that warns is passed, one that blocks parks', async () => {
  for (const [rule, contacts] of [
    ['alert', 2],
    ['block', 1],
  ] as const) {
    const desk = await open({ org: { duplicateRules: rule } });
    // The same person is a guest of another company in the same org: a contact with a key of its own.
    desk.vendor.insert('Contact', { LastName: 'K', Email: 'noa@kealoha.test', FareHarbor_Guest_Key__c: 'g-other' });
    if (rule === 'alert') await desk.bring(aRecord());
    else expect((await desk.park(aRecord())).code).toBe('salesforce.duplicates-detected');
    expect(desk.vendor.records('Contact')).toHaveLength(contacts);
  }
});

test.each([
  ['UNABLE_TO_LOCK_ROW', 'salesforce.lock'],
  ['SERVER_UNAVAILABLE', 'salesforce.unavailable'],
])('%s sends the booking back, and it arrives later', async (errorCode, code) => {
  const desk = await open();
  desk.server.fault({ route: 'composite', match: 'PATCH', status: 400, body: [{ errorCode, message: '-' }] });
  await expect(desk.bring(aRecord())).rejects.toMatchObject({ name: 'RetryableError', code });
  expect(desk.record(uuid(1))?.sync.crm?.version).toBe(0);
  await desk.again(aRecord());
  expect(desk.record(uuid(1))?.sync.crm?.version).toBe(1);
  expect(desk.vendor.records('Opportunity')).toHaveLength(1);
});

test('a guest without name, e-mail address and phone is brought all the same', async () => {
  const desk = await open();
  await desk.bring(aRecord({ contact: { ...contact, name: '', email: null, phone: null } }));
  expect(desk.vendor.state()).toMatchObject({
    Account: [{ Name: 'Guest household' }],
    Contact: [{ LastName: 'Guest' }],
    Opportunity: [{ Name: '#101 · Sunset Kayak · 2026-12-20' }],
  });
});
