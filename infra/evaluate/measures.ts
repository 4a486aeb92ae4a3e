import { randomFrom } from './random.ts';

/** Forecasts beside what came true, row by row: probabilities 0–1, and 1 where it did. */
export interface Forecasts {
  readonly probabilities: readonly number[];
  readonly outcomes: readonly number[];
}

/** A figure with the range that 95 % of resamples of the same rows gave. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Measures {
  /** Chance that a row that came true got a higher probability than one that did not; 0.5 is guessing. */
  readonly auc: Interval;
  /** Mean squared distance from the truth; lower is better. */
  readonly brier: Interval;
}

/** Area under the ROC curve, ties counted half; NaN where all outcomes are the same. */
export const aucOf = (forecasts: Forecasts): number => weightedAuc(forecasts, orderOf(forecasts), undefined);

/** Brier score. */
export const brierOf = (forecasts: Forecasts): number => weightedBrier(forecasts, undefined);

/** Row numbers by rising probability. */
function orderOf({ probabilities }: Forecasts): Uint32Array {
  return Uint32Array.from(probabilities.keys()).sort((a, b) => (probabilities[a] ?? 0) - (probabilities[b] ?? 0));
}

function weightedAuc(
  { probabilities, outcomes }: Forecasts,
  order: Uint32Array,
  weights: Uint16Array | undefined,
): number {
  let misses = 0;
  let hits = 0;
  let area = 0;
  for (let start = 0; start < order.length; ) {
    const value = probabilities[order[start] ?? 0];
    let tiedHits = 0;
    let tiedMisses = 0;
    let at = start;
    for (; at < order.length && probabilities[order[at] ?? 0] === value; at++) {
      const row = order[at] ?? 0;
      const weight = weights?.[row] ?? 1;
      if (outcomes[row] === 1) tiedHits += weight;
      else tiedMisses += weight;
    }
    area += tiedHits * (misses + tiedMisses / 2);
    hits += tiedHits;
    misses += tiedMisses;
    start = at;
  }
  return area / (hits * misses);
}

function weightedBrier({ probabilities, outcomes }: Forecasts, weights: Uint16Array | undefined): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < outcomes.length; row++) {
    const weight = weights?.[row] ?? 1;
    sum += weight * ((probabilities[row] ?? 0) - (outcomes[row] ?? 0)) ** 2;
    total += weight;
  }
  return sum / total;
}

/** How many resamples the intervals come from. */
export const RESAMPLES = 500;

/** AUC and Brier score with their bootstrap intervals. The same seed gives the same figures. */
export function measure(forecasts: Forecasts, seed: number, resamples = RESAMPLES): Measures {
  const order = orderOf(forecasts);
  const aucs: number[] = [];
  const briers: number[] = [];
  for (const weights of resamplesOf(forecasts.outcomes.length, seed, resamples)) {
    aucs.push(weightedAuc(forecasts, order, weights));
    briers.push(weightedBrier(forecasts, weights));
  }
  return {
    auc: intervalOf(weightedAuc(forecasts, order, undefined), aucs),
    brier: intervalOf(weightedBrier(forecasts, undefined), briers),
  };
}

/** How much better `ours` is than `other` on the same rows, resampled together: AUC gained, Brier score gained (negative is better). */
export function measureDifference(ours: Forecasts, other: Forecasts, seed: number, resamples = RESAMPLES): Measures {
  const [ourOrder, otherOrder] = [orderOf(ours), orderOf(other)];
  const difference = (weights: Uint16Array | undefined) => ({
    auc: weightedAuc(ours, ourOrder, weights) - weightedAuc(other, otherOrder, weights),
    brier: weightedBrier(ours, weights) - weightedBrier(other, weights),
  });
  const drawn: { auc: number; brier: number }[] = [];
  // One by one: the weights are used again.
  for (const weights of resamplesOf(ours.outcomes.length, seed, resamples)) drawn.push(difference(weights));
  const whole = difference(undefined);
  return {
    auc: intervalOf(
      whole.auc,
      drawn.map(({ auc }) => auc),
    ),
    brier: intervalOf(
      whole.brier,
      drawn.map(({ brier }) => brier),
    ),
  };
}

/** How often each row is drawn, once per resample. The array is used again for the next one. */
function* resamplesOf(rows: number, seed: number, resamples: number): Generator<Uint16Array> {
  const random = randomFrom(seed);
  const weights = new Uint16Array(rows);
  for (let round = 0; round < resamples; round++) {
    weights.fill(0);
    for (let draw = 0; draw < rows; draw++) {
      const row = Math.floor(random() * rows);
      weights[row] = (weights[row] ?? 0) + 1;
    }
    yield weights;
  }
}

function intervalOf(value: number, drawn: readonly number[]): Interval {
  // A resample of few rows may hold one outcome only and has no AUC then.
  const sorted = drawn.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return { value, low: at(0.025), high: at(0.975) };
}

export interface ReliabilityRow {
  readonly rows: number;
  /** Mean probability that was forecast. */
  readonly forecast: number;
  /** Share that came true. */
  readonly seen: number;
}

/** Forecasts in `groups` groups of equal size by rising probability: what was said beside what came true. */
export function reliabilityOf(forecasts: Forecasts, groups = 10): ReliabilityRow[] {
  const order = orderOf(forecasts);
  const mean = (rows: Uint32Array, values: readonly number[]): number =>
    rows.reduce((sum, row) => sum + (values[row] ?? 0), 0) / rows.length;
  return Array.from({ length: groups }, (_, group) =>
    order.subarray(Math.floor((group * order.length) / groups), Math.floor(((group + 1) * order.length) / groups)),
  )
    .filter((rows) => rows.length > 0)
    .map((rows) => ({
      rows: rows.length,
      forecast: mean(rows, forecasts.probabilities),
      seen: mean(rows, forecasts.outcomes),
    }));
}
