import { describe, expect, test } from 'vitest';
import { differences } from './check.ts';
import type { Expectation } from './expectation.ts';
import { readStates } from './vendor-state.ts';

const uuid = '11111111-1111-5111-8111-111111111111';
const later = '22222222-2222-5222-8222-222222222222';

const expected: Expectation = {
  bookings: [
    {
      uuid,
      status: 'rebooked',
      opportunity: {
        stage: 'won',
        amountMinor: 18_810,
        currency: 'USD',
        partySize: 2,
        tourDate: '2026-04-01',
        currentUuid: later,
        attendance: 'no-show',
      },
      cases: ['refund', 'cancellation'],
    },
    { uuid: later, status: 'booked', opportunity: null, cases: [] },
  ],
  guests: [
    {
      email: 'mara@guests.test',
      name: 'Mara Keahi',
      contacts: 1,
      sales: [uuid],
      member: {
        status: 'subscribed',
        nextTour: '2026-04-01',
        lastTour: null,
        events: { booking_created: 1, booking_changed: [0, 1] },
        tagsInclude: ['kept'],
        tagsExclude: ['gone'],
      },
    },
  ],
};

/** A state in which everything is as expected; each test spoils one thing. */
function perfect() {
  return {
    contacts: [{ Id: '003A', Email: 'Mara@guests.test', FirstName: 'Mara', LastName: 'Keahi' }],
    opportunity: {
      Id: '006A',
      FareHarbor_Booking_UUID__c: uuid,
      FareHarbor_Current_UUID__c: later,
      Guest__c: '003A',
      StageName: 'Closed Won',
      Booking_Status__c: 'booked',
      Booking_Currency__c: 'USD',
      Total_Amount__c: 188.1,
      Party_Size__c: 2,
      Tour_Date__c: '2026-04-01',
      Attendance__c: 'no-show',
    },
    cases: [
      { Case_Kind__c: 'cancellation', Opportunity__c: '006A' },
      { Case_Kind__c: 'refund', FareHarbor_Booking_UUID__c: later },
    ],
    member: {
      status: 'subscribed',
      merge_fields: { NEXT_TOUR: '2026-04-01', LAST_TOUR: '' },
      tags: ['kept', 'not ours'],
      events: [{ name: 'booking_created' }],
    },
  };
}
type Perfect = ReturnType<typeof perfect>;

function check({ contacts, opportunity, cases, member }: Perfect, expectation = expected): string[] {
  const salesforce = { Contact: contacts, Opportunity: [opportunity], Case: cases };
  return differences(expectation, readStates(salesforce, { members: { 'mara@guests.test': member } }));
}

test('finds nothing where all is as it should be', () => {
  expect(check(perfect())).toEqual([]);
});

const spoilt: readonly [string, (state: Perfect) => void, RegExp][] = [
  ['another stage', (state) => (state.opportunity.StageName = 'Closed Lost'), /stage is "Closed Lost"/],
  ['a cent too much', (state) => (state.opportunity.Total_Amount__c = 188.11), /amount is 188.11 instead of 188.1/],
  ['minor units for major ones', (state) => (state.opportunity.Total_Amount__c = 18_810), /amount/],
  ['another currency', (state) => (state.opportunity.Booking_Currency__c = 'EUR'), /currency/],
  ['another party', (state) => (state.opportunity.Party_Size__c = 3), /party size/],
  ['the day before', (state) => (state.opportunity.Tour_Date__c = '2026-03-31'), /tour date/],
  [
    'the old booking still current',
    (state) => (state.opportunity.FareHarbor_Current_UUID__c = uuid),
    /current booking/,
  ],
  ['a status of the old booking', (state) => (state.opportunity.Booking_Status__c = 'rebooked'), /status/],
  ['an attendance missed', (state) => (state.opportunity.Attendance__c = 'checked-in'), /attendance/],
  [
    'a sale of its own for the new booking',
    (state) => (state.opportunity.FareHarbor_Booking_UUID__c = later),
    /opportunities of its own/,
  ],
  ['a Case twice', (state) => state.cases.push({ Case_Kind__c: 'refund', Opportunity__c: '006A' }), /cases/],
  ['a Case missing', (state) => state.cases.pop(), /cases/],
  [
    'two contacts',
    (state) => state.contacts.push({ Id: '003B', Email: 'mara@guests.test', FirstName: 'Mara', LastName: 'Keahi' }),
    /contacts is 2/,
  ],
  ['a sale that points elsewhere', (state) => (state.opportunity.Guest__c = '003B'), /points to 003B/],
  ['a name cut off', (state) => Object.assign(state.contacts[0] ?? {}, { LastName: 'K' }), /name/],
  ['another consent', (state) => (state.member.status = 'transactional'), /member status/],
  ['no next tour', (state) => (state.member.merge_fields.NEXT_TOUR = ''), /next tour/],
  ['a last tour', (state) => (state.member.merge_fields.LAST_TOUR = '2026-01-01'), /last tour/],
  [
    'an event twice',
    (state) => state.member.events.push({ name: 'booking_created' }),
    /booking_created 2 times instead of 1/,
  ],
  [
    'an event not expected',
    (state) => state.member.events.push({ name: 'booking_cancelled' }),
    /booking_cancelled 1 times instead of 0/,
  ],
  ['an event lost', (state) => state.member.events.pop(), /booking_created 0 times/],
  [
    'more events than may be',
    (state) => state.member.events.push({ name: 'booking_changed' }, { name: 'booking_changed' }),
    /instead of 0 to 1/,
  ],
  ['a tag missing', (state) => state.member.tags.shift(), /"kept" is missing/],
  ['a tag left behind', (state) => state.member.tags.push('gone'), /"gone" should be gone/],
];

describe('tells of', () => {
  test.each(spoilt)('%s', (_name, spoil, told) => {
    const state = perfect();
    spoil(state);
    expect(check(state).join('\n')).toMatch(told);
  });
});

test('tells of a member who should not be one, and of one who is missing', () => {
  const [guest] = expected.guests;
  if (guest === undefined) throw new Error('no guest');
  expect(check(perfect(), { bookings: [], guests: [{ ...guest, member: null }] })).toEqual([
    'guest mara@guests.test: is a member and should not be',
  ]);
  const other = { ...guest, email: 'other@guests.test', contacts: 0, sales: [] };
  expect(check(perfect(), { bookings: [], guests: [other] })).toEqual(['guest other@guests.test: is not a member']);
});

test('a guest without e-mail is found by where the sale points', () => {
  const [guest] = expected.guests;
  if (guest === undefined) throw new Error('no guest');
  const walkIn = { bookings: [], guests: [{ ...guest, email: null, member: null }] };
  const state = perfect();
  expect(check(state, walkIn)).toEqual([]);
  state.opportunity.Guest__c = '003Z';
  expect(check(state, walkIn)).toEqual(['guest Mara Keahi: contacts is 0 instead of 1']);
});

test.each([
  ['JPY', 43_340, 43_340],
  ['KWD', 18_500, 18.5],
  ['EUR', 9_905, 99.05],
])('knows the decimals of %s', (currency, amountMinor, amount) => {
  const [booking] = expected.bookings;
  if (!booking?.opportunity) throw new Error('no opportunity');
  const state = perfect();
  Object.assign(state.opportunity, { Booking_Currency__c: currency, Total_Amount__c: amount });
  const opportunity = { ...booking.opportunity, currency, amountMinor };
  expect(check(state, { bookings: [{ ...booking, opportunity }], guests: [] })).toEqual([]);
});
