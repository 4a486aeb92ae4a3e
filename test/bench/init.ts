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

/**
 * Milliseconds from starting a process to its handler being ready: the median of 15 for each function and for an empty
 * one, taken in turn so that a slow moment of the machine meets all alike.
 */
export async function measureInit(
  functions: readonly LocalFunction[],
  endpoints: Endpoints,
  directory: string,
): Promise<Record<string, number>> {
  const [first] = functions;
  if (first === undefined) throw new Error('the template has no functions');
  const runtimeFile = compileRuntime(directory);
  const all = [...functions, emptyFunction(first, directory)];
  const times = new Map<string, number[]>(all.map(({ service }) => [service, []]));
  for (let run = 0; run < RUNS; run += 1) {
    for (const definition of all) {
      const logs = createLogBuffer(definition.service, undefined);
      const environment = startEnvironment({ definition, runtimeFile, endpoints, logs, instance: run });
      times.get(definition.service)?.push(await environment.initMs);
      environment.kill();
      await environment.ended;
      await logs.close();
    }
  }
  return Object.fromEntries([...times].map(([service, each]) => [service, median(each)]));
}
