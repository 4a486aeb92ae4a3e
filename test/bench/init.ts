import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Endpoints, startEnvironment } from '../../infra/local/environment.ts';
import { compileRuntime } from '../../infra/local/lambda.ts';
import { createLogBuffer } from '../../infra/local/logs.ts';
import type { LocalFunction } from '../../infra/local/template.ts';
import { median } from './statistics.ts';

const RUNS = 15;

/** A handler that does nothing, to hold the others against: what Node itself takes. */
function emptyFunction(like: LocalFunction, directory: string): LocalFunction {
  const empty = join(directory, 'empty');
  mkdirSync(empty, { recursive: true });
  writeFileSync(join(empty, 'index.mjs'), 'export const handler = async () => ({});\n');
  return { ...like, name: 'empty', service: 'empty', directory: empty };
}

/** Medians of the starts of one function's process. */
export interface Init {
  /** Milliseconds from starting the process to its handler being ready. */
  readonly ms: number;
  /** Processor time until then, which others on the machine have less to do with. */
  readonly cpu_ms: number;
  /** Both against the empty handler that was started beside it, pair by pair. */
  readonly times_empty: { readonly ms: number; readonly cpu_ms: number };
}

interface Start {
  readonly ms: number;
  readonly cpuMs: number;
}

/**
 * How long each function's process takes to start: 15 times, and an empty one as often, taken in turn so that a slow
 * moment of the machine meets all alike.
 */
export async function measureInit(
  functions: readonly LocalFunction[],
  endpoints: Endpoints,
  directory: string,
): Promise<Record<string, Init>> {
  const [first] = functions;
  if (first === undefined) throw new Error('the template has no functions');
  const runtimeFile = compileRuntime(directory);
  const all = [...functions, emptyFunction(first, directory)];
  const times = new Map<string, Start[]>(all.map(({ service }) => [service, []]));
  for (let run = 0; run < RUNS; run += 1) {
    for (const definition of all) {
      const logs = createLogBuffer(definition.service, undefined);
      const environment = startEnvironment({ definition, runtimeFile, endpoints, logs, instance: run });
      const ms = await environment.initMs;
      const { cpuMicros } = await environment.usage();
      times.get(definition.service)?.push({ ms, cpuMs: cpuMicros / 1000 });
      environment.kill();
      await environment.ended;
      await logs.close();
    }
  }
  const empty = times.get('empty') ?? [];
  return Object.fromEntries([...times].map(([service, each]) => [service, initOf(each, empty)]));
}

function initOf(starts: readonly Start[], empty: readonly Start[]): Init {
  const against = (of: (start: Start) => number): number =>
    median(starts.flatMap((start, index) => (empty[index] === undefined ? [] : [of(start) / of(empty[index])])));
  return {
    ms: median(starts.map(({ ms }) => ms)),
    cpu_ms: median(starts.map(({ cpuMs }) => cpuMs)),
    times_empty: { ms: against(({ ms }) => ms), cpu_ms: against(({ cpuMs }) => cpuMs) },
  };
}
