import { describe, expect, test } from 'vitest';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { AUTOMATIC } from '../acts/automatic.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { open } from './open-desk.ts';
import { aRecord } from './record-fixture.ts';

/** A mistyped address made a guest of its own; corrected, it is a guest's who was there before. */

const TYPO = guestKeyFor(uuid(1));
const RIGHT = guestKeyFor(uuid(2));
const { contact } = aBooking();
const corrected = { ...contact, name: 'Noa Kealoha', email: 'noa@kealoha-home.test', phone: '+12025550177' };
const mistyped = aRecord();
/** The same booking, by now the other guest's. */
const moved = aRecord({ contact: corrected }, { version: 2, guestKey: RIGHT });
const other = aRecord({ uuid: uuid(2), contact: corrected }, { guestKey: RIGHT });

/** What is empty in Salesforce has no value there. */
const figuresOf = (record: Record<string, unknown> | undefined) => [
  record?.Bookings__c,
  record?.Lifetime_Value__c,
  record?.Last_Tour_Date__c ?? null,
  record?.Next_Tour_Date__c ?? null,
];
const NOTHING = [0, 0, null, null];
const MADE_BY_AI = ['Lead_Score__c', 'AI_Segment__c', 'Predicted_Value__c', 'Churn_Risk__c', 'RFM_Bands__c'];

describe('a guest whose bookings are all another guest’s', () => {
  const orders = [
    ['the other guest came first', [other, mistyped]],
    ['the mistyped booking came first', [mistyped, other]],
  ] as const;

  test.each(orders)('shows nothing booked, and the other shows all: %s', async (_title, records) => {
    const desk = await open();
    for (const record of records) await desk.bring(record);
    desk.put(moved);
    await desk.again(mistyped);
    await desk.bring(moved);
    const contacts = desk.vendor.records('Contact');
    expect(contacts.map(({ Email, Bookings__c }) => [Email, Bookings__c]).sort()).toEqual([
      ['noa@kealoha-home.test', 2],
      ['noa@kealoha.test', 0],
    ]);
    const left = contacts.find(({ FareHarbor_Guest_Key__c: key }) => key === TYPO);
    expect(left?.LastName).toBe('Kealoha');
    expect(figuresOf(left)).toEqual(NOTHING);
    expect(MADE_BY_AI.filter((field) => (left?.[field] ?? null) !== null)).toEqual([]);
    const account = desk.vendor.records('Account').find(({ FareHarbor_Guest_Key__c: key }) => key === TYPO);
    expect(figuresOf(account)).toEqual(NOTHING);
    expect(account?.AI_Segment__c ?? null).toBeNull();
    const own = contacts.find(({ FareHarbor_Guest_Key__c: key }) => key === RIGHT);
    expect(desk.vendor.records('Opportunity').map(({ Guest__c }) => Guest__c)).toEqual([own?.Id, own?.Id]);
  });

  test('leaves a record alone that is another guest’s by now, and makes none', async () => {
    const desk = await open();
    await desk.bring(mistyped);
    const [own] = desk.vendor.records('Contact');
    await desk.remove('Contact', String(own?.Id));
    desk.vendor.insert('Contact', { LastName: 'Kealoha', Bookings__c: 7, FareHarbor_Guest_Key__c: RIGHT });
    const before = desk.vendor.records('Contact');
    desk.put(moved);
    await desk.again(mistyped);
    expect(desk.vendor.records('Contact')).toEqual(before);
    expect(figuresOf(desk.vendor.records('Account')[0])).toEqual(NOTHING);
  });

  test('keeps what AI wrote while that is only shown in shadow', async () => {
    const shadow = {
      ...AUTOMATIC,
      of: { ...AUTOMATIC.of, score: { mode: 'shadow' }, segment: { mode: 'shadow' } },
    } as const;
    let policies: typeof AUTOMATIC = AUTOMATIC;
    const desk = await open({ acts: { policiesOf: async () => policies, append: async () => {} } });
    await desk.bring(mistyped);
    const [before] = desk.vendor.records('Contact');
    policies = shadow;
    desk.put(moved);
    await desk.again(mistyped);
    const [after] = desk.vendor.records('Contact');
    expect(figuresOf(after)).toEqual(NOTHING);
    expect([after?.AI_Segment__c, after?.Lead_Score__c]).toEqual([before?.AI_Segment__c, before?.Lead_Score__c]);
  });
});
