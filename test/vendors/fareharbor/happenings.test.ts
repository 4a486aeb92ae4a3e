import { expect, test } from 'vitest';
import { companyDay, companyTime, instantOf } from './catalogue.ts';
import { deviations } from './deviations.ts';
import { createFareHarbor } from './fareharbor.ts';
import { publishedSchema } from './published-schemas.ts';
import { receiptOf, uuidOf } from './record.ts';
import { at } from './running.ts';

const now = () => Date.parse('2026-03-10T05:00:00Z');
const body = (text: string) => at(JSON.parse(text), 'booking');

test('an edit and its undoing leave the very same body', () => {
  const fareharbor = createFareHarbor({ now });
  const { uuid } = fareharbor.book({ note: 'a', answers: { Lunch: 'Fish' }, contact: { phone: '+12025550101' } });
  const before = fareharbor.bodyOf(uuid);
  const back = { note: 'a', answers: { Lunch: 'Fish' }, party: { Adult: 2 }, contact: { phone: '+12025550101' } };
  fareharbor.edit(uuid, {
    note: 'b',
    answers: { Lunch: 'Vegetarian' },
    party: { Adult: 3 },
    contact: { phone: '+12025550102' },
  });
  expect(fareharbor.bodyOf(uuid)).not.toBe(before);
  fareharbor.edit(uuid, back);
  expect(fareharbor.bodyOf(uuid)).toBe(before);
});

test('a payment shows what was first paid and what its refunds left; a cancelled refund takes nothing', () => {
  const fareharbor = createFareHarbor({ now });
  const { uuid } = fareharbor.book({ company: 'umi-tours' });
  fareharbor.pay(uuid);
  fareharbor.refund(uuid, { amount: 560 });
  fareharbor.refund(uuid, { amount: 1000, cancelled: true });
  expect(body(fareharbor.bodyOf(uuid))).toMatchObject({
    receipt_total: 32_560,
    amount_paid: 32_000,
    payments: [
      {
        initial_amount_paid: 32_560,
        amount_paid: 32_000,
        initial_amount_paid_display: '32,560',
        refunds: [{ amount_refunded: 560 }, { is_cancelled: true }],
      },
    ],
  });
});

test.each([
  ['harbor-kayaks', 18_810, '188.10'],
  ['bateau-mouette', 9_900, '99,00'],
  ['umi-tours', 32_560, '32,560'],
  ['dhow-days', 37_000, '37.000'],
])('%s writes its amounts as its country does', (company, total, display) => {
  const fareharbor = createFareHarbor({ now });
  const { uuid } = fareharbor.book({ company });
  expect(body(fareharbor.bodyOf(uuid))).toMatchObject({ receipt_total: total, receipt_total_display: display });
});

test('a rebooking gives new customer pks, keeps the guest and takes the payments along', () => {
  const fareharbor = createFareHarbor({ now });
  const old = fareharbor.book({ party: { Adult: 1, Child: 1 }, answers: { Lunch: 'Fish' } });
  fareharbor.pay(old.uuid);
  const created = fareharbor.rebook(old.uuid, { startAt: '2026-03-25T09:00:00-1000' });
  expect(created).toMatchObject({ rebookedFrom: old.uuid, contact: old.contact, status: 'booked' });
  expect(old).toMatchObject({ status: 'rebooked', rebookedTo: created.uuid, payments: [] });
  expect(receiptOf(created).paid).toBe(receiptOf(created).total);
  const pks = created.customers.map(({ pk }) => pk);
  expect(old.customers.some(({ pk }) => pks.includes(pk))).toBe(false);
  expect(() => fareharbor.rebook(old.uuid)).toThrow('already been rebooked');
});

