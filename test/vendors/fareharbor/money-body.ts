import { type Company, companyTime } from './catalogue.ts';
import type { JsonObject } from './json.ts';
import { type BookingRecord, netOf, type PaymentRecord, receiptOf } from './record.ts';

/** The booking's own amounts, each with its text. */
export function renderReceipt(record: BookingRecord): JsonObject {
  const receipt = receiptOf(record);
  const amounts: Readonly<Record<string, number | null>> = {
    invoice_price: receipt.invoice,
    receipt_subtotal: receipt.subtotal,
    receipt_taxes: receipt.taxes,
    receipt_total: receipt.total,
    amount_paid: receipt.paid,
  };
  return withDisplays(record.company, amounts);
}

/** A payment as it now is: `amount_paid` is what its refunds left of `initial_amount_paid`. */
export function renderPayment(company: Company, payment: PaymentRecord): JsonObject {
  return {
    pk: payment.pk,
    type: payment.type,
    status: payment.status,
    currency: company.currency,
    ...withDisplays(company, { initial_amount_paid: payment.amount, amount_paid: netOf(payment) }),
    created_at: companyTime(company, payment.at),
    in_store_payment_type: payment.inStore && { ...payment.inStore },
    refunds: payment.refunds.map((refund) => ({
      pk: refund.pk,
      ...withDisplays(company, { amount_refunded: refund.amount }),
      created_at: companyTime(company, refund.at),
      is_cancelled: refund.cancelled,
    })),
  };
}

/** Each amount with its `*_display` twin as the company's country writes it. */
function withDisplays(company: Company, amounts: Readonly<Record<string, number | null>>): JsonObject {
  const fields: JsonObject = {};
  for (const [name, amount] of Object.entries(amounts)) {
    fields[name] = amount;
    fields[`${name}_display`] = amount === null ? null : display(company, amount);
  }
  return fields;
}

const formats = new Map<string, { format: Intl.NumberFormat; unit: number }>();

function display({ locale, currency }: Company, amount: number): string {
  const key = `${locale} ${currency}`;
  let known = formats.get(key);
  if (known === undefined) {
    const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
    const format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits ?? 2 });
    known = { format, unit: 10 ** (digits ?? 2) };
    formats.set(key, known);
  }
  return known.format.format(amount / known.unit);
}
