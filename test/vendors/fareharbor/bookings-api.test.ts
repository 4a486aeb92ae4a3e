import { describe, expect, test } from 'vitest';
import { ratePk } from './body.ts';
import { sampleCompanies } from './catalogue.ts';
import { publishedSchema } from './published-schemas.ts';
import { at, running } from './running.ts';

const now = () => Date.parse('2026-03-10T18:00:00Z');
const startAt = '2026-03-20T09:00:00-1000';
const kayak = sampleCompanies[0]?.items[0];
const [adult] = kayak?.customerTypes ?? [];
if (adult === undefined) throw new Error('the sample item has no customer type');
const base = '/companies/harbor-kayaks';
const contact = { name: 'Ana Costa', email: 'ana@guests.test', phone: '+12025550142' };

/** A tour with few places, and requests for it. */
const withAvailability = async (capacity = 4) => {
  const setup = await running({ now });
  const { pk } = setup.fareharbor.addAvailability('harbor-kayaks', 11_001, startAt, capacity);
  const request = (adults: number, more: object = {}) => ({
    contact,
    customers: Array.from({ length: adults }, () => ({ customer_type_rate: ratePk(pk, adult) })),
    voucher_number: '',
    ...more,
  });
  return { ...setup, path: `${base}/availabilities/${pk}/bookings/`, request };
};

describe('retrieve booking', () => {
  test('gives payments only when asked with with_payments=yes', async () => {
    const { call, fareharbor } = await running({ now });
    const { uuid } = fareharbor.book();
    fareharbor.pay(uuid);
    expect(at((await call('GET', `${base}/bookings/${uuid}/`)).json, 'booking')).not.toHaveProperty('payments');
    const asked = await call('GET', `${base}/bookings/${uuid}/?with_payments=yes`);
    expect(at(asked.json, 'booking', 'payments', 0)).toMatchObject({
      amount_paid: 18_810,
      currency: 'usd',
      refunds: [],
    });
    expect(publishedSchema('full-with-payments')(asked.json)).toBe(true);
    const otherwise = await call('GET', `${base}/bookings/${uuid}/?with_payments=true`);
    expect(at(otherwise.json, 'booking')).not.toHaveProperty('payments');
  });

  test('does not know a booking under another company, nor an address without its last slash', async () => {
    const { call, fareharbor } = await running({ now });
    const { uuid } = fareharbor.book();
    const other = await call('GET', `/companies/umi-tours/bookings/${uuid}/`);
    expect(other).toMatchObject({ status: 404, json: { code: 'booking-uuid-invalid' } });
    expect((await call('GET', `${base}/bookings/${uuid}`)).status).toBe(404);
    expect(await call('GET', '/companies/nobody/')).toMatchObject({ json: { code: 'company-shortname-invalid' } });
  });
});

test('an availability lists its bookings in simplified form', async () => {
  const { call, fareharbor } = await running({ now });
  const booking = fareharbor.book({ startAt });
  fareharbor.book({ startAt: '2026-03-21T09:00:00-1000' });
  const { json } = await call('GET', `${base}/availabilities/${booking.availability.pk}/bookings/`);
  expect(at(json, 'bookings')).toHaveLength(1);
  expect(at(json, 'bookings', 0)).toMatchObject({ uuid: booking.uuid, status: 'booked', rebooked_to: null });
  expect(at(json, 'bookings', 0)).not.toHaveProperty('customers');
});

test('validate prices a party without booking it', async () => {
  const { call, path, request, fareharbor } = await withAvailability();
  const { json } = await call('POST', `${path}validate/`, request(2));
  expect(json).toMatchObject({
    is_bookable: true,
    receipt_subtotal: 18_000,
    receipt_taxes: 810,
    receipt_total: 18_810,
  });
  expect((await call('POST', `${path}validate/`, request(5))).json).toMatchObject({
    is_bookable: false,
    code: 'bookability-error',
  });
  expect(fareharbor.account.bookings.size).toBe(0);
});

test('create books, and takes the places', async () => {
  const { call, path, request, fareharbor } = await withAvailability();
  const created = await call('POST', path, request(3, { note: 'Hello' }));
  const uuid = String(at(created.json, 'booking', 'uuid'));
  expect(fareharbor.account.booking(uuid)).toMatchObject({
    note: 'Hello',
    contact: { normalizedPhone: '+12025550142' },
  });
  expect(await call('POST', path, request(2))).toMatchObject({ status: 400, json: { code: 'bookability-error' } });
  expect((await call('POST', path, request(1))).status).toBe(200);
});

test.each([
  ['not JSON', 'x', 'book-data-parse-error'],
  ['nobody on it', { contact, customers: [] }, 'book-data-validation-error'],
  [
    'a name too long',
    { contact: { ...contact, name: 'n'.repeat(129) }, customers: [{ customer_type_rate: 1 }] },
    'book-data-validation-error',
  ],
  [
    'a phone too long',
    { contact: { ...contact, phone: '1'.repeat(33) }, customers: [{ customer_type_rate: 1 }] },
    'book-data-validation-error',
  ],
  ['an unknown price', { contact, customers: [{ customer_type_rate: 1 }] }, 'customer-type-rates-invalid'],
])('create refuses %s', async (_name, body, code) => {
  const { call, path } = await withAvailability();
  expect(await call('POST', path, body)).toMatchObject({ status: 400, json: { code } });
});

