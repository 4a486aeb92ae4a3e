/** The value below which `share` (0–1) of the values lie; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return Math.round(value * 100) / 100;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Rounded to two decimals: what a machine's noise leaves worth reading. */
export const rounded = (value: number): number => Math.round(value * 100) / 100;
