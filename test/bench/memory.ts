import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { ASSUMED } from '../../infra/cost/assumptions.ts';
import { resizeAssembly } from '../../infra/cost/measure/metered-assembly.ts';
import { type Holds, type MeteredStack, startMeteredStack } from '../../infra/cost/measure/metered-stack.ts';
import { observer } from '../../infra/cost/measure/observer.ts';
import { costScene, type ToSend } from '../../infra/cost/measure/scene.ts';
import { KINDS, type Kind } from '../../infra/cost/measured.ts';
import { MEMORY_SWEEP_FILE, memorySweepSchema, type SizeRun } from '../../infra/cost/memory-choice.ts';
import { scheduledEvent } from '../../infra/local/schedules.ts';
import { type CpuQuotas, leastMs, MB_OF_A_PROCESSOR, startCpuQuotas } from './cpu-quota.ts';
import { dollarsOf, drawSizes, type Run } from './memory-report.ts';
import { soak } from './memory-soak.ts';

/** From the largest on: a size is tried only for those that fit into it. */
const SIZES_MB = [1769, 512, 256, 224, 208, 192, 160];
const BOOKINGS = 8;
const IDLE_RUNS = 15;
const SCHEDULED = 'reconcile';

/** As long as the real services take, so that what is used between two answers is as far apart as it will be. */
const { latencyMs } = ASSUMED;
const HOLDS: Holds = {
  dynamodb: latencyMs.dynamodb,
  sqs: latencyMs.sqs,
  secrets: latencyMs.secrets,
  fareharbor: latencyMs.fareharbor,
  salesforce: latencyMs.salesforce,
  mailchimp: latencyMs.mailchimp,
  openai: latencyMs.model,
};

/** What one function did at one size. */
export interface Measured {
  readonly service: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly initMs: number;
  readonly rssMb: number;
  /** In the order they came; the first one found a new process. */
  readonly runs: readonly Run[];
}

/**
 * Runs each function at each size that it fits into, with that size's share of a processor, through the same webhooks,
 * and keeps what came of it beside the cost program.
 * @returns whether each function ran at some size.
 */
export async function benchMemory(assembly: string, directory: string, say: (text: string) => void): Promise<boolean> {
  const all: Measured[] = [];
  const largest = new Map<string, number>();
  for (const memoryMb of SIZES_MB) {
    const fits = (service: string): boolean => (largest.get(service) ?? 0) <= memoryMb;
    const copied = (what: string): string => {
      const own = join(directory, `${what}-${memoryMb}`);
      cpSync(assembly, join(own, 'cdk.out'), { recursive: true });
      return own;
    };
    const sizeOf = (service: string): number => (fits(service) ? memoryMb : MB_OF_A_PROCESSOR);
    say(`${memoryMb} MB: hundreds of webhooks as fast as they are taken, for the most memory`);
    const peaks = await soak(copied('soak'), sizeOf);
    say(`${memoryMb} MB: ${BOOKINGS} bookings with five webhooks each, one at a time, for the time`);
    for (const one of await measureSize(copied('timed'), sizeOf)) {
      if (one.memoryMb !== memoryMb) continue;
      const rssMb = peaks.get(one.service) ?? 0;
      all.push({ ...one, rssMb });
      largest.set(one.service, Math.max(largest.get(one.service) ?? 0, rssMb));
    }
  }
  const sizes = all.map(sizeRun);
  const at = new Date().toISOString();
  const sweep = memorySweepSchema.parse({ at, how: howObtained(), sizes });
  writeFileSync(MEMORY_SWEEP_FILE, `${JSON.stringify(sweep, null, 2)}\n`);
  console.log(drawSizes(sweep));
  say(`written to ${fileURLToPath(MEMORY_SWEEP_FILE)}`);
  return true;
}

async function measureSize(
  directory: string,
  memoryOf: (service: string) => number,
): Promise<readonly Omit<Measured, 'rssMb'>[]> {
  const assembly = join(directory, 'cdk.out');
  resizeAssembly(assembly, memoryOf);
  const stack = await startMeteredStack(assembly, directory, HOLDS);
  const quotas = startCpuQuotas();
  try {
    const runs = new Map<string, Run[]>();
    const start = (service: string): void => watchAll(stack, service, memoryOf(service), quotas);
    for (const service of stack.meterFiles.keys()) if (service !== SCHEDULED) start(service);
    const observe = observer(stack);
    const note = noting(stack, memoryOf, runs);
    const { vendor } = stack.vendors.fareharbor;
    const scene = costScene(vendor, { rounds: 1, seed: 1, now: Date.now(), most: BOOKINGS });
    for (const webhook of scene) {
      await observe(() => deliver(stack, webhook));
      note(webhook.kind);
    }
    await runSchedule(stack);
    start(SCHEDULED);
    note('idle');
    for (let count = 0; count < IDLE_RUNS; count += 1) {
      await observe(() => runSchedule(stack));
      note('idle');
    }
    return [...runs].map(([service, each]) => ({
      service,
      memoryMb: memoryOf(service),
      timeoutMs: stack.core.functions.get(service)?.definition.timeoutMs ?? 0,
      initMs: initMsOf(stack, service),
      runs: each,
    }));
  } finally {
    await quotas.close();
    await stack.close();
  }
}

