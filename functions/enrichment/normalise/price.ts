import type { Booking, Payment } from '../../../shared/booking/booking.ts';
import { type Money, sumMoney } from '../../../shared/booking/money.ts';
import type { BodyReader } from './body-reader.ts';

const PAYMENT_STATUS = ['initialed', 'pending', 'succeeded', 'failed'] as const;

/** Receipt, invoice and what was paid, in the company's currency. The localised `*_display` texts are never read. */
export function readPrice(booking: BodyReader, currency: string): Booking['price'] {
  return {
    total: booking.money('receipt_total', currency),
    taxes: booking.money('receipt_taxes', currency),
    invoice: booking.money('invoice_price', currency),
    invoiceTaxes: readInvoiceTaxes(booking, currency),
    paid: booking.money('amount_paid', currency),
    discount: readDiscount(booking, currency),
  };
}

function readInvoiceTaxes(booking: BodyReader, currency: string): Money | null {
  const taxes = booking
    .list('customers')
    .map((customer) => customer.object('invoice_cost')?.money('tax', currency) ?? null)
    .filter((tax) => tax !== null);
  return taxes.length === 0 ? null : sumMoney(currency, taxes);
}

/** Answers can cost something; a negative cost is a discount. */
function readDiscount(booking: BodyReader, currency: string): Money | null {
  const values = [booking, ...booking.list('customers')].flatMap((part) => part.list('custom_field_values'));
  const discounts = values.flatMap((value) => {
    const cost = value.object('total_cost')?.money('total', currency) ?? null;
    return cost !== null && cost.amount < 0 ? [cost] : [];
  });
  return discounts.length === 0 ? null : sumMoney(currency, discounts);
}

/** Null where the body carries no payments at all, as FareHarbor's two body types without them do. */
export function readPayments(booking: BodyReader, companyCurrency: string): Payment[] | null {
  return (
    booking.listIfTold('payments')?.flatMap((payment) => {
      const pk = payment.integer('pk');
      const status = payment.word('status', PAYMENT_STATUS);
      const currency = readCurrency(payment, companyCurrency);
      const amount = payment.money('initial_amount_paid', currency) ?? payment.money('amount_paid', currency);
      if (pk === null || status === null || amount === null) return [];
      const refunds = readRefunds(payment, currency);
      return [{ pk, type: payment.text('type') ?? 'unknown', status, amount, at: payment.time('created_at'), refunds }];
    }) ?? null
  );
}

function readCurrency(payment: BodyReader, companyCurrency: string): string {
  const currency = payment.text('currency')?.toUpperCase() ?? companyCurrency;
  if (/^[A-Z]{3}$/.test(currency)) return currency;
  payment.reject('currency');
  return companyCurrency;
}

/** A cancelled refund was never given. */
function readRefunds(payment: BodyReader, currency: string): Payment['refunds'] {
  return payment.list('refunds').flatMap((refund) => {
    const pk = refund.integer('pk');
    const amount = refund.money('amount_refunded', currency);
    if (pk === null || amount === null || refund.flag('is_cancelled') === true) return [];
    return [{ pk, amount, at: refund.time('created_at') }];
  });
}
