import { describe, expect, test } from 'vitest';
import { desiredGuest } from '../../../functions/crm-sync/guest/desired-guest.ts';
import { desiredCases } from '../../../functions/crm-sync/sale/desired-cases.ts';
import { desiredSale } from '../../../functions/crm-sync/sale/desired-sale.ts';
import type { Booking } from '../../../shared/booking/booking.ts';
import type { Change } from '../../../shared/booking/changes.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { AUTOMATIC } from '../acts/automatic.ts';
import { aBooking, at, usd, uuid } from '../shared/booking-fixture.ts';
import { aGuest, anUnderstanding, aRecord, NOW, recorded, someSettings } from './record-fixture.ts';

const { salesforce } = someSettings();
const saleFrom = (...chain: [BookingRecord, ...BookingRecord[]]) =>
  desiredSale({ key: chain[0].uuid, chain }, salesforce, AUTOMATIC);
const price = aBooking().price;
const answer = (question: string, value: string) => ({ question, value, type: 'short', customerPk: null });

describe('stage', () => {
  const unpaid = { ...price, paid: null };
  test.each<[string, Partial<Booking>, string]>([
    ['paid', {}, 'Closed Won'],
    ['part paid', { price: { ...price, paid: usd(1) } }, 'Closed Won'],
    ['collected by an affiliate', { price: { ...unpaid, total: usd(0), invoice: usd(15000) } }, 'Closed Won'],
    ['unpaid', { price: unpaid }, 'Negotiation/Review'],
    ['free of charge', { price: { ...unpaid, total: null } }, 'Negotiation/Review'],
    ['cancelled', { status: 'cancelled' }, 'Closed Lost'],
    ['rebooked to one we do not hold', { status: 'rebooked' }, 'Negotiation/Review'],
  ])('%s → %s', (_, booking, stage) => {
    expect(saleFrom(aRecord(booking)).StageName).toBe(stage);
  });
});

describe('money', () => {
  test('of an affiliate’s sale: commission is what remains', () => {
    const affiliate = { shortname: 'islands', name: 'Island Deals' };
    const sold = aRecord({ affiliate, price: { ...price, invoice: usd(15000) } });
    expect(saleFrom(sold)).toMatchObject({
      Amount: 200,
      Total_Amount__c: 200,
      Net_Amount__c: 150,
      Commission__c: 40,
      Affiliate__c: 'Island Deals',
      LeadSource: 'Partner Referral',
    });
  });

  test('of a cancelled booking is no revenue, its price and payments stay for audit', () => {
    expect(saleFrom(aRecord({ status: 'cancelled' }))).toMatchObject({
      Amount: 0,
      Net_Amount__c: 0,
      Commission__c: 0,
      Total_Amount__c: 200,
      Amount_Paid__c: 200,
    });
  });

  const yen = (amount: number) => ({ amount, currency: 'JPY' });
  const inYen: Partial<Booking> = {
    company: { shortname: 'umi-tours', name: 'Umi Tours', currency: 'JPY' },
    price: { total: yen(24000), taxes: null, invoice: null, invoiceTaxes: null, paid: yen(24000), discount: null },
  };
  test('without decimals is not divided', () => {
    expect(saleFrom(aRecord(inYen))).toMatchObject({ Total_Amount__c: 24000, Booking_Currency__c: 'JPY' });
    expect(desiredGuest(aGuest(aRecord(inYen)), AUTOMATIC).account.Lifetime_Value__c).toBe(24000);
  });

  test('in another currency than the org’s one is not given as the standard Amount', () => {
    expect(saleFrom(aRecord(inYen))).not.toHaveProperty('Amount');
    expect(saleFrom(aRecord(inYen))).not.toHaveProperty('CurrencyIsoCode');
  });
});

describe('days are the operator’s', () => {
  // 01:30 UTC on the 21st is 15:30 on the 20th in Honolulu.
  const late = { ...aBooking().availability, startAt: at('2026-12-20T15:30:00-1000') };
  test('tour and closing', () => {
    const createdAt = at('2026-11-20T20:00:00-1000');
    expect(saleFrom(aRecord({ availability: late, createdAt }))).toMatchObject({
      Tour_Date__c: '2026-12-20',
      Tour_Start__c: '2026-12-21T01:30:00.000Z',
      CloseDate: '2026-11-20',
    });
  });

  test('an open sale closes with the tour, a lost one on the day it was cancelled', () => {
    expect(saleFrom(aRecord({ price: { ...price, paid: null } })).CloseDate).toBe('2026-12-20');
    const cancelled = [{ version: 2, at: '2026-11-22T05:00:00.000Z', change: { kind: 'cancelled' } as const }];
    const record = aRecord({ status: 'cancelled' }, { changes: cancelled, changedAt: '2026-12-01T00:00:00.000Z' });
    expect(saleFrom(record).CloseDate).toBe('2026-11-21');
  });
});

