import { setTimeout as pause } from 'node:timers/promises';
import type { MeteredStack } from './metered-stack.ts';
import { type FunctionCall, readingsOf } from './recorder.ts';

const SETTLE_POLL_MS = 5;
const MOST_SETTLE_MS = 60_000;

/** What one webhook, or one run of a schedule, led to. */
export interface Event {
  readonly calls: readonly FunctionCall[];
  readonly polled: number;
  readonly functions: ReadonlyMap<string, FunctionEvent>;
}

export interface FunctionEvent {
  readonly cpuMs: readonly number[];
  readonly wallMs: readonly number[];
  readonly logLines: number;
  readonly logBytes: number;
}

/** Does something, waits until all that follows from it is done, and says what that was. */
export function observer(stack: MeteredStack): (act: () => Promise<unknown>) => Promise<Event> {
  const seen = new Map<string, { readings: number; lines: number }>();
  return async (act) => {
    await act();
    const deadline = Date.now() + MOST_SETTLE_MS;
    while (!(await stack.core.idle())) {
      if (Date.now() > deadline) throw new Error(`a webhook was not done with after ${MOST_SETTLE_MS / 1000} s`);
      await pause(SETTLE_POLL_MS);
    }
    const functions = new Map<string, FunctionEvent>();
    for (const [service, file] of stack.meterFiles) {
      const from = seen.get(service) ?? { readings: 0, lines: 0 };
      const readings = readingsOf(file, from.readings);
      const lines = stack.core.functions.get(service)?.logs.lines ?? [];
      if (lines.length < from.lines) throw new Error(`${service} printed more than is kept`);
      const printed = lines.slice(from.lines);
      seen.set(service, { readings: from.readings + readings.length, lines: lines.length });
      const done = readings.filter(({ type }) => type !== 'ready');
      if (done.length === 0) continue;
      functions.set(service, {
        cpuMs: done.map(({ cpuMs }) => cpuMs),
        wallMs: done.map(({ wallMs }) => wallMs),
        logLines: printed.length,
        logBytes: printed.reduce((sum, line) => sum + Buffer.byteLength(line), 0),
      });
    }
    return { calls: stack.takeCalls(), polled: stack.takePolled(), functions };
  };
}
