import type { Column } from './binning.ts';
import { fitLogistic, logOddsOf, probabilityFrom, type SparseRow } from './logistic.ts';

/** Rarer categories share one column. */
const RAREST = 50;
const RIDGE = 3;

/**
 * The plain logistic regression that anything cleverer has to beat: numbers in units of their spread, one column per
 * common category. Scales and categories are learnt from the training rows alone.
 *
 * @returns the probabilities of the rows ahead.
 */
export function regress(training: readonly Column[], outcomes: readonly number[], ahead: readonly Column[]): number[] {
  const encoders: Encoder[] = [];
  let width = 0;
  for (const column of training) {
    const encoder =
      column.kind === 'number' ? numberEncoder(column.values, width) : categoryEncoder(column.values, width);
    encoders.push(encoder);
    width += encoder.width;
  }
  const fit = fitLogistic(encode(encoders, training), outcomes, width, RIDGE);
  return encode(encoders, ahead).map((row) => probabilityFrom(logOddsOf(row, fit)));
}

interface Encoder {
  readonly width: number;
  /** Which column a value is in, and with what; nothing for a number that is missing. */
  place(value: number | string): { readonly column: number; readonly value: number } | undefined;
}

function encode(encoders: readonly Encoder[], columns: readonly Column[]): SparseRow[] {
  const rows = columns[0]?.values.length ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    const placed = columns.flatMap(({ values }, at) => encoders[at]?.place(values[row] ?? '') ?? []);
    return { columns: placed.map(({ column }) => column), values: placed.map(({ value }) => value) };
  });
}

function numberEncoder(values: readonly number[], column: number): Encoder {
  const known = values.filter(Number.isFinite);
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  const spread = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, known.length)) || 1;
  return {
    width: 1,
    place: (value) => (Number.isFinite(value) ? { column, value: (Number(value) - mean) / spread } : undefined),
  };
}

function categoryEncoder(values: readonly string[], first: number): Encoder {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const common = [...counts]
    .filter(([, count]) => count >= RAREST)
    .map(([value]) => value)
    .sort();
  const places = new Map(common.map((value, at) => [value, first + at + 1]));
  return { width: common.length + 1, place: (value) => ({ column: places.get(String(value)) ?? first, value: 1 }) };
}
