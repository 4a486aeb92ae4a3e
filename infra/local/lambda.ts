import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import {
  type Endpoints,
  type Environment,
  type InvocationResult,
  startEnvironment,
  type Usage,
} from './environment.ts';
import { createLogBuffer, type LogBuffer } from './logs.ts';
import type { LocalFunction } from './template.ts';

/**
 * Compiles the environments' runtime to plain JavaScript, once: a process that had to strip types itself would start
 * some 40 ms later, which is more than the handlers take.
 *
 * @returns the compiled file.
 */
export function compileRuntime(directory: string): string {
  const source = readFileSync(new URL('./runtime.ts', import.meta.url), 'utf8');
  const { code } = transformSync(source, { loader: 'ts', format: 'esm', target: 'node24' });
  const file = join(directory, 'runtime.mjs');
  writeFileSync(file, code);
  return file;
}

export interface LambdaOptions {
  readonly definition: LocalFunction;
  readonly runtimeFile: string;
  readonly endpoints: Endpoints;
  /** Environments that are kept started. */
  readonly warm: number;
  /** Environments at most; further invocations wait for one. */
  readonly concurrency: number;
  readonly logDirectory?: string | undefined;
}

/** One function with all its execution environments. */
export interface Lambda {
  readonly definition: LocalFunction;
  readonly logs: LogBuffer;
  /** Start-up times of the environments so far, milliseconds. */
  readonly initTimes: readonly number[];
  /** Waits until the warm environments have loaded the handler; rejects when one cannot. */
  ready(): Promise<void>;
  invoke(event: unknown): Promise<InvocationResult>;
  /** Process ids of the living environments. */
  pids(): readonly number[];
  /** Memory and processor time of each living environment. */
  usage(): Promise<readonly Usage[]>;
  /** Kills every environment where it stands, as a crash would; new ones start as they are needed. */
  crash(): void;
  /** Ends every environment, each once it has done what it is at; new ones, which remember nothing, start as they are needed. */
  renew(): void;
  close(): Promise<void>;
}

/** Starts a function's warm environments and hands each invocation to a free one. */
export function startLambda(options: LambdaOptions): Lambda {
  const { definition, runtimeFile, endpoints } = options;
  const logs = createLogBuffer(definition.service, options.logDirectory);
  const environments = new Set<Environment>();
  const idle: Environment[] = [];
  const retired = new WeakSet<Environment>();
  const waiting: ((environment: Environment) => void)[] = [];
  const initTimes: number[] = [];
  let instances = 0;
  let closed = false;

  const start = (): Environment => {
    instances += 1;
    const environment = startEnvironment({ definition, runtimeFile, endpoints, logs, instance: instances });
    environments.add(environment);
    let loaded = false;
    const noteInit = (ms: number): void => {
      loaded = true;
      initTimes.push(ms);
    };
    environment.initMs.then(noteInit, () => undefined);
    void environment.ended.then(() => {
      environments.delete(environment);
      const at = idle.indexOf(environment);
      if (at >= 0) idle.splice(at, 1);
      if (closed) return;
      // One that never loaded would only fail again, as fast as it can; the next invocation tries anew instead.
      if (waiting.length > 0 || (loaded && environments.size < options.warm)) release(start());
    });
    return environment;
  };
  const release = (environment: Environment): void => {
    if (!environments.has(environment) || !environment.alive()) return;
    if (retired.has(environment)) {
      environment.kill();
      return;
    }
    const next = waiting.shift();
    if (next === undefined) idle.push(environment);
    else next(environment);
  };
  const acquire = async (): Promise<Environment> => {
    // The last one used is taken first, so that under little load the same few stay busy, as on Lambda.
    const free = idle.pop();
    if (free !== undefined) return free;
    if (environments.size < options.concurrency) return start();
    return new Promise((done) => waiting.push(done));
  };

  for (let count = 0; count < options.warm; count += 1) idle.push(start());
  return {
    definition,
    logs,
    initTimes,
    ready: async () => {
      const failed = (error: unknown): never => {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`${definition.service} does not start: ${reason}\n${logs.lines.slice(-20).join('\n')}`);
      };
      await Promise.all([...environments].map((environment) => environment.initMs.catch(failed)));
    },
    invoke: async (event) => {
      const environment = await acquire();
      const result = await environment.invoke(randomUUID(), event);
      release(environment);
      return result;
    },
    pids: () => [...environments].flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    usage: () => Promise.all([...environments].map((environment) => environment.usage())),
    crash: () => {
      for (const environment of environments) environment.kill();
    },
    renew: () => {
      const unused = idle.splice(0);
      for (const environment of environments) {
        if (unused.includes(environment)) environment.kill();
        else retired.add(environment);
      }
    },
    close: async () => {
      closed = true;
      const all = [...environments];
      for (const environment of all) environment.kill();
      await Promise.all(all.map((environment) => environment.ended));
      await logs.close();
    },
  };
}