describe('a sale', () => {
  test('shows its latest booking, and a version that only rises', () => {
    const first = aRecord({ status: 'rebooked', rebookedTo: uuid(2) }, { version: 3 });
    const second = aRecord({
      uuid: uuid(2),
      rebookedFrom: uuid(1),
      displayId: '#102',
      createdAt: at('2026-11-21T09:00:00-1000'),
    });
    expect(saleFrom(first, second)).toMatchObject({
      FareHarbor_Current_UUID__c: uuid(2),
      FareHarbor_Display_ID__c: '#102',
      Booking_Status__c: 'booked',
      Booking_Version__c: 4,
      // The sale was made when its first booking was.
      CloseDate: '2026-11-20',
    });
  });

  test('has a name that reads by itself and fits', () => {
    expect(saleFrom(aRecord()).Name).toBe('Noa Kealoha · Sunset Kayak · 2026-12-20');
    const item = { pk: 1, name: 'x'.repeat(300) };
    const contact = { ...aBooking().contact, name: 'y'.repeat(300) };
    expect(String(saleFrom(aRecord({ item, contact })).Name).length).toBeLessThanOrEqual(120);
  });

  test('without a tour time has no tour date', () => {
    const availability = { ...aBooking().availability, startAt: null };
    expect(saleFrom(aRecord({ availability }))).toMatchObject({ Tour_Date__c: null, Tour_Start__c: null });
  });

  test('holds the guest’s words and the model’s apart', () => {
    const record = aRecord({ note: 'Window seat', answers: [answer('Diet', 'vegan'), answer('Hotel', ' ')] });
    const { Special_Requests__c, AI_Summary__c, AI_Generated__c } = saleFrom(record);
    expect(Special_Requests__c).toBe('Window seat\nDiet: vegan');
    expect([AI_Summary__c, AI_Generated__c]).toEqual(['A returning couple.', true]);
    const byRules = { ...record, understanding: { ...anUnderstanding, mode: 'rules' as const, summary: null } };
    expect(saleFrom(byRules)).toMatchObject({ AI_Summary__c: null, AI_Generated__c: false });
  });

  test.each<[string, ('checked-in' | 'no-show' | null)[], string | null]>([
    ['nobody yet', [null, null], null],
    ['all', ['checked-in', 'checked-in'], 'checked-in'],
    ['some', ['checked-in', null], 'partly checked-in'],
    ['none', ['no-show', 'no-show'], 'no-show'],
    ['one stayed away', ['checked-in', 'no-show'], 'partly no-show'],
    ['one stayed away, one awaited', ['no-show', null], 'partly no-show'],
    ['no customers listed', [], null],
  ])('attendance: %s', (_, checkins, attendance) => {
    const customers = checkins.map((checkin, pk) => ({ pk, type: null, checkin }));
    expect(saleFrom(aRecord({ customers })).Attendance__c).toBe(attendance);
  });
});

describe('a guest', () => {
  test('is shown with history, score and what to offer', () => {
    expect(desiredGuest(aGuest(aRecord()), AUTOMATIC)).toEqual({
      name: { first: 'Noa', last: 'Kealoha' },
      accountName: 'Kealoha household',
      account: {
        FareHarbor_Guest_Key__c: `g-${uuid(1)}`,
        FareHarbor_Company__c: 'harbor-kayaks',
        Bookings__c: 1,
        Cancellations__c: 0,
        Lifetime_Value__c: 200,
        First_Tour_Date__c: '2026-12-20',
        Last_Tour_Date__c: null,
        Next_Tour_Date__c: '2026-12-20',
        AI_Segment__c: 'returning',
        Predicted_Value__c: 420,
        Phone: '+12025550101',
      },
      contact: expect.objectContaining({
        Email: 'noa@kealoha.test',
        Phone: '+12025550101',
        No_Shows__c: 0,
        Lead_Score__c: 72,
        Churn_Risk__c: 'low',
        Interests__c: 'kayak, sunset',
        Recommended_Upsell__c: 'Whale watching',
        RFM_Bands__c: '5-4-3',
        Predicted_Value__c: 420,
        Preferred_Language__c: 'en',
        Email_Consent__c: true,
      }),
    });
  });

  test('whose predicted value is of another currency than theirs has none', () => {
    const { booking } = aRecord();
    const inYen = aRecord({ company: { ...booking.company, currency: 'JPY' } });
    expect(desiredGuest(aGuest(inYen), AUTOMATIC).contact.Predicted_Value__c).toBeNull();
  });

  test('of a company has the company’s account', () => {
    const understanding = { ...anUnderstanding, segment: 'corporate-group' as const };
    const accountName = (answers: Booking['answers']) =>
      desiredGuest(aGuest(aRecord({ answers }, { understanding })), AUTOMATIC).accountName;
    expect(accountName([answer('Company name', 'Tidewater Ltd')])).toBe('Tidewater Ltd');
    expect(accountName([answer('Do you like our company?', 'yes')])).toBe('Noa Kealoha (company)');
  });
});