test('a cancelled booking can be restored, and only a cancelled one', () => {
  const fareharbor = createFareHarbor({ now });
  const { uuid } = fareharbor.book();
  const before = fareharbor.bodyOf(uuid);
  expect(() => fareharbor.reinstate(uuid)).toThrow('not cancelled');
  fareharbor.cancel(uuid);
  expect(body(fareharbor.bodyOf(uuid))).toMatchObject({ status: 'cancelled', is_eligible_for_cancellation: false });
  fareharbor.reinstate(uuid);
  expect(fareharbor.bodyOf(uuid)).toBe(before);
});

test('a reminder changes nothing that the published body shows', () => {
  const fareharbor = createFareHarbor({ now });
  const plain = fareharbor.book();
  const odd = fareharbor.book({ deviations: ['unknown-fields'] });
  const before = [plain, odd].map(({ uuid }) => fareharbor.bodyOf(uuid));
  for (const { uuid } of [plain, odd]) fareharbor.remind(uuid);
  expect(fareharbor.bodyOf(plain.uuid)).toBe(before[0]);
  expect(fareharbor.bodyOf(odd.uuid)).not.toBe(before[1]);
});

test('a booking on the same tour leaves fewer places in everybody’s body', () => {
  const fareharbor = createFareHarbor({ now });
  const one = fareharbor.book();
  expect(body(fareharbor.bodyOf(one.uuid))).toMatchObject({ availability: { capacity: 38 } });
  const two = fareharbor.book({ party: { Adult: 5 } });
  expect(body(fareharbor.bodyOf(one.uuid))).toMatchObject({ availability: { capacity: 33 } });
  fareharbor.cancel(two.uuid);
  expect(body(fareharbor.bodyOf(one.uuid))).toMatchObject({ availability: { capacity: 38 } });
});

test.each(deviations)(
  'the deviation %s breaks the published schema or its sense, on the API as on the webhook',
  (deviation) => {
    const fareharbor = createFareHarbor({ now, deviations: [deviation] });
    const affiliate = { shortname: 'hotel', name: 'Hotel', currency: 'usd' };
    const input = { affiliate, note: 'à bientôt', answers: { Lunch: 'Fish' }, contact: { email: '' } } as const;
    const { uuid } = fareharbor.book(input);
    fareharbor.checkIn(uuid);
    const same = createFareHarbor({ now });
    same.book(input);
    same.checkIn(uuid);
    expect(fareharbor.bodyOf(uuid)).not.toBe(same.bodyOf(uuid));
    const onlyInValues = ['null-strings', 'escaped-unicode', 'blank-name', 'short-phone'];
    const fits = publishedSchema('full-with-payments')(JSON.parse(fareharbor.bodyOf(uuid)));
    expect(fits).toBe(onlyInValues.includes(deviation));
  },
);

test('what was escaped twice is ASCII with the escapes as text', () => {
  const fareharbor = createFareHarbor({ now, deviations: ['escaped-unicode'] });
  const { uuid } = fareharbor.book({ note: 'à bientôt 🌊' });
  expect(at(body(fareharbor.bodyOf(uuid)), 'note')).toBe('\\u00e0\\u00a0bient\\u00f4t \\ud83c\\udf0a');
});

test('days and times are the company’s, not UTC’s', () => {
  const honolulu = { utcOffset: '-1000' };
  expect(companyTime(honolulu, now())).toBe('2026-03-09T19:00:00-1000');
  expect(companyDay(honolulu, now(), 1)).toBe('2026-03-10');
  expect(instantOf('2026-03-09T19:00:00-1000')).toBe(now());
  expect(instantOf('2026-03-10T14:00:00+0900')).toBe(now());
});

test('uuids follow from their name and are well-formed', () => {
  expect(uuidOf('a')).toBe(uuidOf('a'));
  expect(uuidOf('a')).not.toBe(uuidOf('b'));
  expect(uuidOf('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('reset forgets all bookings and begins anew with the same numbers', () => {
  const fareharbor = createFareHarbor({ now });
  const before = fareharbor.book().uuid;
  fareharbor.reset();
  expect(fareharbor.state()).toMatchObject({ bookings: [] });
  expect(fareharbor.book().uuid).toBe(before);
});
