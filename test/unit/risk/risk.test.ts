import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RISK_MODEL } from '../../../shared/risk/default-model.ts';
import { type RiskFacts, riskModelSchema } from '../../../shared/risk/model.ts';
import { atBaseRate, probabilityOf, riskOf } from '../../../shared/risk/risk.ts';

const facts = (changes: Partial<RiskFacts> = {}): RiskFacts => ({
  leadDays: 14,
  partySize: 2,
  children: 0,
  earlierBookings: 0,
  earlierCancellations: 0,
  earlierNoShows: 0,
  affiliate: false,
  affiliateDesk: false,
  weekend: false,
  paidShare: null,
  ...changes,
});
const cancelled = (changes: Partial<RiskFacts>) => riskOf(facts(changes)).cancellation.probability;

describe('the shipped coefficients', () => {
  it('fit their schema', () => {
    expect(riskModelSchema.parse(DEFAULT_RISK_MODEL)).toEqual(DEFAULT_RISK_MODEL);
  });

  it.each([
    ['two people, two weeks ahead, direct', {}, 0.1281],
    ['the same from an affiliate’s website', { affiliate: true }, 0.2506],
    ['the same from an affiliate’s desk', { affiliate: true, affiliateDesk: true }, 0.0896],
    [
      'a family of four, half a year ahead, from an affiliate',
      { partySize: 4, children: 2, leadDays: 180, affiliate: true },
      0.5029,
    ],
    ['a walk-in', { leadDays: 0 }, 0.0343],
    ['a guest who came five times', { earlierBookings: 5 }, 0.0236],
    ['a guest who cancelled twice', { earlierCancellations: 2 }, 0.4241],
  ])('give %s the stated probability', (_, changes, probability) => {
    expect(cancelled(changes)).toBeCloseTo(probability, 4);
  });

  it('give the stated probability of a no-show', () => {
    expect(riskOf(facts()).noShow.probability).toBeCloseTo(0.0191, 3);
    expect(riskOf(facts({ partySize: 1 })).noShow.probability).toBeCloseTo(0.0272, 3);
  });
});

describe('the risk of a booking', () => {
  it('joins both ways of staying away', () => {
    const { cancellation, noShow, absence } = riskOf(facts());
    expect(absence).toBeCloseTo(cancellation.probability + (1 - cancellation.probability) * noShow.probability, 12);
  });

  it('rises with lead time and earlier cancellations, and falls with every booking kept', () => {
    const rising = <T>(values: readonly T[], of: (value: T) => number) => {
      const risks = values.map(of);
      expect(risks).toEqual([...risks].sort((a, b) => a - b));
      expect(new Set(risks).size).toBe(risks.length);
    };
    rising([0, 1, 2, 5, 10, 29, 30, 31, 60, 120, 365], (leadDays) => cancelled({ leadDays }));
    rising([0, 1, 2, 5, 20], (earlierCancellations) => cancelled({ earlierCancellations }));
    rising([20, 5, 2, 1, 0], (earlierBookings) => cancelled({ earlierBookings }));
  });

  it('names the facts that move it, strongest first, with their values, and no other', () => {
    const { reasons } = riskOf(facts({ earlierCancellations: 2, affiliate: true, leadDays: 120 })).cancellation;
    expect(reasons.map(({ text }) => text)).toEqual([
      '2 earlier cancellations, 0 no-shows',
      'booked 120 days ahead',
      'sold by an affiliate online',
      'no earlier booking',
    ]);
    expect(reasons.every(({ oddsFactor }) => oddsFactor > 1)).toBe(true);
  });

  it('tells an affiliate’s desk from its website, in one reason', () => {
    const said = (affiliateDesk: boolean) =>
      riskOf(facts({ affiliate: true, affiliateDesk })).cancellation.reasons.filter(({ text }) =>
        /affiliate/.test(text),
      );
    expect(said(false)).toEqual([{ text: 'sold by an affiliate online', oddsFactor: expect.closeTo(1.45, 1) }]);
    expect(said(true)).toEqual([{ text: "sold at an affiliate's desk", oddsFactor: expect.closeTo(0.43, 1) }]);
  });

  it('has no reason in what is unknown', () => {
    const { reasons } = riskOf(facts({ leadDays: null, weekend: null, paidShare: null })).cancellation;
    expect(reasons.map(({ text }) => text).join()).not.toMatch(/ahead|same day|weekend|paid/);
  });

  it('is a probability whatever the facts hold, and always the same', () => {
    const odd = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -5, 1e300));
    const any = fc.record<RiskFacts>({
      leadDays: fc.option(odd),
      partySize: odd,
      children: odd,
      earlierBookings: odd,
      earlierCancellations: odd,
      earlierNoShows: odd,
      affiliate: fc.boolean(),
      affiliateDesk: fc.boolean(),
      weekend: fc.option(fc.boolean()),
      paidShare: fc.option(odd),
    });
    fc.assert(
      fc.property(any, (one) => {
        const risk = riskOf(one);
        for (const value of [risk.cancellation.probability, risk.noShow.probability, risk.absence]) {
          expect(value).toBeGreaterThan(0);
          expect(value).toBeLessThan(1);
        }
        expect(riskOf({ ...one })).toEqual(risk);
      }),
    );
  });

  it('uses what was paid only where the model learnt it', () => {
    expect(cancelled({ paidShare: 1 })).toBe(cancelled({ paidShare: 0 }));
    const { cancellation } = DEFAULT_RISK_MODEL;
    const paying = { ...cancellation, terms: { ...cancellation.terms, paidShare: { weight: -2, typical: 0.5 } } };
    const own = (paidShare: number | null) => probabilityOf(facts({ paidShare }), paying);
    expect(own(1)).toBeLessThan(own(null));
    expect(own(null)).toBeLessThan(own(0));
    expect(own(null)).toBe(cancelled({}));
  });
});

describe('the level of an operator', () => {
  const { cancellation } = DEFAULT_RISK_MODEL;

  it('stays as trained with no bookings, and comes to what is seen with many', () => {
    expect(atBaseRate(cancellation, { bookings: 0, events: 0 })).toEqual(cancellation);
    expect(atBaseRate(cancellation, { bookings: 100_000, events: 8000 }).baseRate).toBeCloseTo(0.08, 3);
  });

  it('lowers every probability and keeps the order of bookings', () => {
    const lower = atBaseRate(cancellation, { bookings: 1000, events: 50 });
    const [calm, risky] = [facts({ earlierBookings: 3 }), facts({ affiliate: true, leadDays: 90 })];
    expect(probabilityOf(risky, lower)).toBeLessThan(probabilityOf(risky, cancellation));
    expect(probabilityOf(calm, lower)).toBeLessThan(probabilityOf(risky, lower));
  });

  it.each([
    { bookings: -1, events: 4 },
    { bookings: 5, events: 9 },
    { bookings: 5, events: -2 },
  ])('bears %o', (seen) => {
    const { baseRate, intercept } = atBaseRate(cancellation, seen);
    expect(baseRate).toBeGreaterThan(0);
    expect(baseRate).toBeLessThan(1);
    expect(Number.isFinite(intercept)).toBe(true);
  });
});
