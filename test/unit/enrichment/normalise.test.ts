import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalise } from '../../../functions/enrichment/normalise/normalise.ts';
import { bookingSchema } from '../../../shared/booking/booking.ts';
import { createFareHarbor } from '../../vendors/fareharbor/fareharbor.ts';

const context = { partySizeQuestions: ['Personas'], keyCompany: '*' };
const UUID = '3f0c9a52-6a7b-4c1d-9e2f-000000000001';
const minimal = { uuid: UUID, company: { shortname: 'harbor-kayaks', name: 'Harbor Kayaks', currency: 'usd' } };

function normalised(fields: object) {
  const result = normalise({ ...minimal, ...fields }, context);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

describe('a body', () => {
  it('gives a booking whatever JSON stands in its fields, and never throws', () => {
    const fareHarbor = createFareHarbor();
    const real: object = JSON.parse(fareHarbor.bodyOf(fareHarbor.book().uuid)).booking;
    fc.assert(
      fc.property(fc.subarray(Object.keys(real)), fc.infiniteStream(fc.jsonValue()), (broken, values) => {
        const fields = broken.filter((field) => field !== 'uuid' && field !== 'company');
        const body = { ...real, ...Object.fromEntries(fields.map((field) => [field, values.next().value])) };
        const result = normalise(body, context);
        expect(typeof result === 'object' && bookingSchema.safeParse(result.booking).success).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('of any JSON at all is a booking or a reason, never an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(['string', 'object']).toContain(typeof normalise(json, context));
      }),
    );
  });

  it('passes unknown fields by, and says which known ones were of no use', () => {
    const { booking, unusable } = normalised({
      brand_new: { deep: [1] },
      pk: 'seven',
      receipt_total: 19.99,
      availability: { start_at: 'tomorrow', item: { pk: 1, name: 'Kayak' } },
      customers: [{ pk: 5 }, 'nobody'],
      payments: {},
    });
    expect(unusable.toSorted()).toEqual(['availability.start_at', 'customers.1', 'payments', 'pk', 'receipt_total']);
    expect(booking).toMatchObject({ pk: null, item: { name: 'Kayak' }, payments: null, partySize: 1 });
  });

  it('reads the text "null" and null as not told', () => {
    const { booking, unusable } = normalised({
      voucher_number: 'null',
      note: null,
      rebooked_to: 'null',
      agent: 'null',
    });
    expect([booking.voucher, booking.note, booking.rebookedTo, booking.agent, unusable]).toEqual([
      null,
      '',
      null,
      null,
      [],
    ]);
  });

  it('mends text that was escaped twice', () => {
    expect(normalised({ note: 'caf\\u00e9\\u00a0noir' }).booking.note).toBe('café\u00a0noir');
  });

  it.each([
    [{ normalized_phone: '+12025550101' }, '+12025550101'],
    [{ phone: '(202) 555-0101', phone_country: 'US' }, '+12025550101'],
    [{ phone: '+44 20 7946 0018', phone_country: '' }, '+442079460018'],
    [{ phone: '123', phone_country: 'US' }, null],
    [{ phone: 'call the hotel' }, null],
  ])('with the number %j gives %s', (contact, phone) => {
    const { booking, unusable } = normalised({ contact });
    expect([booking.contact.phone, unusable]).toEqual([phone, phone === null ? ['contact.phone'] : []]);
  });

  it.each([
    [' Ana@Guests.TEST ', 'ana@guests.test'],
    ['not an address', null],
    ['a@b', null],
    [`${'x'.repeat(250)}@y.test`, null],
  ])('with the address %j gives %s', (email, expected) => {
    expect(normalised({ contact: { email } }).booking.contact.email).toBe(expected);
  });

  it('finds a private tour’s true party size in the operator’s question', () => {
    const answer = (value: string, title = 'personas') => ({
      custom_field: { title, type: 'count' },
      value,
      display_value: value,
    });
    const partySize = (...custom_field_values: object[]) =>
      normalised({ customer_count: 1, customers: [{ pk: 1 }], custom_field_values }).booking.partySize;
    expect(partySize(answer('12'))).toBe(12);
    expect(partySize(answer('12', 'Room number'))).toBe(1);
    expect(partySize(answer('about a dozen'))).toBe(1);
    expect(partySize(answer('9999'))).toBe(1);
  });

  it('takes consent only as a plain yes', () => {
    const consent = (value: unknown) =>
      normalised({ contact: { is_subscribed_for_email_updates: value } }).booking.contact.emailConsent;
    expect([consent(true), consent(false), consent('true'), consent(1), consent(undefined)]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('counts money in the company’s currency as integers, and no cancelled refund', () => {
    const { booking } = normalised({
      company: { shortname: 'umi-tours', name: 'Umi', currency: 'jpy' },
      receipt_total: 14800,
      receipt_total_display: '14.800,00',
      payments: [
        {
          pk: 1,
          type: 'card',
          status: 'succeeded',
          currency: 'jpy',
          initial_amount_paid: 14800,
          amount_paid: 14000,
          created_at: '2026-11-01T10:00:00+0900',
          refunds: [
            { pk: 2, amount_refunded: 800, created_at: '2026-11-02T10:00:00+0900' },
            { pk: 3, amount_refunded: 5, created_at: '2026-11-02T10:00:00+0900', is_cancelled: true },
          ],
        },
      ],
    });
    expect(booking.price.total).toEqual({ amount: 14800, currency: 'JPY' });
    expect(booking.payments?.[0]).toMatchObject({
      amount: { amount: 14800 },
      refunds: [{ pk: 2, amount: { amount: 800 } }],
    });
  });

  it('takes negative costs among the answers for a discount', () => {
    const custom_field_values = [{ total_cost: { total: -500 } }, { total_cost: { total: 300 } }, { total_cost: 7 }];
    const { booking } = normalised({ custom_field_values, customers: [{ pk: 1, custom_field_values }] });
    expect(booking.price.discount).toEqual({ amount: -1000, currency: 'USD' });
  });

  it('reads what an answer costs, where it costs something', () => {
    const answer = (title: string, total_cost: unknown) => ({
      custom_field: { title, type: 'yes-no' },
      value: 'Yes',
      total_cost,
    });
    const custom_field_values = [
      answer('Photos', { total: 2500 }),
      answer('Coupon', { total: -500 }),
      answer('Free', { total: 0 }),
      answer('None', null),
      answer('Wrong', 7),
    ];
    const { booking } = normalised({ custom_field_values });
    expect(booking.answers.map(({ question, cost }) => [question, cost])).toEqual([
      ['Photos', { amount: 2500, currency: 'USD' }],
      ['Coupon', undefined],
      ['Free', undefined],
      ['None', undefined],
      ['Wrong', undefined],
    ]);
  });

  it('shows only links that a person can safely open', () => {
    expect(normalised({ dashboard_url: 'https://fareharbor.com/x/' }).booking.dashboardUrl).toBe(
      'https://fareharbor.com/x/',
    );
    expect(normalised({ dashboard_url: 'javascript:alert(1)' }).booking.dashboardUrl).toBeNull();
  });

  it('too large for a record is said to be so', () => {
    const custom_field_values = Array.from({ length: 900 }, (_, n) => ({
      custom_field: { title: `Question ${n}` },
      display_value: 'x'.repeat(900),
    }));
    expect(normalise({ ...minimal, custom_field_values }, context)).toBe('too-large');
  });
});
