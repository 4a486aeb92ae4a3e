import type { Booking, Payment, Refund } from './booking.ts';
import { type Money, sumMoney } from './money.ts';

/** `needs-review`: nothing paid and nothing to pay, so that a person should look why. */
export type PaymentState = 'paid' | 'part-paid' | 'unpaid' | 'invoiced' | 'refunded' | 'needs-review';

/** What a booking is worth, by the rules operators use (affiliates, refunds, cancellations). Amounts are never negative but `discount`. */
export interface Revenue {
  /** What the guest pays; zero for a booking that carries no revenue (cancelled, rebooked away). */
  readonly gross: Money;
  /** What the operator keeps before tax and commission are taken off an affiliate's sale. */
  readonly net: Money;
  readonly tax: Money;
  /** gross − net − tax, never below zero. */
  readonly commission: Money;
  readonly discount: Money;
  readonly paid: Money;
  readonly refunded: Money;
  /** What the booking was priced at, whatever became of it: kept for audit. */
  readonly priced: Money;
  readonly state: PaymentState;
}

/**
 * Works out a booking's revenue.
 *
 * Source: operators' practice. Gross is the receipt's total, or the invoice where an affiliate collects and the
 * receipt says nothing; net is the invoice, or the total for a direct sale; a cancelled or rebooked booking carries
 * no revenue; a cancelled refund does not count.
 */
export function revenueOf(booking: Booking): Revenue {
  const { currency } = booking.company;
  const none: Money = { amount: 0, currency };
  const carries = booking.status === 'booked';
  const priced = positive(booking.price.total) ?? positive(booking.price.invoice) ?? none;
  const gross = carries ? priced : none;
  const net = carries ? (positive(booking.price.invoice) ?? gross) : none;
  const tax = carries ? (positive(booking.price.taxes) ?? positive(booking.price.invoiceTaxes) ?? none) : none;
  const commission = { amount: Math.max(0, gross.amount - net.amount - tax.amount), currency };
  const refunded = sumMoney(
    currency,
    refundsOf(booking).map(({ amount }) => amount),
  );
  const paid = sumPaid(booking, none);
  const discount = booking.price.discount ?? none;
  const state = stateOf(booking, { priced, paid, refunded });
  return { gross, net, tax, commission, discount, paid, refunded, priced, state };
}

function positive(money: Money | null): Money | undefined {
  return money !== null && money.amount > 0 ? money : undefined;
}

/** Payments that went through, in the booking's own currency: another currency's money has no sum with it. */
function received(booking: Booking): Payment[] {
  const { currency } = booking.company;
  return (booking.payments ?? []).filter(
    ({ status, amount }) => status === 'succeeded' && amount.currency === currency,
  );
}

/** Refunds that were given, in the booking's own currency; none where the body carried no payments. */
export function refundsOf(booking: Booking): Refund[] {
  return received(booking).flatMap(({ refunds }) => refunds);
}

/** Money received, refunds not taken off: from the payments where the body has them, else FareHarbor's own figure. */
function sumPaid(booking: Booking, none: Money): Money {
  if (booking.payments === null) return booking.price.paid ?? none;
  return sumMoney(
    none.currency,
    received(booking).map(({ amount }) => amount),
  );
}

function stateOf(booking: Booking, sums: { priced: Money; paid: Money; refunded: Money }): PaymentState {
  const { priced, paid, refunded } = sums;
  if (refunded.amount > 0 && refunded.amount >= paid.amount) return 'refunded';
  if (paid.amount >= priced.amount && paid.amount > 0) return 'paid';
  if (paid.amount > 0) return 'part-paid';
  const collectedByAffiliate = positive(booking.price.total) === undefined && positive(booking.price.invoice);
  if (collectedByAffiliate) return 'invoiced';
  return priced.amount > 0 ? 'unpaid' : 'needs-review';
}
