import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponentOf, sumMoney, toDecimal, toMajorUnits } from '../../../shared/booking/money.ts';

describe('money', () => {
  it.each([
    [1999, 'USD', '19.99'],
    [5, 'USD', '0.05'],
    [-1, 'USD', '-0.01'],
    [1999, 'JPY', '1999'],
    [5, 'KWD', '0.005'],
    [0, 'EUR', '0.00'],
  ])('%i %s is %s', (amount, currency, decimal) => {
    expect(toDecimal({ amount, currency })).toBe(decimal);
  });

  it('loses nothing on the way to decimals and back', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('USD', 'JPY', 'KWD', 'EUR'), (amount, currency) => {
        const back = toMajorUnits({ amount, currency }) * 10 ** exponentOf(currency);
        expect(Math.round(back)).toBe(amount);
      }),
    );
  });

  it('refuses to add two currencies', () => {
    expect(() => sumMoney('USD', [{ amount: 1, currency: 'EUR' }])).toThrow(RangeError);
  });
});