describe('cases', () => {
  const of = (changes: Change[], booking: Partial<Booking> = {}, synced = 0) =>
    desiredCases(aRecord(booking, { changes: recorded(1, ...changes) }), synced, uuid(7), AUTOMATIC);
  const tourIn = (days: number) => {
    const instant = new Date(NOW.getTime() + days * 86_400_000).toISOString();
    return { availability: { ...aBooking().availability, startAt: { instant, offsetMinutes: -600 } } };
  };

  test('are for what asks something of a person, each with its own key', () => {
    const changes: Change[] = [
      { kind: 'booked' },
      { kind: 'cancelled' },
      { kind: 'refunded', amount: usd(500) },
      { kind: 'complaint_raised' },
      { kind: 'accessibility_requested' },
      { kind: 'note_changed' },
      { kind: 'rebooked_away', to: uuid(2) },
    ];
    expect(of(changes).map(({ kind, eventKey }) => [kind, eventKey])).toEqual([
      ['cancellation', `${uuid(1)}:1:cancelled`],
      ['refund', `${uuid(1)}:1:refunded`],
      ['complaint', `${uuid(1)}:1:complaint_raised`],
      ['accessibility', `${uuid(1)}:1:accessibility_requested`],
    ]);
  });

  test('of what a rebooking takes along have one key on both bookings', () => {
    const changes: Change[] = [
      { kind: 'refunded', amount: usd(500), refundPk: 9 },
      { kind: 'refunded', amount: usd(700), refundPk: 10 },
      { kind: 'complaint_raised', words: '0123456789abcdef' },
      { kind: 'complaint_raised', words: '0123456789abcdef' },
    ];
    expect(of(changes).map(({ eventKey }) => eventKey)).toEqual([
      'harbor-kayaks:refund:9',
      'harbor-kayaks:refund:10',
      `${uuid(7)}:complaint_raised:0123456789abcdef`,
    ]);
    expect(of(changes, { uuid: uuid(2) })).toMatchObject(of(changes).map(({ eventKey }) => ({ eventKey })));
  });

  test('are not made again for versions Salesforce holds, nor for a refund taken back', () => {
    expect(of([{ kind: 'cancelled' }], {}, 1)).toEqual([]);
    expect(of([{ kind: 'refunded', amount: usd(-500) }])).toEqual([]);
  });

  test('never set a status: a closed Case stays closed', () => {
    expect(of([{ kind: 'cancelled' }])[0]?.values).not.toHaveProperty('Status');
  });

  test.each<[string, Change, number, string]>([
    ['cancelled the day before', { kind: 'cancelled' }, 1, 'High'],
    ['cancelled weeks before', { kind: 'cancelled' }, 20, 'Medium'],
    ['cancelled afterwards', { kind: 'cancelled' }, -3, 'Medium'],
    ['refunded the day before', { kind: 'refunded', amount: usd(1) }, 1, 'Medium'],
    ['accessibility this week', { kind: 'accessibility_requested' }, 6, 'High'],
    ['accessibility later', { kind: 'accessibility_requested' }, 30, 'Medium'],
    ['a complaint, whenever', { kind: 'complaint_raised' }, -40, 'High'],
  ])('priority: %s', (_, change, days, priority) => {
    expect(of([change], tourIn(days))[0]?.values.Priority).toBe(priority);
  });

  test('words of the guest set no priority', () => {
    const urgent = { ...anUnderstanding, signals: { ...anUnderstanding.signals, urgency: 'high' as const } };
    const record = aRecord({}, { changes: recorded(1, { kind: 'cancelled' }), understanding: urgent });
    expect(desiredCases(record, 0, uuid(1), AUTOMATIC)[0]?.values.Priority).toBe('Medium');
  });

  test('are prefilled; the guest’s words stand where they are the matter', () => {
    const note = 'The guide was rude';
    const [refund, complaint] = of([{ kind: 'refunded', amount: usd(500) }, { kind: 'complaint_raised' }], { note });
    expect(refund?.values.Subject).toBe('Refunded: Sunset Kayak · 2026-12-20 · #101');
    expect(refund?.values.Description).toContain('This refund: USD 5.00');
    expect(refund?.values.Description).not.toContain(note);
    expect(complaint?.values.Description).toContain(note);
    expect(complaint?.values).toMatchObject({ Case_Kind__c: 'complaint', SuppliedEmail: 'noa@kealoha.test' });
  });
});
