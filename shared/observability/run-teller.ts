import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { readMemoryMb } from './config.ts';
import type { Log } from './logger.ts';

/** What a process knows of itself. */
export interface ProcessFigures {
  /** Milliseconds since it was started. */
  readonly age: () => number;
  /** The most memory that it has held, MB: what Lambda calls `Max Memory Used`, but for Lambda's own processes. */
  readonly peakMb: () => number;
  /** What the function may use, MB; undefined where nobody says. */
  readonly memoryMb: number | undefined;
}

/** Of the process that this is. */
export function processFigures(memoryMb: number | undefined = readMemoryMb()): ProcessFigures {
  return { age: () => performance.now(), peakMb: () => peakKb() / 1024, memoryMb };
}

/** `maxRSS` begins with what the process held that started this one; Linux counts this one alone as well. */
function peakKb(): number {
  try {
    const [, kb] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kb !== undefined) return Number(kb);
  } catch {
    // Another system: nothing of this may fail an invocation.
  }
  return process.resourceUsage().maxRSS;
}

/** The share of its timeout from which a run is told of, whatever else is. */
const LONG_SHARE = 0.5;
/** The share of its memory from which a process warns: what comes on top of it ends a function without a word. */
const FULL_SHARE = 0.8;

/** Begins an invocation. @returns what tells of it at its end. */
export type RunTeller = (context: Pick<Context, 'getRemainingTimeInMillis'>) => () => void;

/**
 * Tells what Lambda's REPORT lines would, which are switched off: of a process' first run, with how long its start
 * took, of long ones, and of the share that is told of in detail. Once in its life a process warns that its memory runs
 * short. It is made when the function has been loaded, which is what a start ends with.
 */
export function runTeller(log: Log, figures: ProcessFigures = processFigures()): RunTeller {
  const { age, memoryMb } = figures;
  const initMs = Math.round(age());
  let isFirst = true;
  let hasWarned = false;
  return (context) => {
    const begunAt = age();
    const allowedMs = context.getRemainingTimeInMillis();
    return () => {
      const ms = Math.round(age() - begunAt);
      const peakMb = Math.round(figures.peakMb());
      if (isFirst) log.info('run.ended', { ms, peakMb, memoryMb, initMs });
      else if (ms >= LONG_SHARE * allowedMs) log.info('run.ended', { ms, peakMb });
      else log.debug('run.ended', { ms, peakMb });
      isFirst = false;
      if (hasWarned || memoryMb === undefined || peakMb < FULL_SHARE * memoryMb) return;
      hasWarned = true;
      log.warn('memory.short', { peakMb, memoryMb });
    };
  };
}
