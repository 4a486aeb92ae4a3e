import type { Booking } from '../../../shared/booking/booking.ts';
import { formatMoney, type Money } from '../../../shared/booking/money.ts';
import type { GuestProfile } from '../../../shared/guest/profile.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Understanding } from '../../../shared/understanding/understanding.ts';
import { dayAt, monthsBetween } from './absence.ts';

/** What the value is told by: the guest's history alone, nothing that they wrote. */
export interface ValueFacts {
  readonly booking: Booking;
  readonly profile: GuestProfile;
  /** What this booking was priced at. */
  readonly price: Money;
  readonly churnRisk: Understanding['churnRisk'];
  readonly settings: CompanySettings;
  readonly now: Date;
}

/**
 * The guest's predicted lifetime value in the company's currency, with the sum as a sentence:
 *
 *     spent so far + bookings a year × average booking × years ahead × share that stays
 *
 * - bookings a year = (bookings that stand beyond the first + usualPerYear × usualYears) ÷ (years since the first was
 *   made + usualYears): a guest's own pace, drawn towards the usual one as long as little of it was seen;
 * - average booking = what was spent ÷ bookings that stand in that currency; this booking's price where none stands;
 * - years ahead and the share that stays by churn risk are the operator's (`settings.value`).
 *
 * Other currencies are left out: there is no rate to add them by. Whole months of history count, so that the figure is
 * the same all day. The result is rounded to the smallest unit, once.
 */
export function predictedValueOf(facts: ValueFacts): { readonly value: Money; readonly reason: string } {
  const { booking, profile, price, churnRisk, settings, now } = facts;
  const { currency } = booking.company;
  const { years, usualPerYear, usualYears, stays } = settings.value;
  const spent = amountIn(currency, profile.spend) ?? 0;
  const average = amountIn(currency, profile.averageValue) ?? price.amount;
  const since = profile.firstBookedAt === null ? now : new Date(profile.firstBookedAt);
  const history = Math.max(0, monthsBetween(dayAt(booking, since), dayAt(booking, now))) / 12;
  const again = Math.max(0, profile.bookings - 1);
  const perYear = (again + usualPerYear * usualYears) / (history + usualYears);
  const share = stays[churnRisk];
  // Nobody spends so much; but a body may say so, and what is stored must stay a whole number.
  const amount = Math.min(Number.MAX_SAFE_INTEGER, Math.round(spent + perYear * average * years * share));
  const ahead = `${perYear.toFixed(2)} bookings a year × ${formatMoney({ amount: Math.round(average), currency })}`;
  return {
    value: { amount, currency },
    reason: `${formatMoney({ amount: spent, currency })} so far + ${ahead} × ${years} years × ${Math.round(share * 100)} % (churn risk ${churnRisk})`,
  };
}

function amountIn(currency: string, amounts: readonly Money[]): number | undefined {
  return amounts.find((money) => money.currency === currency)?.amount;
}
