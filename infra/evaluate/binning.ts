/** A feature over all rows: numbers, or names of categories. */
export type Column =
  | { readonly name: string; readonly kind: 'number'; readonly values: readonly number[] }
  | { readonly name: string; readonly kind: 'category'; readonly values: readonly string[] };

/** A feature with its values put into numbered bins, as trees want it. */
export interface BinnedColumn {
  readonly name: string;
  readonly kind: Column['kind'];
  readonly bins: Uint16Array;
  readonly binCount: number;
}

const NUMBER_BINS = 64;
/** Rarer categories say more about their few rows than about the next one: they share a bin with unknown ones. */
const RAREST = 20;

/** Learns the bins of a column from the rows to be trained on, and gives what puts any rows into them. */
export function binsFrom(training: Column): (column: Column) => BinnedColumn {
  return training.kind === 'number' ? numberBins(training.values) : categoryBins(training.values);
}

function numberBins(training: readonly number[]): (column: Column) => BinnedColumn {
  const sorted = training.filter(Number.isFinite).sort((a, b) => a - b);
  const quantiles = Array.from(
    { length: NUMBER_BINS - 1 },
    (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / NUMBER_BINS)] ?? 0,
  );
  // A value equal to an edge goes below it; bin 0 is for what is missing.
  const edges = [...new Set(quantiles)];
  return ({ name, kind, values }) => ({
    name,
    kind,
    bins: Uint16Array.from<number | string>(values, (value) =>
      Number.isFinite(value) ? 1 + edgesBelow(edges, Number(value)) : 0,
    ),
    binCount: edges.length + 2,
  });
}

function edgesBelow(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function categoryBins(training: readonly string[]): (column: Column) => BinnedColumn {
  const counts = new Map<string, number>();
  for (const value of training) counts.set(value, (counts.get(value) ?? 0) + 1);
  const common = [...counts].filter(([, count]) => count >= RAREST).map(([value]) => value);
  const places = new Map(common.sort().map((value, at) => [value, at + 1]));
  return ({ name, kind, values }) => ({
    name,
    kind,
    bins: Uint16Array.from<number | string>(values, (value) => places.get(String(value)) ?? 0),
    binCount: places.size + 1,
  });
}