test('a tour that has begun cannot be booked', async () => {
  const { call, fareharbor } = await running({ now });
  const { pk } = fareharbor.addAvailability('harbor-kayaks', 11_001, '2026-03-10T07:00:00-1000');
  const body = { contact, customers: [{ customer_type_rate: ratePk(pk, adult) }] };
  expect((await call('POST', `${base}/availabilities/${pk}/bookings/`, body)).status).toBe(400);
});

test('rebooking makes a second booking of the same sale, and does not count its own places twice', async () => {
  const { call, path, request, fareharbor } = await withAvailability(4);
  const first = String(at((await call('POST', path, request(3))).json, 'booking', 'uuid'));
  const { json } = await call('POST', path, request(4, { rebooking: first }));
  expect(at(json, 'booking')).toMatchObject({ rebooked_from: first, status: 'booked', customer_count: 4 });
  expect(fareharbor.account.booking(first).status).toBe('rebooked');
  expect((await call('POST', path, request(1, { rebooking: first }))).status).toBe(400);
});

test('cancelling a rebooked booking cancels what it became and gives that', async () => {
  const { call, fareharbor } = await running({ now });
  const old = fareharbor.book({ startAt });
  const created = fareharbor.rebook(old.uuid, { startAt: '2026-03-25T09:00:00-1000' });
  const { json } = await call('DELETE', `${base}/bookings/${old.uuid}/`);
  expect(at(json, 'booking')).toMatchObject({ uuid: created.uuid, status: 'cancelled' });
  expect(fareharbor.account.booking(old.uuid).status).toBe('rebooked');
  const again = await call('DELETE', `${base}/bookings/${created.uuid}/`);
  expect(again).toMatchObject({ status: 400, json: { code: 'booking-cancellation-error' } });
});

test('what an affiliate has collected must be refunded before cancelling', async () => {
  const { call, fareharbor } = await running({ now });
  const { uuid } = fareharbor.book({ startAt });
  fareharbor.pay(uuid, { type: 'affiliate' });
  expect((await call('DELETE', `${base}/bookings/${uuid}/`)).status).toBe(400);
  fareharbor.refund(uuid);
  expect((await call('DELETE', `${base}/bookings/${uuid}/`)).status).toBe(200);
});

test('check-in of one customer, of all, and back', async () => {
  const { call, fareharbor } = await running({ now });
  const { uuid, customers } = fareharbor.book();
  const [one] = customers;
  const path = `${base}/bookings/${uuid}/checkin/`;
  const statuses = () => fareharbor.account.booking(uuid).customers.map(({ checkin }) => checkin);
  await call('PUT', path, { checkin_status: 62, customer: one?.pk });
  expect(statuses()).toEqual(['no-show', null]);
  expect(await call('PUT', path)).toMatchObject({ status: 400, json: { code: 'invalid-checkin-already-checked-in' } });
  await call('PUT', path, { checkin_status: null });
  await call('PUT', path);
  expect(statuses()).toEqual(['checked-in', 'checked-in']);
  expect(await call('PUT', path, { checkin_status: 99 })).toMatchObject({
    json: { code: 'invalid-checkin-status-error' },
  });
  expect(await call('PUT', path, { customer: 1 })).toMatchObject({ json: { code: 'invalid-checkin-customer' } });
});

test('items and availabilities are read by company, date and range', async () => {
  const { call, fareharbor } = await running({ now });
  fareharbor.addAvailability('harbor-kayaks', 11_001, '2026-03-20T09:00:00-1000');
  fareharbor.addAvailability('harbor-kayaks', 11_001, '2026-03-22T09:00:00-1000');
  fareharbor.addAvailability('harbor-kayaks', 11_001, '2026-03-01T09:00:00-1000');
  const minimal = `${base}/items/11001/minimal/availabilities`;
  expect(at((await call('GET', `${minimal}/date/2026-03-20/`)).json, 'availabilities')).toHaveLength(1);
  const range = await call('GET', `${minimal}/date-range/2026-03-19/2026-03-22/`);
  expect(at(range.json, 'availabilities')).toHaveLength(2);
  expect(at(range.json, 'availabilities', 0)).not.toHaveProperty('item');
  expect(await call('GET', `${minimal}/date-range/2026-03-22/2026-03-19/`)).toMatchObject({
    json: { code: 'availability-date-range-invalid' },
  });
  expect(at((await call('GET', '/companies/')).json, 'companies')).toHaveLength(sampleCompanies.length);
  const items = await call('GET', `${base}/items/?detailed=yes&require_future_availabilities=yes`);
  expect(at(items.json, 'items')).toHaveLength(1);
  expect(at(items.json, 'items', 0, 'effective_cancellation_policy')).toEqual({
    type: 'hours-before-start',
    cutoff_hours_before: 48,
  });
  expect((await call('GET', `${base}/items/99/minimal/availabilities/date/2026-03-20/`)).json).toMatchObject({
    code: 'item-pk-invalid',
  });
});
