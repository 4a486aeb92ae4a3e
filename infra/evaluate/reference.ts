import type { Column } from './binning.ts';
import { type BoostingSettings, boost } from './boosting.ts';
import type { HotelBooking, HotelData } from './hotel-data.ts';
import { hotelColumns } from './hotel-features.ts';
import { regress } from './hotel-regression.ts';
import { brierOf, type Forecasts, type Measures, measure, type ReliabilityRow, reliabilityOf } from './measures.ts';
import { evaluateShipped, type ShippedModel } from './shipped.ts';
import { dateOf, splitByBookingDay } from './split.ts';

/** Share of the bookings, by booking date, that is learnt from; the rest is forecast once, at the end. */
export const TRAINING_SHARE = 0.75;
export const SEED = 20_161_107;

export interface ModelResult extends Measures {
  readonly model: string;
  /** Rows forecast, and the share of them that came true. */
  readonly rows: number;
  readonly rate: number;
}

export interface Reference {
  readonly rows: number;
  readonly distinct: number;
  readonly training: {
    readonly bookings: number;
    readonly from: string;
    readonly until: string;
    readonly rate: number;
  };
  readonly test: { readonly bookings: number; readonly from: string; readonly until: string; readonly rate: number };
  /** Brier score of saying the training rate of everybody. */
  readonly baseBrier: number;
  readonly chosen: BoostingSettings & { readonly halfLifeDays: number | null };
  readonly results: readonly ModelResult[];
  readonly reliability: readonly ReliabilityRow[];
  /** The small model, trained anew, and as it is shipped. */
  readonly small: ShippedModel;
}

export const lostOf = (bookings: readonly HotelBooking[]): number[] =>
  bookings.map(({ outcome }) => (outcome === 'came' ? 0 : 1));

export const rateOf = (outcomes: readonly number[]): number =>
  outcomes.reduce((sum, outcome) => sum + outcome, 0) / outcomes.length;

/** The rows of `columns` from `from` up to `to`. */
export const rowsOf = (columns: readonly Column[], from: number, to?: number): Column[] =>
  columns.map((column) =>
    column.kind === 'number'
      ? { ...column, values: column.values.slice(from, to) }
      : { ...column, values: column.values.slice(from, to) },
  );

/** Newer bookings count more: half as much for each half-life before the last one. All the same for null. */
export function weightsOf(bookings: readonly HotelBooking[], halfLifeDays: number | null): number[] | undefined {
  const last = bookings.at(-1)?.bookedDay ?? 0;
  return halfLifeDays === null
    ? undefined
    : bookings.map(({ bookedDay }) => 0.5 ** ((last - bookedDay) / halfLifeDays));
}

/**
 * The reference evaluation: learns from the earlier bookings, forecasts the later ones, and measures.
 * @param say takes a line on how far it is.
 */
export function evaluateReference({ rows, bookings }: HotelData, say: (line: string) => void): Reference {
  const { before, after } = splitByBookingDay(bookings, TRAINING_SHARE);
  const columns = hotelColumns(bookings);
  const [known, ahead] = [rowsOf(columns, 0, before.length), rowsOf(columns, before.length)];
  const [trained, truth] = [lostOf(before), lostOf(after)];
  say('choosing the trees on the last quarter of the training period');
  const chosen = chooseBoosting(before, known);
  say(`learning ${chosen.trees} trees from ${before.length} bookings`);
  const weights = weightsOf(before, chosen.halfLifeDays);
  const boosted = {
    probabilities: boost({ columns: known, outcomes: trained, weights }, ahead, chosen),
    outcomes: truth,
  };
  say('plain logistic regression');
  const plain = { probabilities: regress(known, trained, ahead), outcomes: truth };
  const base = { probabilities: truth.map(() => rateOf(trained)), outcomes: truth };
  return {
    rows,
    distinct: bookings.length,
    training: periodOf(before),
    test: periodOf(after),
    baseBrier: brierOf(base),
    chosen,
    results: [resultOf('boosted trees', boosted), resultOf('plain logistic regression', plain)],
    reliability: reliabilityOf(boosted),
    small: evaluateShipped(before, after, SEED),
  };
}

const resultOf = (model: string, forecasts: Forecasts): ModelResult => ({
  model,
  rows: forecasts.outcomes.length,
  rate: rateOf(forecasts.outcomes),
  ...measure(forecasts, SEED),
});

function periodOf(bookings: readonly HotelBooking[]) {
  return {
    bookings: bookings.length,
    from: dateOf(bookings[0]?.bookedDay ?? 0),
    until: dateOf(bookings.at(-1)?.bookedDay ?? 0),
    rate: rateOf(lostOf(bookings)),
  };
}

const CANDIDATES = [
  { maxLeaves: 8, halfLifeDays: null },
  { maxLeaves: 8, halfLifeDays: 365 },
  { maxLeaves: 24, halfLifeDays: 365 },
] as const;
const MOST_TREES = 400;
const LEARNING_RATE = 0.08;
/** So many trees without a better score are enough. */
const PATIENCE = 75;

/** Chooses size and number of trees by the Brier score on the last part of the training period; the test is never looked at. */
export function chooseBoosting(bookings: readonly HotelBooking[], columns: readonly Column[]): Reference['chosen'] {
  const { before, after } = splitByBookingDay(bookings, TRAINING_SHARE);
  const [known, ahead] = [rowsOf(columns, 0, before.length), rowsOf(columns, before.length)];
  const outcomes = lostOf(after);
  const first = { ...CANDIDATES[0], trees: MOST_TREES, learningRate: LEARNING_RATE, seed: SEED };
  let best: { readonly brier: number; readonly chosen: Reference['chosen'] } = {
    brier: Number.POSITIVE_INFINITY,
    chosen: first,
  };
  for (const candidate of CANDIDATES) {
    const settings = { ...candidate, trees: MOST_TREES, learningRate: LEARNING_RATE, seed: SEED };
    const training = { columns: known, outcomes: lostOf(before), weights: weightsOf(before, candidate.halfLifeDays) };
    let own = { brier: Number.POSITIVE_INFINITY, trees: 0 };
    boost(training, ahead, settings, (grown, probabilities) => {
      const brier = brierOf({ probabilities, outcomes });
      if (brier < own.brier) own = { brier, trees: grown };
      return grown - own.trees < PATIENCE ? 'more' : 'enough';
    });
    if (own.brier < best.brier) best = { brier: own.brier, chosen: { ...settings, trees: own.trees } };
  }
  return best.chosen;
}
