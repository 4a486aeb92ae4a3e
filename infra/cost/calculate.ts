import type { PRICES } from '../prices.ts';
import { type Assumptions, mixOf } from './assumptions.ts';
import { type Deployed, type DeployedFunction, type Logged, MINUTES_A_MONTH } from './deployed.ts';
import { WAITS } from './measure/critical-path.ts';
import { KINDS, type Measured, type PerEvent, type Work } from './measured.ts';

export type Prices = { readonly [Name in keyof typeof PRICES]: (typeof PRICES)[Name] extends number ? number : string };

/** One line of the bill: what a million webhooks cost, and what is paid each month whatever comes. US dollars. */
export interface Line {
  readonly part: string;
  /** `model`: only where one is asked. `kept`: for bookings that stay; it comes bit by bit, for as long as they do. */
  readonly of: 'work' | 'model' | 'kept';
  readonly perMillion: number;
  readonly perMonth: number;
}

export interface Costing {
  readonly measured: Measured;
  readonly deployed: Deployed;
  readonly assumed: Assumptions;
  readonly prices: Prices;
}

const MILLION = 1_000_000;
const GB = 1024 ** 3;
/** Lambda gives a function one processor at this memory, and a share of it below. */
const MB_OF_A_PROCESSOR = 1769;
/** Billed by the millisecond begun: half of one on average. With what the runtime itself takes around a handler. */
const AROUND_HANDLER_MS = 1.5;
/** To start a process with an AWS client in it, as others have measured it on Lambda at any memory; it is billed. */
const COLD_START_MS = 350;
/** What CloudWatch adds to each line. */
const LOG_LINE_BYTES = 26;
/** Lambda keeps five receives open on each queue, 20 seconds each, also where nothing comes. */
const IDLE_RECEIVES_A_MONTH = 5 * 3 * MINUTES_A_MONTH;
/** An HTTP API charges each 512 KB as a request. */
const API_CHUNK_BYTES = 512 * 1024;
/** DynamoDB keeps a table's key for five minutes for each of its users. */
const KEY_USES_A_MONTH = MINUTES_A_MONTH / 5;
/** A sweep each six hours, some 75 lists of FareHarbor at 300 ms each, for each company. */
const SWEEP_MS_A_MONTH = 4 * 22_500 * (730 / 24);

/**
 * The whole bill. It is linear in the number of webhooks: `perMonth + perMillion × webhooks / 1,000,000`, line by line.
 * Without free tiers. A month has 730 hours.
 */
export function linesOf(costing: Costing): readonly Line[] {
  return [
    ...lambdaLines(costing),
    sqsLine(costing),
    ...tableLines(costing),
    ...watchingLines(costing),
    ...secretLines(costing),
    transferLine(costing),
  ].filter(({ perMillion, perMonth }) => perMillion + perMonth > 0);
}

/** Dollars in a month with so many webhooks. */
export function monthOf(lines: readonly Line[], webhooks: number): number {
  return lines.reduce((sum, { perMillion, perMonth }) => sum + perMonth + (perMillion * webhooks) / MILLION, 0);
}

/** Milliseconds that are billed for one invocation: its share of a processor makes work longer, but not waiting. */
export function billedMs(
  { invocations, cpuMsPerInvocation, waits }: Pick<Work, 'invocations' | 'cpuMsPerInvocation' | 'waits'>,
  memoryMb: number,
  latencyMs: Assumptions['latencyMs'],
): number {
  const slower = Math.max(1, MB_OF_A_PROCESSOR / memoryMb);
  const waiting = WAITS.reduce((sum, wait) => sum + (waits[wait] ?? 0) * latencyMs[wait], 0);
  return invocations * (cpuMsPerInvocation * slower + AROUND_HANDLER_MS) + waiting;
}

/** The mean webhook of the mix, by what `of` takes from each kind. */
function perWebhook({ measured, assumed }: Costing, of: (event: PerEvent) => number): number {
  const mix = mixOf(assumed.irrelevant);
  return KINDS.reduce((sum, kind) => {
    const event = measured.kinds[kind];
    return event === undefined ? sum : sum + mix[kind] * of(event);
  }, 0);
}

