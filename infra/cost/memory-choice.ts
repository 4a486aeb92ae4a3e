import { readFileSync } from 'node:fs';
import * as z from 'zod';

const figure = z.number().min(0);

const sizeSchema = z.object({
  service: z.string(),
  memoryMb: z.int().min(128),
  /** The function's timeout. */
  timeoutMs: figure,
  /** Processor time to start, which Lambda gives in full at any size. */
  initMs: figure,
  /** The first invocation of a process, at this size's share of a processor. */
  firstMs: figure,
  /** The median of the later ones. */
  warmMs: figure,
  /** The longest of the later ones. */
  longestMs: figure,
  cpuMs: figure,
  /** The most memory that the process ever had. */
  rssMb: figure,
  /** Of a million webhooks of the mix; of a month for what only a schedule runs. */
  dollars: figure,
});
export type SizeRun = z.infer<typeof sizeSchema>;

export const memorySweepSchema = z.object({
  at: z.iso.datetime(),
  how: z.array(z.string()),
  sizes: z.array(sizeSchema),
});
export type MemorySweep = z.infer<typeof memorySweepSchema>;

export const MEMORY_SWEEP_FILE = new URL('./memory-sweep.json', import.meta.url);

/** The committed sweep. @throws Error when the file is not what `npm run bench -- --memory` writes. */
export function readMemorySweep(): MemorySweep {
  return memorySweepSchema.parse(JSON.parse(readFileSync(MEMORY_SWEEP_FILE, 'utf8')));
}

/** Room above the largest process that was measured: memory that runs out ends an invocation. */
export const ROOM = 1.4;
/** Milliseconds that news may wait for a process to start, beside what its first invocation waits for at any size. */
const SLOWEST_COLD_START_MS = 3_000;
/** Share of a function's timeout that its longest run may take: batches are larger than here. */
const LARGEST_SHARE_OF_TIMEOUT = 0.5;
/** Sizes that cost as good as the same: the larger one is faster. */
const AS_GOOD_AS_SAME = 1.03;

/**
 * What speaks against a size; nothing where it will do.
 * @param quickestFirstMs of the function's sizes: what no size is to blame for.
 */
export function objections(run: SizeRun, quickestFirstMs: number): readonly string[] {
  const { memoryMb, timeoutMs, rssMb, initMs, firstMs, longestMs } = run;
  return [
    ...(rssMb * ROOM > memoryMb ? [`${Math.round(rssMb)} MB leave too little room`] : []),
    ...(initMs + firstMs - quickestFirstMs > SLOWEST_COLD_START_MS ? ['starts too slowly'] : []),
    ...(longestMs > LARGEST_SHARE_OF_TIMEOUT * timeoutMs ? ['comes near its timeout'] : []),
  ];
}

/** The shortest first invocation of some sizes, ms: nearly all of it is waiting. */
export function quickestFirst(runs: readonly SizeRun[]): number {
  return Math.min(...runs.map(({ firstMs }) => firstMs));
}

/**
 * The cheapest size of a function that nothing speaks against; of those that cost as good as the same, the largest.
 * @throws Error where no size will do.
 */
export function chooseMemory(runs: readonly SizeRun[]): number {
  const quickest = quickestFirst(runs);
  const fitting = runs.filter((run) => objections(run, quickest).length === 0);
  const least = Math.min(...fitting.map(({ dollars }) => dollars));
  const [best] = fitting
    .filter(({ dollars }) => dollars <= least * AS_GOOD_AS_SAME)
    .toSorted((a, b) => b.memoryMb - a.memoryMb);
  if (best === undefined) throw new Error(`no size will do for ${runs[0]?.service ?? 'a function without runs'}`);
  return best.memoryMb;
}
