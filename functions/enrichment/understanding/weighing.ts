/** One feature's part in a number, as a person reads it: "party of 24" with 25 points. */
export interface Weighed {
  readonly earned: number;
  readonly reason: string;
}

/** What has points, strongest first, each with its points: "party of 24 (+25)". Equal ones by their text. */
export function strongestFirst(parts: readonly Weighed[]): string[] {
  return [...parts]
    .filter(({ earned }) => earned !== 0)
    .sort((a, b) => Math.abs(b.earned) - Math.abs(a.earned) || (a.reason < b.reason ? -1 : 1))
    .map(({ earned, reason }) => `${reason} (${earned > 0 ? '+' : '−'}${Math.abs(earned)})`);
}

/** Sum of the points. */
export function sumOf(parts: readonly Weighed[]): number {
  return parts.reduce((sum, { earned }) => sum + earned, 0);
}

/** How much of `whole` there is, 0–1. */
export function part(value: number, whole: number): number {
  return clamp(value / whole, 0, 1);
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** "1 child", "3 children". */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
