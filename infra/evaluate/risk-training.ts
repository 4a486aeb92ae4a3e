import {
  FEATURES,
  type OutcomeModel,
  type RiskFacts,
  type RiskFeature,
  riskFeatureSchema,
} from '../../shared/risk/model.ts';
import { probabilityOf } from '../../shared/risk/risk.ts';
import { fitLogistic } from './logistic.ts';
import type { Forecasts } from './measures.ts';

/** A booking to learn from: what was known when it was made, and what became of it. */
export interface KnownBooking {
  readonly bookedDay: number;
  readonly facts: RiskFacts;
  readonly outcome: 'came' | 'cancelled' | 'no-show';
}

export type RiskOutcome = 'cancellation' | 'noShow';

/** Whether the booking ended so; undefined where the question does not arise (a no-show that had been cancelled). */
export function endedSo(outcome: RiskOutcome, booking: KnownBooking): 0 | 1 | undefined {
  if (outcome === 'cancellation') return booking.outcome === 'cancelled' ? 1 : 0;
  if (booking.outcome === 'cancelled') return undefined;
  return booking.outcome === 'no-show' ? 1 : 0;
}

/** In weights of features that are of the order of one: it holds what few bookings say, and leaves alone what thousands do. */
const RIDGE = 5;

/**
 * One logistic regression, calibrated on the bookings it learns from: the mean of its probabilities is the rate seen.
 * Features that never differ in these bookings are left out.
 */
export function trainOutcome(
  bookings: readonly KnownBooking[],
  outcome: RiskOutcome,
  features: readonly RiskFeature[] = riskFeatureSchema.options,
): OutcomeModel {
  const asked = bookings.flatMap((booking) => {
    const ended = endedSo(outcome, booking);
    return ended === undefined ? [] : [{ facts: booking.facts, ended }];
  });
  const facts = asked.map((one) => one.facts);
  const centred = features.flatMap((name) => centre(name, facts));
  const columns = centred.map((_, at) => at);
  const rows = facts.map((_, row) => ({ columns, values: centred.map(({ values }) => values[row] ?? 0) }));
  const outcomes = asked.map(({ ended }) => ended);
  const fit = fitLogistic(rows, outcomes, centred.length, RIDGE);
  const terms = centred.map(({ name, typical }, at) => [
    name,
    { weight: rounded(fit.weights[at] ?? 0), typical: rounded(typical) },
  ]);
  const events = outcomes.filter((ended) => ended === 1).length;
  const baseRate = rounded((events + 0.5) / (outcomes.length + 1), 6);
  return { intercept: rounded(fit.intercept), baseRate, terms: Object.fromEntries(terms) };
}

/** A feature's values less their mean; what is unknown is put on the mean. */
function centre(name: RiskFeature, facts: readonly RiskFacts[]) {
  const values = facts.map((one) => FEATURES[name](one));
  const known = values.filter((value) => value !== null);
  const typical = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  const differs = known.some((value) => Math.abs(value - typical) > 1e-9);
  return differs ? [{ name, typical, values: values.map((value) => (value === null ? 0 : value - typical)) }] : [];
}

/** So many decimals are kept, here and in what is measured, that the coefficients written down are the ones measured. */
const rounded = (value: number, decimals = 4): number => Number(value.toFixed(decimals));

/** What a model says of bookings, beside what became of them. */
export function forecastsOf(model: OutcomeModel, bookings: readonly KnownBooking[], outcome: RiskOutcome): Forecasts {
  const asked = bookings.flatMap((booking) => {
    const ended = endedSo(outcome, booking);
    return ended === undefined ? [] : [{ probability: probabilityOf(booking.facts, model), ended }];
  });
  return { probabilities: asked.map(({ probability }) => probability), outcomes: asked.map(({ ended }) => ended) };
}
