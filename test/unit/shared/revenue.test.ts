import { describe, expect, it } from 'vitest';
import type { Payment } from '../../../shared/booking/booking.ts';
import { revenueOf } from '../../../shared/booking/revenue.ts';
import { aBooking, usd, uuid } from './booking-fixture.ts';

const payment = (amount: number, refunded: number[] = [], status: Payment['status'] = 'succeeded'): Payment => ({
  pk: amount,
  type: 'card',
  status,
  amount: usd(amount),
  at: null,
  refunds: refunded.map((each, index) => ({ pk: index, amount: usd(each), at: null })),
});
const price = { total: null, taxes: null, invoice: null, invoiceTaxes: null, paid: null, discount: null };

describe('revenue', () => {
  it('of a direct sale is the receipt, without commission', () => {
    expect(revenueOf(aBooking())).toMatchObject({
      gross: usd(20000),
      net: usd(20000),
      tax: usd(1000),
      commission: usd(0),
      paid: usd(20000),
      state: 'paid',
    });
  });

  it('of an affiliate’s sale is the invoice when the receipt says nothing', () => {
    const booking = aBooking({ price: { ...price, total: usd(0), invoice: usd(15000) } });
    expect(revenueOf(booking)).toMatchObject({ gross: usd(15000), net: usd(15000), state: 'invoiced' });
  });

  it('leaves the commission between receipt, invoice and tax', () => {
    const booking = aBooking({ price: { ...price, total: usd(20000), invoice: usd(15000), taxes: usd(1000) } });
    expect(revenueOf(booking).commission).toEqual(usd(4000));
  });

  it.each([aBooking({ status: 'cancelled' }), aBooking({ status: 'rebooked', rebookedTo: uuid(2) })])(
    'of a $status booking is nothing, and its price is kept for audit (trap 13)',
    (booking) => {
      expect(revenueOf(booking)).toMatchObject({ gross: usd(0), net: usd(0), priced: usd(20000) });
    },
  );

  it('counts only payments that went through, and refunds of those', () => {
    const payments = [payment(20000, [5000]), payment(300, [], 'failed'), payment(400, [], 'pending')];
    expect(revenueOf(aBooking({ payments }))).toMatchObject({ paid: usd(20000), refunded: usd(5000), state: 'paid' });
    expect(revenueOf(aBooking({ payments: [payment(20000, [20000])] })).state).toBe('refunded');
  });

  it.each([
    ['unpaid', { ...price, total: usd(100), paid: usd(0) }],
    ['part-paid', { ...price, total: usd(100), paid: usd(40) }],
    ['needs-review', price],
  ])('is %s', (state, stated) => {
    expect(revenueOf(aBooking({ price: stated })).state).toBe(state);
  });

  it('does not add money of another currency', () => {
    const foreign = { ...payment(500), amount: { amount: 500, currency: 'EUR' } };
    expect(revenueOf(aBooking({ payments: [foreign] })).paid).toEqual(usd(0));
  });
});
