import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A case that did not come out as it should. */
export interface Failure {
  readonly index: number;
  readonly what: string;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly runs: number;
  /** The one case to repeat, instead of all. */
  readonly only?: number | undefined;
}

export interface FuzzReport {
  readonly name: string;
  readonly runs: number;
  /** How often each outcome was seen. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
  /** Megabytes of heap in use after a full collection, once everything was warm and at the end. */
  readonly heap: { readonly start: number; readonly end: number };
  readonly slowest: { readonly index: number; readonly ms: number };
}

/** Tries one case: gives the outcome's name to be counted. @throws where it is not as it should be. */
export type FuzzCase = (index: number) => Promise<string>;

/** More cases than this need not be told of. */
const MOST_FAILURES = 20;
/** Everything is compiled, and every cache filled, after so many cases. */
const WARM_UP = 2_000;

/** Runs the cases one after the other; a failure is noted and the run goes on. */
export async function runCases(name: string, options: FuzzOptions, tryCase: FuzzCase): Promise<FuzzReport> {
  const outcomes: Record<string, number> = {};
  const failures: Failure[] = [];
  let slowest = { index: -1, ms: 0 };
  let start = 0;
  const [from, to] = options.only === undefined ? [0, options.runs] : [options.only, options.only + 1];
  for (let index = from; index < to && failures.length < MOST_FAILURES; index += 1) {
    // A process between two events: what ends with the event loop's turn, ends.
    if (index % 50 === 0) await turn();
    if (index - from === Math.min(WARM_UP, Math.floor((to - from) / 2))) start = heapAfterCollection();
    const began = process.cpuUsage();
    const outcome = await tryCase(index).catch((error: unknown) => {
      failures.push({ index, what: describe(error) });
      return 'FAILED';
    });
    const { user, system } = process.cpuUsage(began);
    const ms = Math.round((user + system) / 1000);
    if (ms > slowest.ms) slowest = { index, ms };
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  await turn();
  return { name, runs: to - from, outcomes, failures, heap: { start, end: heapAfterCollection() }, slowest };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).slice(0, 1_500) : String(error);
}

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Megabytes. */
function heapAfterCollection(): number {
  if (typeof collect === 'function') for (let round = 0; round < 3; round += 1) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return Math.round((heapUsed + arrayBuffers) / 1024 / 102.4) / 10;
}
