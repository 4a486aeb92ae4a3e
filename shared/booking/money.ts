import * as z from 'zod';

/** An amount in the currency's smallest unit (FareHarbor's own form): 1999 USD is $19.99, 1999 JPY is ¥1,999. */
export const moneySchema = z.object({ amount: z.int(), currency: z.string().regex(/^[A-Z]{3}$/) });
export type Money = z.infer<typeof moneySchema>;

const exponents = new Map<string, number>();

/**
 * How many decimals the currency has (ISO 4217, from the runtime's own data): USD 2, JPY 0, KWD 3.
 * A code the runtime does not know counts as 2.
 */
export function exponentOf(currency: string): number {
  const known = exponents.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const exponent = format.resolvedOptions().maximumFractionDigits ?? 2;
  exponents.set(currency, exponent);
  return exponent;
}

/** The amount in major units as exact decimal text: 1999 USD → "19.99", 5 KWD → "0.005", -1 USD → "-0.01". */
export function toDecimal({ amount, currency }: Money): string {
  const exponent = exponentOf(currency);
  if (exponent === 0) return String(amount);
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const sign = amount < 0 ? '-' : '';
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** For vendors that take a JSON number in major units. Exact to the number's 15 digits: it is parsed, never computed. */
export function toMajorUnits(money: Money): number {
  return Number(toDecimal(money));
}

/** For people: "USD 19.99". */
export function formatMoney(money: Money): string {
  return `${money.currency} ${toDecimal(money)}`;
}

/**
 * Sum of amounts of one currency.
 * @throws RangeError when the currencies differ: money of two currencies has no sum.
 */
export function sumMoney(currency: string, amounts: Iterable<Money>): Money {
  let amount = 0;
  for (const each of amounts) {
    if (each.currency !== currency) throw new RangeError(`cannot add ${each.currency} to ${currency}`);
    amount += each.amount;
  }
  return { amount, currency };
}
