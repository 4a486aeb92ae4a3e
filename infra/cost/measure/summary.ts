import { median } from '../../../test/bench/statistics.ts';
import { ASSUMED } from '../assumptions.ts';
import type { PerEvent, Work } from '../measured.ts';
import { criticalPath, WAITS, type Wait } from './critical-path.ts';
import type { MeteredStack } from './metered-stack.ts';
import type { Event, FunctionEvent } from './observer.ts';
import type { FunctionCall } from './recorder.ts';

/** The mean of several events of one kind; of processor and wall time the median of an invocation. */
export function perEvent(events: readonly Event[]): PerEvent {
  const services = [...new Set(events.flatMap(({ functions }) => [...functions.keys()]))].sort();
  const calls = events.flatMap((event) => event.calls);
  const tables = [...new Set(calls.flatMap(({ units }) => Object.keys(units)))].sort();
  const units = (table: string, of: 'reads' | 'writes'): number =>
    rounded(calls.reduce((sum, call) => sum + (call.units[table]?.[of] ?? 0), 0) / events.length);
  const sqs = calls.reduce((sum, { sqsRequests }) => sum + sqsRequests, 0);
  return {
    functions: Object.fromEntries(services.map((service) => [service, workOf(service, events)])),
    sqsRequests: rounded((sqs + events.reduce((sum, { polled }) => sum + polled, 0)) / events.length),
    tables: Object.fromEntries(
      tables.map((table) => [shortName(table), { reads: units(table, 'reads'), writes: units(table, 'writes') }]),
    ),
  };
}

function workOf(service: string, events: readonly Event[]): Work {
  const each = events.flatMap(({ functions }) => functions.get(service) ?? []);
  const calls = events.map((event) => event.calls.filter((call) => call.service === service));
  const share = (total: number): number => rounded(total / events.length);
  const total = (of: (event: FunctionEvent) => number): number => each.reduce((sum, one) => sum + of(one), 0);
  const counted = (counts: readonly Partial<Record<Wait, number>>[]): Partial<Record<Wait, number>> =>
    Object.fromEntries(
      WAITS.map((wait) => [wait, share(counts.reduce((sum, one) => sum + (one[wait] ?? 0), 0))] as const).filter(
        ([, count]) => count > 0,
      ),
    );
  return {
    invocations: share(total(({ cpuMs }) => cpuMs.length)),
    cpuMsPerInvocation: median(each.flatMap(({ cpuMs }) => cpuMs)),
    wallMsPerInvocation: median(each.flatMap(({ wallMs }) => wallMs)),
    waits: counted(calls.map((some) => criticalPath(some, ASSUMED.latencyMs))),
    calls: counted(calls.map((some) => countsOf(some))),
    logLines: share(total(({ logLines }) => logLines)),
    logBytes: share(total(({ logBytes }) => logBytes)),
    vendorBytes: share(calls.flat().reduce((sum, { vendorBytes }) => sum + vendorBytes, 0)),
  };
}

function countsOf(calls: readonly FunctionCall[]): Partial<Record<Wait, number>> {
  const counts: Partial<Record<Wait, number>> = {};
  for (const { wait } of calls) counts[wait] = (counts[wait] ?? 0) + 1;
  return counts;
}

const EMF = /"CloudWatchMetrics":\[\{.*?"Metrics":\[(.*?)\]/;

/** Metrics emitted, and who reads secrets and uses tables, in all these events. */
export function whoUsesWhat(stack: MeteredStack, events: readonly Event[]) {
  const calls = events.flatMap((event) => event.calls);
  const metrics = [...stack.core.functions].flatMap(([service, { logs }]) =>
    logs.lines.flatMap((line) =>
      [...(EMF.exec(line)?.[1] ?? '').matchAll(/"Name":"(\w+)"/g)].map(([, metric]) => `${service} ${metric}`),
    ),
  );
  const unique = (values: readonly string[]): readonly string[] => [...new Set(values)].sort();
  return {
    metrics: unique(metrics),
    secretReaders: unique(calls.flatMap(({ service, secret }) => (secret === undefined ? [] : `${service} ${secret}`))),
    tableUsers: unique(
      calls.flatMap(({ service, units }) => Object.keys(units).map((table) => `${service} ${shortName(table)}`)),
    ),
  };
}

/** `harborlight-dev-bookings` → `bookings`. */
export const shortName = (table: string): string => table.slice(table.lastIndexOf('-') + 1);
const rounded = (value: number): number => Math.round(value * 1000) / 1000;