function lambdaLines(costing: Costing): readonly Line[] {
  const { measured, deployed, assumed, prices } = costing;
  const { model, ...others } = assumed.latencyMs;
  const withoutModel = { ...others, model: 0 };
  const dollars = (ms: number, { memoryMb }: DeployedFunction): number =>
    (ms / 1000) * (memoryMb / 1024) * prices.lambdaPerGbSecond;
  const lines = Object.entries(deployed.functions).map(([service, deployment]): Line => {
    const work = (event: PerEvent): number => {
      const one = event.functions[service];
      if (one === undefined) return 0;
      const cold = one.invocations * assumed.coldStarts * COLD_START_MS;
      const ms = billedMs(one, deployment.memoryMb, withoutModel) + cold;
      return dollars(ms, deployment) + (one.invocations * prices.lambdaPerMillionCalls) / MILLION;
    };
    const isSwept = deployment.scheduledRuns > 0;
    const sweeping = isSwept ? dollars(SWEEP_MS_A_MONTH * Math.max(1, deployed.companies), deployment) : 0;
    return {
      part: `Lambda ${service} (${deployment.memoryMb} MB)`,
      of: 'work',
      perMillion: perWebhook(costing, work) * MILLION,
      perMonth: deployment.scheduledRuns * work(measured.idleRun) + sweeping,
    };
  });
  const { enrichment } = deployed.functions;
  const waits = (event: PerEvent): number => (event.functions.enrichment?.waits.model ?? 0) * model;
  const perMillion = enrichment === undefined ? 0 : dollars(perWebhook(costing, waits), enrichment) * MILLION;
  return [...lines, { part: 'Lambda enrichment, waiting for the model', of: 'model', perMillion, perMonth: 0 }];
}

function sqsLine(costing: Costing): Line {
  const { deployed, prices } = costing;
  return {
    part: 'SQS requests; receives of empty queues',
    of: 'work',
    perMillion: perWebhook(costing, ({ sqsRequests }) => sqsRequests) * prices.sqsPerMillion,
    perMonth: (deployed.polledQueues * IDLE_RECEIVES_A_MONTH * prices.sqsPerMillion) / MILLION,
  };
}

function tableLines(costing: Costing): readonly Line[] {
  const { measured, deployed, assumed, prices } = costing;
  const scheduled = Object.values(deployed.functions).reduce((sum, { scheduledRuns }) => sum + scheduledRuns, 0);
  const names = new Set(
    [...Object.values(measured.kinds), measured.idleRun].flatMap(({ tables }) => Object.keys(tables)),
  );
  const lines = [...names].sort().map((table): Line => {
    const units = ({ tables }: PerEvent): number => {
      const { reads, writes } = tables[table] ?? { reads: 0, writes: 0 };
      return reads * prices.readsPerMillion + writes * prices.writesPerMillion;
    };
    return {
      part: `DynamoDB ${table}`,
      of: 'work',
      perMillion: perWebhook(costing, units),
      perMonth: (scheduled * units(measured.idleRun)) / MILLION,
    };
  });
  const bytes = Object.values(measured.storedBytesPerBooking).reduce((sum, each) => sum + each, 0);
  const gbPerMillion = (mixOf(assumed.irrelevant).new * MILLION * bytes) / GB;
  const kept: Line = {
    part: `DynamoDB storage with recovery, ${assumed.keptMonths} months`,
    of: 'kept',
    perMillion: gbPerMillion * assumed.keptMonths * (prices.tablePerGbMonth + prices.recoveryPerGbMonth),
    perMonth: 0,
  };
  return [...lines, kept];
}

