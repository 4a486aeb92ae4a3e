/** One row's features that are not zero. */
export interface SparseRow {
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

export interface LogisticFit {
  readonly intercept: number;
  readonly weights: readonly number[];
}

const ROUNDS = 30;
const SETTLED = 1e-9;

/**
 * Logistic regression by Newton's method.
 *
 * @param width number of columns.
 * @param ridge penalty on half the square of each weight (not on the intercept); above 0, so that there is always an answer.
 */
export function fitLogistic(
  rows: readonly SparseRow[],
  outcomes: readonly number[],
  width: number,
  ridge: number,
): LogisticFit {
  const size = width + 1;
  // The intercept is the last column.
  const beta = new Float64Array(size);
  for (let round = 0; round < ROUNDS; round++) {
    const { gradient, hessian } = derivatives(rows, outcomes, beta, ridge);
    const step = solve(hessian, gradient);
    let largest = 0;
    for (let at = 0; at < size; at++) {
      beta[at] = (beta[at] ?? 0) + (step[at] ?? 0);
      largest = Math.max(largest, Math.abs(step[at] ?? 0));
    }
    if (largest < SETTLED) break;
  }
  return { intercept: beta[width] ?? 0, weights: [...beta.subarray(0, width)] };
}

/** Log odds of a row. */
export function logOddsOf({ columns, values }: SparseRow, { intercept, weights }: LogisticFit): number {
  return columns.reduce((sum, column, at) => sum + (weights[column] ?? 0) * (values[at] ?? 0), intercept);
}

export const probabilityFrom = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

function derivatives(rows: readonly SparseRow[], outcomes: readonly number[], beta: Float64Array, ridge: number) {
  const size = beta.length;
  const gradient = new Float64Array(size);
  const hessian = Array.from({ length: size }, () => new Float64Array(size));
  const fit = { intercept: beta[size - 1] ?? 0, weights: [...beta.subarray(0, size - 1)] };
  for (const [index, row] of rows.entries()) {
    const probability = probabilityFrom(logOddsOf(row, fit));
    const residual = (outcomes[index] ?? 0) - probability;
    const curvature = Math.max(1e-9, probability * (1 - probability));
    const columns = [...row.columns, size - 1];
    const values = [...row.values, 1];
    for (let a = 0; a < columns.length; a++) {
      const column = columns[a] ?? 0;
      const value = values[a] ?? 0;
      gradient[column] = (gradient[column] ?? 0) + residual * value;
      const line = hessian[column];
      if (line === undefined) continue;
      for (let b = 0; b < columns.length; b++) {
        const other = columns[b] ?? 0;
        line[other] = (line[other] ?? 0) + curvature * value * (values[b] ?? 0);
      }
    }
  }
  for (let at = 0; at < size; at++) {
    const penalty = at === size - 1 ? 1e-9 : ridge;
    gradient[at] = (gradient[at] ?? 0) - penalty * (beta[at] ?? 0);
    const line = hessian[at];
    if (line !== undefined) line[at] = (line[at] ?? 0) + penalty;
  }
  return { gradient, hessian };
}

/** Solves `matrix · x = right` for a symmetric positive definite matrix (Cholesky, in place). */
function solve(matrix: Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const cell = (row: number, column: number): number => matrix[row]?.[column] ?? 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = cell(row, column);
      for (let k = 0; k < column; k++) sum -= cell(row, k) * cell(column, k);
      const line = matrix[row];
      if (line !== undefined)
        line[column] = row === column ? Math.sqrt(Math.max(sum, 1e-12)) : sum / cell(column, column);
    }
  }
  const solution = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    let sum = solution[row] ?? 0;
    for (let k = 0; k < row; k++) sum -= cell(row, k) * (solution[k] ?? 0);
    solution[row] = sum / cell(row, row);
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = solution[row] ?? 0;
    for (let k = row + 1; k < size; k++) sum -= cell(k, row) * (solution[k] ?? 0);
    solution[row] = sum / cell(row, row);
  }
  return solution;
}
