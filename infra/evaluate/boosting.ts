import { type BinnedColumn, binsFrom, type Column } from './binning.ts';
import { probabilityFrom } from './logistic.ts';
import { randomFrom } from './random.ts';
import { addAnswers, growTree } from './tree.ts';

export interface BoostingSettings {
  readonly trees: number;
  readonly maxLeaves: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** Rows to learn from. */
export interface TrainingSet {
  readonly columns: readonly Column[];
  readonly outcomes: readonly number[];
  /** How much each row counts; all the same where left out. */
  readonly weights?: readonly number[] | undefined;
}

/** Called after so many trees with the probabilities that they give the rows to be forecast; `enough` grows no more. */
export type Watch = (trees: number, probabilities: readonly number[]) => 'more' | 'enough';

const MIN_LEAF_ROWS = 40;
const NUMBER_PENALTY = 5;
const CATEGORY_PENALTY = 20;
const ROW_SHARE = 0.8;
const COLUMN_SHARE = 0.5;
const WATCH_EVERY = 25;

/**
 * Gradient-boosted trees on the logistic loss, with histograms of at most 64 bins; each tree sees part of the rows and
 * columns, drawn by the seed.
 *
 * @param ahead the columns of the rows to be forecast, in the same order.
 * @returns their probabilities.
 */
export function boost(
  training: TrainingSet,
  ahead: readonly Column[],
  settings: BoostingSettings,
  watch?: Watch,
): number[] {
  const binners = training.columns.map(binsFrom);
  const known = training.columns.flatMap((column, at) => binners[at]?.(column) ?? []);
  const unknown = ahead.flatMap((column, at) => binners[at]?.(column) ?? []);
  const random = randomFrom(settings.seed);
  const start = startOf(training);
  const fitted = new Float64Array(training.outcomes.length).fill(start);
  const forecast = new Float64Array(unknown[0]?.bins.length ?? 0).fill(start);
  const tree = {
    maxLeaves: settings.maxLeaves,
    minLeafRows: MIN_LEAF_ROWS,
    numberPenalty: NUMBER_PENALTY,
    categoryPenalty: CATEGORY_PENALTY,
  };
  for (let round = 1; round <= settings.trees; round++) {
    const rows = drawRows(training.outcomes.length, random);
    const grown = growTree(drawColumns(known, random), rows, lossOf(training, fitted), tree);
    addAnswers(grown, byName(known), settings.learningRate, fitted);
    addAnswers(grown, byName(unknown), settings.learningRate, forecast);
    if (round % WATCH_EVERY === 0 && watch?.(round, [...forecast].map(probabilityFrom)) === 'enough') break;
  }
  return [...forecast].map(probabilityFrom);
}

const byName = (columns: readonly BinnedColumn[]): ReadonlyMap<string, BinnedColumn> =>
  new Map(columns.map((column) => [column.name, column]));

function drawRows(count: number, random: () => number): Uint32Array {
  const drawn = new Uint32Array(count);
  let length = 0;
  for (let row = 0; row < count; row++) if (random() < ROW_SHARE) drawn[length++] = row;
  return drawn.slice(0, length);
}

function drawColumns(columns: readonly BinnedColumn[], random: () => number): readonly BinnedColumn[] {
  const drawn = columns.filter(() => random() < COLUMN_SHARE);
  return drawn.length > 0 ? drawn : columns;
}

/** Log odds of the mean outcome. */
function startOf({ outcomes, weights }: TrainingSet): number {
  let sum = 0.5;
  let total = 1;
  for (const [row, outcome] of outcomes.entries()) {
    sum += (weights?.[row] ?? 1) * outcome;
    total += weights?.[row] ?? 1;
  }
  return Math.log(sum / (total - sum));
}

function lossOf({ outcomes, weights }: TrainingSet, logOdds: Float64Array) {
  const gradients = new Float64Array(outcomes.length);
  const curvatures = new Float64Array(outcomes.length);
  for (let row = 0; row < outcomes.length; row++) {
    const probability = probabilityFrom(logOdds[row] ?? 0);
    const weight = weights?.[row] ?? 1;
    gradients[row] = weight * (probability - (outcomes[row] ?? 0));
    curvatures[row] = weight * probability * (1 - probability);
  }
  return { gradients, curvatures };
}
