import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { predictedValueOf } from '../../../../functions/enrichment/understanding/guest-value.ts';
import type { Booking } from '../../../../shared/booking/booking.ts';
import { moneySchema } from '../../../../shared/booking/money.ts';
import type { CompanySettingsInput } from '../../../../shared/settings/settings.ts';
import { aBooking, at, usd, uuid } from '../../shared/booking-fixture.ts';
import { anyHistory } from './any-history.ts';
import { historyOf, NOW, settingsWith } from './understanding-fixture.ts';

function madeOn(n: number, day: string, total: number, changes: Partial<Booking> = {}): Booking {
  const createdAt = at(`${day}T09:00:00-1000`);
  return aBooking({ uuid: uuid(n), createdAt, price: { ...aBooking().price, total: usd(total) }, ...changes });
}

function predict(bookings: readonly Booking[], value: CompanySettingsInput['value'] = {}, churnRisk = 'low' as const) {
  const [booking = aBooking()] = bookings;
  const settings = settingsWith({ value });
  const profile = historyOf(bookings);
  const price = booking.price.total ?? usd(0);
  return predictedValueOf({ booking, profile, price, churnRisk, settings, now: NOW });
}

describe('predictedValueOf', () => {
  it('adds to what was spent what is to be expected, and states the sum', () => {
    // Two years, three more than the first: (3 + 0.2) ÷ (2 + 1) bookings a year of USD 250 for 3 years, 90 % of them.
    const history = [
      madeOn(1, '2026-11-20', 10000),
      madeOn(2, '2024-11-20', 40000),
      madeOn(3, '2025-05-01', 25000),
      madeOn(4, '2025-06-01', 25000),
    ];
    expect(predict(history)).toEqual({
      value: usd(100_000 + 72_000),
      reason: 'USD 1000.00 so far + 1.07 bookings a year × USD 250.00 × 3 years × 90 % (churn risk low)',
    });
  });

  it('expects the usual of a guest who is new', () => {
    expect(predict([madeOn(1, '2026-11-20', 20000)]).value).toEqual(usd(20_000 + 10_800));
    expect(predict([madeOn(1, '2026-11-20', 20000)], { usualPerYear: 0 }).value).toEqual(usd(20_000));
  });

  it('counts nothing as spent that does not stand, and takes years and stays from the settings', () => {
    const cancelled = madeOn(1, '2026-11-20', 20000, { status: 'cancelled' });
    const settings = { years: 1, usualPerYear: 1, stays: { low: 0.5 } };
    expect(predict([cancelled], settings)).toEqual({
      value: usd(10_000),
      reason: 'USD 0.00 so far + 1.00 bookings a year × USD 200.00 × 1 years × 50 % (churn risk low)',
    });
  });

  it('leaves other currencies out: there is no rate to add them by', () => {
    const euros = madeOn(2, '2025-05-01', 0, {
      company: { ...aBooking().company, currency: 'EUR' },
      price: { ...aBooking().price, total: { amount: 99_000, currency: 'EUR' } },
    });
    const usual = { usualPerYear: 0, years: 1, usualYears: 0.5, stays: { low: 1 } };
    // The other booking still says how often the guest comes: 1 in 1.5 years and half a year of the usual.
    expect(predict([madeOn(1, '2026-11-20', 20000), euros], usual).value).toEqual(usd(30_000));
  });

  it('is a whole number of the smallest unit that can be stored, whatever a body says', () => {
    const absurd = Number.MAX_SAFE_INTEGER;
    expect(moneySchema.parse(predict([madeOn(1, '2026-11-20', absurd)]).value)).toEqual(usd(absurd));
    fc.assert(
      fc.property(anyHistory, ({ booking, others }) => {
        const { value } = predict([booking, ...others]);
        expect(moneySchema.parse(value)).toEqual(value);
        expect(predict([booking, ...others.toReversed()]).value).toEqual(value);
      }),
    );
  });
});
