/** A statistic of the values of one period; undefined where there is no value. */
export type Statistic = (values: readonly number[]) => number | undefined;

const SIMPLE: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: (values) => sum(values),
  SampleCount: (values) => values.length,
  Average: (values) => sum(values) / values.length,
  Maximum: (values) => values.reduce((most, value) => Math.max(most, value)),
  Minimum: (values) => values.reduce((least, value) => Math.min(least, value)),
};

/**
 * Reads a statistic as alarms name it: `Sum`, `SampleCount`, `Average`, `Maximum`, `Minimum`, a percentile (`p99`), or
 * a percentile rank (`PR(100:2000)`: the percentage of values over 100 and up to 2000; either end may be left out).
 * CloudWatch's percentiles are estimates; here it is the value that so many percent are not above.
 * @throws on any other.
 */
export function statisticNamed(name: string): Statistic {
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  const compute = SIMPLE[name] ?? percentile(name) ?? percentileRank(name);
  if (compute === undefined) throw new Error(`the statistic ${name} is not known here`);
  const statistic: Statistic = (values) => (values.length === 0 ? undefined : compute(values));
  KNOWN.set(name, statistic);
  return statistic;
}

const KNOWN = new Map<string, Statistic>();

function percentile(name: string): ((values: readonly number[]) => number) | undefined {
  const share = /^p(\d{1,2}(?:\.\d+)?)$/.exec(name)?.[1];
  if (share === undefined) return undefined;
  return (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const rank = Math.max(1, Math.ceil((Number(share) / 100) * sorted.length));
    return sorted[rank - 1] ?? Number.NaN;
  };
}

function percentileRank(name: string): ((values: readonly number[]) => number) | undefined {
  const [, low, high] = /^PR\((\d+(?:\.\d+)?)?:(\d+(?:\.\d+)?)?\)$/.exec(name) ?? [];
  if (low === undefined && high === undefined) return undefined;
  const over = low === undefined ? Number.NEGATIVE_INFINITY : Number(low);
  const upTo = high === undefined ? Number.POSITIVE_INFINITY : Number(high);
  return (values) => (100 * values.filter((value) => value > over && value <= upTo).length) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
