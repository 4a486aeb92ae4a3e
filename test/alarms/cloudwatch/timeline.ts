import { type Statistic, statisticNamed } from './statistic.ts';

/** A metric as CloudWatch tells them apart: two with other dimensions are two metrics. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What was published of a metric at one moment: one value, or several under one name. */
export interface Published extends MetricId {
  readonly values: readonly number[];
}

/** One metric's values, by minute, and running totals up to and with each minute that has any. */
interface Kept {
  readonly values: Map<number, number[]>;
  minutes: readonly number[];
  sums: readonly number[];
  counts: readonly number[];
}

/** Metrics over time, by minutes as CloudWatch keeps them. Minute 0 is the moment `startsAt`. */
export class Timeline {
  readonly startsAt: Date;
  readonly #under: Timeline | undefined;
  readonly #metrics = new Map<string, Kept>();
  /** By metric, statistic, length and end of the window. */
  readonly #computed = new Map<string, Map<string, Map<number, Map<number, number | undefined>>>>();

  /** @param under another time line, whose metrics are seen here too. */
  constructor(startsAt: Date, under?: Timeline) {
    this.startsAt = startsAt;
    this.#under = under;
  }

  /** A time line on top of this one: what is added there is not seen here. */
  above(): Timeline {
    return new Timeline(this.startsAt, this);
  }

  /** Publishes values within that minute. */
  add(published: Published, minute: number): void {
    const key = keyOf(published);
    const kept = this.#metrics.get(key) ?? { values: new Map(), minutes: [], sums: [], counts: [] };
    const there = kept.values.get(minute) ?? [];
    there.push(...published.values);
    kept.values.set(minute, there);
    kept.minutes = [];
    this.#metrics.set(key, kept);
    this.#computed.clear();
  }

  /** Whether anything of the metric was added to this very time line. */
  holds(metric: MetricId): boolean {
    return this.#metrics.has(keyOf(metric));
  }

  /** The statistic of the `length` minutes that end where minute `end` begins; undefined where nothing was published. */
  statistic(metric: MetricId, statistic: string, end: number, length: number): number | undefined {
    const compute = statisticNamed(statistic);
    const key = keyOf(metric);
    if (this.#under !== undefined && !this.#metrics.has(key)) {
      return this.#under.statistic(metric, statistic, end, length);
    }
    const known = inner(inner(inner(this.#computed, key), statistic), length);
    if (known.has(end)) return known.get(end);
    const value = this.#compute(key, { statistic, compute }, end - length, end);
    known.set(end, value);
    return value;
  }

  #compute(key: string, by: { statistic: string; compute: Statistic }, from: number, to: number): number | undefined {
    const { count, sum } = this.#totals(key, from, to);
    // Long windows of what is only added up would else be most of a simulation's work.
    if (count === 0) return undefined;
    if (by.statistic === 'SampleCount') return count;
    return by.statistic === 'Sum' ? sum : by.compute(this.#values(key, from, to));
  }

  #totals(key: string, from: number, to: number): { readonly count: number; readonly sum: number } {
    const under = this.#under === undefined ? { count: 0, sum: 0 } : this.#under.#totals(key, from, to);
    const kept = this.#metrics.get(key);
    if (kept === undefined) return under;
    const [first, end] = between(kept, from, to);
    return {
      count: under.count + (kept.counts[end - 1] ?? 0) - (kept.counts[first - 1] ?? 0),
      sum: under.sum + (kept.sums[end - 1] ?? 0) - (kept.sums[first - 1] ?? 0),
    };
  }

  #values(key: string, from: number, to: number): number[] {
    const under = this.#under === undefined ? [] : this.#under.#values(key, from, to);
    const kept = this.#metrics.get(key);
    if (kept === undefined) return under;
    const [first, end] = between(kept, from, to);
    for (const minute of kept.minutes.slice(first, end)) under.push(...(kept.values.get(minute) ?? []));
    return under;
  }

  /** The moment at which the minute begins. */
  at(minute: number): Date {
    return new Date(this.startsAt.getTime() + minute * 60_000);
  }
}

/** The map in a map; a new one where there is none. */
function inner<Key, InnerKey, Value>(of: Map<Key, Map<InnerKey, Value>>, key: Key): Map<InnerKey, Value> {
  const found = of.get(key) ?? new Map<InnerKey, Value>();
  if (found.size === 0) of.set(key, found);
  return found;
}

/** Where the minutes of a window begin and end among those that have values. */
function between(kept: Kept, from: number, to: number): readonly [number, number] {
  totalUp(kept);
  return [firstAtOrAfter(kept.minutes, from), firstAtOrAfter(kept.minutes, to)];
}

function totalUp(kept: Kept): void {
  if (kept.minutes.length > 0) return;
  let [sum, count] = [0, 0];
  const [sums, counts]: [number[], number[]] = [[], []];
  kept.minutes = [...kept.values.keys()].sort((a, b) => a - b);
  for (const minute of kept.minutes) {
    for (const value of kept.values.get(minute) ?? []) [sum, count] = [sum + value, count + 1];
    sums.push(sum);
    counts.push(count);
  }
  [kept.sums, kept.counts] = [sums, counts];
}

function firstAtOrAfter(minutes: readonly number[], wanted: number): number {
  let [low, high] = [0, minutes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((minutes[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

const KEYS = new WeakMap<MetricId, string>();

function keyOf(metric: MetricId): string {
  const known = KEYS.get(metric);
  if (known !== undefined) return known;
  const sorted = Object.entries(metric.dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  const key = JSON.stringify([metric.namespace, metric.name, sorted]);
  KEYS.set(metric, key);
  return key;
}
