import { expect, it } from 'vitest';
import { createFareHarbor } from '../vendors/fareharbor/fareharbor.ts';
import { compare } from './load-check.ts';
import { makeScene } from './load-scene.ts';

/** Two bookings of one guest, the second cancelled, and what both vendors should hold of them. */
function sound() {
  const vendor = createFareHarbor();
  const contact = { email: 'Guest@Guests.test' };
  const paid = vendor.book({ contact, party: { Adult: 3 } });
  vendor.pay(paid.uuid);
  const cancelled = vendor.book({ contact });
  vendor.cancel(cancelled.uuid);
  const sale = { FareHarbor_Booking_UUID__c: paid.uuid, FareHarbor_Current_UUID__c: paid.uuid, Guest__c: '003' };
  const lost = { ...sale, FareHarbor_Booking_UUID__c: cancelled.uuid, FareHarbor_Current_UUID__c: cancelled.uuid };
  const total = ({ uuid }: { uuid: string }) => Number(JSON.parse(vendor.bodyOf(uuid)).booking.receipt_total) / 100;
  const standing = { StageName: 'Closed Won', Booking_Status__c: 'booked', Party_Size__c: 3 };
  const gone = { StageName: 'Closed Lost', Booking_Status__c: 'cancelled', Party_Size__c: 2, Amount_Paid__c: 0 };
  const salesforce = {
    Account: [{}],
    Contact: [{ Id: '003', Email: 'guest@guests.test', Bookings__c: 1 }],
    Opportunity: [
      { ...sale, ...standing, Total_Amount__c: total(paid), Amount_Paid__c: total(paid) },
      { ...lost, ...gone, Total_Amount__c: total(cancelled) },
    ],
    Case: [{ FareHarbor_Booking_UUID__c: cancelled.uuid, Case_Kind__c: 'cancellation' }],
  };
  const event = (event_key: string) => ({ properties: { event_key } });
  const member = { merge_fields: { BOOKINGS: 1 }, events: [event('a'), event('b')] };
  return { bookings: [paid, cancelled], salesforce, mailchimp: { members: { 'guest@guests.test': member } }, event };
}

it('finds nothing wrong where both vendors hold what FareHarbor does', () => {
  const { bookings, salesforce, mailchimp } = sound();
  expect(compare(bookings, { salesforce, mailchimp })).toEqual([]);
});

it('finds what is missing, wrong or there twice', () => {
  const { bookings, salesforce, mailchimp, event } = sound();
  const [sale, lost] = salesforce.Opportunity;
  const [kase] = salesforce.Case;
  const seen = (other: object, members: object = mailchimp.members) =>
    compare(bookings, { salesforce: { ...salesforce, ...other }, mailchimp: { members } }).length;
  expect(seen({ Opportunity: [sale] })).toBeGreaterThan(0);
  expect(seen({ Opportunity: [sale, lost, lost] })).toBeGreaterThan(0);
  for (const wrong of [
    { Party_Size__c: 4 },
    { Total_Amount__c: 1 },
    { Amount_Paid__c: 1 },
    { Booking_Status__c: 'cancelled' },
    { StageName: 'Closed Lost' },
    { Guest__c: '004' },
  ]) {
    expect(seen({ Opportunity: [{ ...sale, ...wrong }, lost] })).toBe(1);
  }
  expect(seen({ Case: [] })).toBe(1);
  expect(seen({ Case: [kase, kase] })).toBe(1);
  expect(seen({ Account: [{}, {}] })).toBe(1);
  expect(seen({ Contact: [...salesforce.Contact, ...salesforce.Contact] })).toBeGreaterThan(0);
  expect(seen({}, {})).toBeGreaterThan(0);
  const [email, member] = Object.entries(mailchimp.members)[0] ?? [];
  expect(seen({}, { [String(email)]: { ...member, events: [event('a'), event('a')] } })).toBe(1);
  expect(seen({}, { [String(email)]: { ...member, merge_fields: { BOOKINGS: 2 } } })).toBe(1);
});

it('a scene has the shares that were asked for, is the same for the same seed, and tells of a booking before it changes', () => {
  const options = { bookings: 1000, duplicates: 0.3, changes: 0.2, seed: 7, prefix: 'scene' };
  const [first, again] = [createFareHarbor(), createFareHarbor()];
  const { webhooks, emails } = makeScene({ vendor: first }, options);
  expect(webhooks.map(({ uuid }) => uuid)).toEqual(
    makeScene({ vendor: again }, options).webhooks.map(({ uuid }) => uuid),
  );
  expect(emails).toHaveLength(300);
  expect(webhooks).toHaveLength(1500);
  const told = [...Map.groupBy(webhooks, ({ uuid }) => uuid).values()].map(({ length }) => length);
  expect([1, 2, 3].map((times) => told.filter((count) => count === times).length)).toEqual([600, 300, 100]);
  // A change of a booking that is not there yet would throw.
  for (const { body } of webhooks) body();
  expect(first.account.bookings.size).toBe(1000);
});
