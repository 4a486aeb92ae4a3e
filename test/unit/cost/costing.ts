import { ASSUMED } from '../../../infra/cost/assumptions.ts';
import type { Costing } from '../../../infra/cost/calculate.ts';
import type { Deployed, DeployedFunction } from '../../../infra/cost/deployed.ts';
import type { Measured, PerEvent, Work } from '../../../infra/cost/measured.ts';
import { PRICES } from '../../../infra/prices.ts';

/** Work of a function of which nothing is said. */
export const work = (part: Partial<Work>): Work => ({
  invocations: 1,
  cpuMsPerInvocation: 0,
  wallMsPerInvocation: 0,
  waits: {},
  calls: {},
  logLines: 0,
  logBytes: 0,
  vendorBytes: 0,
  ...part,
});

const nothing: PerEvent = { functions: {}, sqsRequests: 0, tables: {} };

/** The same for every kind of webhook, so that a million can be reckoned by hand. */
export function measuredAs(event: Partial<PerEvent>, part: Partial<Measured> = {}): Measured {
  const kind = { webhooks: 1, bodyBytes: 7_000, ...nothing, ...event };
  return {
    at: '2026-11-01T00:00:00.000Z',
    how: [],
    seed: 1,
    kinds: { new: kind, changed: kind, paid: kind, cancelled: kind, repeated: kind, reminded: kind },
    idleRun: nothing,
    rssMb: {},
    storedBytesPerBooking: {},
    metrics: [],
    secretReaders: [],
    tableUsers: [],
    ...part,
  };
}

/** A function of which Lambda writes nothing. */
export const quiet: DeployedFunction = {
  memoryMb: 512,
  traced: false,
  platformLog: { lines: 0, bytes: 0 },
  scheduledRuns: 0,
};

/** A stage without anything. */
export const bare: Deployed = {
  functions: {},
  polledQueues: 0,
  alarmMetrics: 0,
  compositeAlarms: 0,
  dashboards: 0,
  metrics: [],
  secrets: 0,
  keys: 0,
  companies: 1,
  logMonths: 0,
  accessLogBytes: 0,
};

/** As it is without cold starts, unless said otherwise. */
export const costingOf = (measured: Measured, deployed: Partial<Deployed> = {}): Costing => ({
  measured,
  deployed: { ...bare, ...deployed },
  assumed: { ...ASSUMED, coldStarts: 0 },
  prices: PRICES,
});
