import { describe, expect, it } from 'vitest';
import { judgeOwnHistory, LEAST_EVENTS } from '../../../infra/evaluate/own-verdict.ts';
import { randomFrom } from '../../../infra/evaluate/random.ts';
import type { KnownBooking } from '../../../infra/evaluate/risk-training.ts';
import { DEFAULT_RISK_MODEL } from '../../../shared/risk/default-model.ts';
import { type RiskFacts, riskModelSchema } from '../../../shared/risk/model.ts';
import { probabilityOf } from '../../../shared/risk/risk.ts';

/** Invented bookings, ten a day, that are cancelled with the given probability. */
function history(count: number, chance: (facts: RiskFacts) => number, seed = 31): KnownBooking[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, at) => {
    const facts: RiskFacts = {
      leadDays: Math.floor(random() * 90),
      partySize: 1 + Math.floor(random() * 6),
      children: random() < 0.3 ? 1 : 0,
      earlierBookings: random() < 0.2 ? 1 : 0,
      earlierCancellations: 0,
      earlierNoShows: 0,
      affiliate: random() < 0.5,
      affiliateDesk: false,
      weekend: random() < 0.3,
      paidShare: random() < 0.5 ? 1 : 0,
    };
    return { bookedDay: 20_000 + Math.floor(at / 10), facts, outcome: random() < chance(facts) ? 'cancelled' : 'came' };
  });
}

/** Here the unpaid are lost, and lead time means nothing: the default knows neither. */
const byPayment = ({ paidShare }: RiskFacts) => (paidShare === 1 ? 0.04 : 0.35);
const cancellationOf = (bookings: readonly KnownBooking[]) => {
  const { verdicts, model } = judgeOwnHistory(bookings);
  return { verdict: verdicts.find(({ outcome }) => outcome === 'cancellation'), model };
};

describe('an operator’s own history', () => {
  it('replaces the default where it surely tells bookings apart better, and gives its coefficients', () => {
    const { verdict, model } = cancellationOf(history(6000, byPayment));
    expect(verdict?.replaces).toBe(true);
    expect(verdict?.measured?.gain.auc.low).toBeGreaterThan(0);
    expect(verdict?.measured?.gain.brier.value).toBeLessThan(0);
    expect(riskModelSchema.parse(model)).toEqual(model);
    expect(model.version).toBe('own-2026-05-26');
    expect(model.cancellation.terms.paidShare?.weight).toBeLessThan(-1.5);
  });

  it('does not replace it where both know the same, however much there is', () => {
    const { verdict, model } = cancellationOf(
      history(6000, (facts) => probabilityOf(facts, DEFAULT_RISK_MODEL.cancellation)),
    );
    expect(verdict?.replaces).toBe(false);
    expect(verdict?.because).toMatch(/not surely/);
    expect(model.cancellation.terms).toEqual(DEFAULT_RISK_MODEL.cancellation.terms);
  });

  it('does not believe what is too good to be true: a column that the end has changed', () => {
    const leaking = history(6000, byPayment).map((booking) =>
      booking.outcome === 'cancelled' ? { ...booking, facts: { ...booking.facts, partySize: 0 } } : booking,
    );
    const { verdict, model } = cancellationOf(leaking);
    expect(verdict?.measured?.own.auc.value).toBeGreaterThan(0.95);
    expect(verdict).toMatchObject({ replaces: false, because: expect.stringContaining('too good to be true') });
    expect(model.cancellation.terms).toEqual(DEFAULT_RISK_MODEL.cancellation.terms);
  });

  it('does not replace it with too few cancellations, and says how many are needed', () => {
    const { verdict, model } = cancellationOf(history(500, byPayment));
    expect(verdict).toMatchObject({ replaces: false, measured: undefined });
    expect(verdict?.because).toContain(`${LEAST_EVENTS.training} in the earlier`);
    expect(model.version).toMatch(/^hotel-2-at-own-level-/);
  });

  it('gives the default the operator’s level', () => {
    const { model } = cancellationOf(history(500, () => 0.08));
    expect(model.cancellation.baseRate).toBeGreaterThan(0.07);
    expect(model.cancellation.baseRate).toBeLessThan(0.16);
  });

  it('judges no-shows apart: here there are none', () => {
    const { verdicts, model } = judgeOwnHistory(history(6000, byPayment));
    expect(verdicts.find(({ outcome }) => outcome === 'noShow')).toMatchObject({ replaces: false, testEvents: 0 });
    expect(model.noShow.terms).toEqual(DEFAULT_RISK_MODEL.noShow.terms);
  });

  it('gives the same verdict each time', () => {
    const bookings = history(2000, byPayment);
    expect(judgeOwnHistory(bookings)).toEqual(judgeOwnHistory(bookings));
  });
});