function watchingLines(costing: Costing): readonly Line[] {
  const { measured, deployed, assumed, prices } = costing;
  const api = KINDS.reduce((sum, kind) => {
    const chunks = Math.max(1, Math.ceil((measured.kinds[kind]?.bodyBytes ?? 0) / API_CHUNK_BYTES));
    return sum + mixOf(assumed.irrelevant)[kind] * chunks;
  }, 0);
  const perGb = prices.logsPerGb + deployed.logMonths * prices.logsKeptPerGbMonth;
  const logged = ({ functions }: PerEvent): number =>
    Object.entries(functions).reduce(
      (sum, [service, work]) => sum + logBytesOf(work, deployed.functions[service]?.platformLog ?? NOTHING_LOGGED),
      0,
    );
  const traced = ({ functions }: PerEvent): number =>
    Object.entries(functions).reduce(
      (sum, [service, { invocations }]) => sum + (deployed.functions[service]?.traced === true ? invocations : 0),
      0,
    );
  const runs = Object.values(deployed.functions).reduce((sum, { scheduledRuns }) => sum + scheduledRuns, 0);
  const accessLog = deployed.accessLogBytes + LOG_LINE_BYTES;
  const metrics = new Set([...deployed.metrics, ...measured.metrics]).size;
  const alarms =
    deployed.alarmMetrics * prices.alarmPerMonth + deployed.compositeAlarms * prices.compositeAlarmPerMonth;
  const fixed = (part: string, perMonth: number): Line => ({ part, of: 'work', perMillion: 0, perMonth });
  return [
    { part: 'API Gateway', of: 'work', perMillion: api * prices.apiPerMillion, perMonth: 0 },
    {
      part: 'Logs, written and kept',
      of: 'work',
      perMillion: ((perWebhook(costing, logged) + accessLog) / GB) * perGb * MILLION,
      perMonth: ((runs * logged(measured.idleRun)) / GB) * perGb,
    },
    {
      part: 'X-Ray traces, of each call up to one a second, where a function is traced',
      of: 'work',
      perMillion: perWebhook(costing, traced) * prices.tracesPerMillion,
      perMonth: (runs * traced(measured.idleRun) * prices.tracesPerMillion) / MILLION,
    },
    fixed(`Metrics (${metrics})`, metrics * prices.metricPerMonth),
    fixed(`Alarms (${deployed.alarmMetrics} and ${deployed.compositeAlarms} composite)`, alarms),
    fixed(`Dashboards (${deployed.dashboards})`, deployed.dashboards * prices.dashboardPerMonth),
  ];
}

const NOTHING_LOGGED: Logged = { lines: 0, bytes: 0 };

/** Bytes that are billed: the function's own lines, and what Lambda writes about each of its invocations. */
function logBytesOf({ invocations, logLines, logBytes }: Work, platform: Logged): number {
  return logBytes + logLines * LOG_LINE_BYTES + invocations * (platform.bytes + platform.lines * LOG_LINE_BYTES);
}

/** As much as one process of each function causes that is never at rest, since each reads again after minutes at most. */
function secretLines({ measured, deployed, prices }: Costing): readonly Line[] {
  const reads = measured.secretReaders.length * MINUTES_A_MONTH;
  const uses = measured.tableUsers.length * KEY_USES_A_MONTH;
  return [
    {
      part: `Secrets (${deployed.secrets}), read once a minute`,
      of: 'work',
      perMillion: 0,
      perMonth: deployed.secrets * prices.secretPerMonth + (reads * prices.secretReadsPerMillion) / MILLION,
    },
    {
      part: `KMS key (${deployed.keys}), uses of the tables’ key`,
      of: 'work',
      perMillion: 0,
      perMonth: deployed.keys * prices.keyPerMonth + (uses * prices.keyUsesPerMillion) / MILLION,
    },
  ];
}

function transferLine(costing: Costing): Line {
  const bytes = ({ functions }: PerEvent): number =>
    Object.values(functions).reduce((sum, { vendorBytes }) => sum + vendorBytes, 0);
  return {
    part: 'Data to the vendors',
    of: 'work',
    perMillion: ((perWebhook(costing, bytes) * MILLION) / GB) * costing.prices.dataOutPerGb,
    perMonth: 0,
  };
}