function watchAll(stack: MeteredStack, service: string, memoryMb: number, quotas: CpuQuotas): void {
  if (memoryMb >= MB_OF_A_PROCESSOR) return;
  const pids = stack.core.functions.get(service)?.pids() ?? [];
  for (const pid of pids) quotas.watch(pid, memoryMb / MB_OF_A_PROCESSOR);
}

const readingSchema = z.object({
  type: z.enum(['ready', 'result', 'error']),
  cpuMs: z.number(),
  wallMs: z.number(),
  delayedMs: z.number(),
});

/** Puts what the meters wrote since it was last asked down to a kind. */
function noting(
  stack: MeteredStack,
  memoryOf: (service: string) => number,
  runs: Map<string, Run[]>,
): (kind: Kind | 'idle') => void {
  const seen = new Map<string, number>();
  return (kind) => {
    for (const [service, file] of stack.meterFiles) {
      const lines = linesOf(file);
      const fresh = lines.slice(seen.get(service) ?? 0).map((line) => readingSchema.parse(JSON.parse(line)));
      seen.set(service, lines.length);
      const done = fresh.filter(({ type }) => type !== 'ready');
      if (done.some(({ type }) => type === 'error')) throw new Error(`${service} failed at this size`);
      // Others of this machine have nothing to do with a size.
      const least = (cpuMs: number): number => leastMs(cpuMs, memoryOf(service) / MB_OF_A_PROCESSOR);
      const own = done.map(({ wallMs, delayedMs, cpuMs }) => ({
        kind,
        wallMs: Math.max(wallMs - delayedMs, least(cpuMs)),
        cpuMs,
      }));
      if (own.length > 0) runs.set(service, [...(runs.get(service) ?? []), ...own]);
    }
  };
}

async function deliver(stack: MeteredStack, { body }: ToSend): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(stack.webhookUrl, { method: 'POST', headers, body: body() });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`a webhook was answered ${response.status}`);
}

async function runSchedule({ core }: MeteredStack): Promise<void> {
  const result = await core.functions.get(SCHEDULED)?.invoke(scheduledEvent());
  if (result?.ok !== true) throw new Error(`a run of ${SCHEDULED} failed`);
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n');
  } catch (error) {
    // A function that has not started has no file.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Processor time from a process's start to its handler being loaded. */
function initMsOf({ meterFiles }: MeteredStack, service: string): number {
  const [ready] = linesOf(meterFiles.get(service) ?? '');
  return ready === undefined ? 0 : Math.round(readingSchema.parse(JSON.parse(ready)).cpuMs);
}

function sizeRun({ service, memoryMb, timeoutMs, initMs, rssMb, runs }: Measured): SizeRun {
  const [first, ...later] = runs;
  const walls = later.map(({ wallMs }) => wallMs).toSorted((a, b) => a - b);
  const middle = (values: readonly number[]): number => values[Math.floor(values.length / 2)] ?? 0;
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  return {
    service,
    memoryMb,
    timeoutMs,
    initMs,
    firstMs: tenth(first?.wallMs ?? 0),
    warmMs: tenth(middle(walls)),
    longestMs: tenth(walls.at(-1) ?? 0),
    cpuMs: tenth(middle(later.map(({ cpuMs }) => cpuMs).toSorted((a, b) => a - b))),
    rssMb,
    dollars: Math.round(dollarsOf({ memoryMb, initMs, runs }) * 1000) / 1000,
  };
}

function howObtained(): readonly string[] {
  const [load] = loadavg();
  return [
    'npm run bench -- --memory',
    `Node ${process.versions.node}, ${process.platform} ${process.arch}; ${cpus().length} processors (${cpus()[0]?.model.trim() ?? 'unknown'}), load average ${(load ?? 0).toFixed(1)} when it ended`,
    `each function’s process is held to memory / ${MB_OF_A_PROCESSOR} of a processor in periods of 20 ms (SIGSTOP, SIGCONT) once it has started; one of this machine stands for one of Lambda’s`,
    'the memory is the most that a process had through some hundred webhooks as fast as they are taken, some of them as large as any may be',
    'answers are held back as long as the cost program assumes; what a processor was waited for because others had it is taken off',
    `${BOOKINGS} bookings, five webhooks each, one at a time; ${KINDS.length} kinds weighed by the cost program’s mix; first invocations apart`,
  ];
}
