import { ASSUMED, mixOf } from '../../infra/cost/assumptions.ts';
import { MINUTES_A_MONTH } from '../../infra/cost/deployed.ts';
import type { Kind } from '../../infra/cost/measured.ts';
import {
  chooseMemory,
  type MemorySweep,
  objections,
  quickestFirst,
  type SizeRun,
} from '../../infra/cost/memory-choice.ts';
import { PRICES } from '../../infra/prices.ts';
import { median } from './statistics.ts';

/** One invocation: what led to it, and what it took in milliseconds. */
export interface Run {
  readonly kind: Kind | 'idle';
  readonly wallMs: number;
  readonly cpuMs: number;
}

interface Runs {
  readonly memoryMb: number;
  readonly initMs: number;
  /** In the order they came; the first one found a new process. */
  readonly runs: readonly Run[];
}

const MILLION = 1_000_000;
/** Billed by the millisecond begun: half of one on average. With what the runtime itself takes around a handler. */
const AROUND_HANDLER_MS = 1.5;

/**
 * Dollars of a million webhooks of the mix; of a month of runs each minute for what only a schedule runs. Each kind
 * counts by the median of its runs, and starts of processes by the share that the cost program assumes.
 */
export function dollarsOf({ memoryMb, initMs, runs }: Runs): number {
  const [first, ...later] = runs;
  if (first === undefined) return 0;
  const mix: Readonly<Record<string, number>> = { ...mixOf(ASSUMED.irrelevant), idle: MINUTES_A_MONTH / MILLION };
  const kinds = [...new Set(later.map(({ kind }) => kind))];
  const perRun = (kind: string): number => median(later.filter((run) => run.kind === kind).map(({ wallMs }) => wallMs));
  const extra = ASSUMED.coldStarts * (initMs + Math.max(0, first.wallMs - perRun(first.kind)));
  const ms = kinds.reduce((sum, kind) => sum + (mix[kind] ?? 0) * (perRun(kind) + AROUND_HANDLER_MS + extra), 0);
  return (ms / 1000) * (memoryMb / 1024) * PRICES.lambdaPerGbSecond * MILLION;
}

/** The size that follows from a sweep, for each function. */
export function chosenSizes({ sizes }: MemorySweep): Readonly<Record<string, number>> {
  const services = [...new Set(sizes.map(({ service }) => service))];
  return Object.fromEntries(services.map((service) => [service, chooseMemory(sizesOf(sizes, service))]));
}

function sizesOf(sizes: readonly SizeRun[], service: string): readonly SizeRun[] {
  return sizes.filter((run) => run.service === service);
}

/** The sweep for people: a line for each function and size. */
export function drawSizes(sweep: MemorySweep): string {
  const chosen = chosenSizes(sweep);
  const head = ['function', 'MB', 'init', 'first', 'warm', 'longest', 'cpu', 'RSS MB', '$', ''];
  const rows = sweep.sizes
    .toSorted((a, b) => a.service.localeCompare(b.service) || a.memoryMb - b.memoryMb)
    .map((run) => [
      run.service,
      String(run.memoryMb),
      ...[run.initMs, run.firstMs, run.warmMs, run.longestMs, run.cpuMs, run.rssMb].map((one) => one.toFixed(0)),
      run.dollars.toFixed(2),
      chosen[run.service] === run.memoryMb
        ? 'chosen'
        : objections(run, quickestFirst(sizesOf(sweep.sizes, run.service))).join(', '),
    ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 || column === 9 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [
    'milliseconds; $ of a million webhooks (reconcile: of a month), Lambda’s gigabyte-seconds alone',
    line(head),
    ...rows.map(line),
  ].join('\n');
}
