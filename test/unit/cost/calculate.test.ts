import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASSUMED, mixOf } from '../../../infra/cost/assumptions.ts';
import { billedMs, type Costing, linesOf, monthOf } from '../../../infra/cost/calculate.ts';
import { WAITS } from '../../../infra/cost/measure/critical-path.ts';
import { KINDS, readMeasured } from '../../../infra/cost/measured.ts';
import { movesOf } from '../../../infra/cost/moves.ts';
import { billOf, drawBill } from '../../../infra/cost/report.ts';
import { costingOf, measuredAs, quiet, work } from './costing.ts';

const lineOf = (costing: Costing, part: string) => {
  const line = linesOf(costing).find((one) => one.part.startsWith(part));
  if (line === undefined) throw new RangeError(`there is no line ${part}`);
  return line;
};
const memory = (memoryMb: number, part = {}) => ({ ...quiet, memoryMb, ...part });

describe('a line of the bill, reckoned by hand', () => {
  it('bills a function its processor time by its share of one, and its waiting as it is', () => {
    // Half a processor: 20 ms of work are 2 × 20; 1.5 around it; 700 + 2 × 5 waiting.
    const one = work({ cpuMsPerInvocation: 20, waits: { salesforce: 1, dynamodb: 2 } });
    expect(billedMs(one, 884.5, ASSUMED.latencyMs)).toBeCloseTo(40 + 1.5 + 710, 6);
    // More than one processor makes nothing faster.
    expect(billedMs(one, 3538, ASSUMED.latencyMs)).toBeCloseTo(20 + 1.5 + 710, 6);
    expect(billedMs({ ...one, invocations: 2 }, 1769, ASSUMED.latencyMs)).toBeCloseTo(43 + 710, 6);
  });

  it('takes a gigabyte-second and a call at their prices', () => {
    const measured = measuredAs({ functions: { 'crm-sync': work({ waits: { salesforce: 1 } }) } });
    const line = lineOf(costingOf(measured, { functions: { 'crm-sync': memory(512) } }), 'Lambda crm-sync');
    // 701.5 ms × 0.5 GB × $0.0000133334, and $0.20 for a million calls.
    expect(line.perMillion).toBeCloseTo(0.7015 * 0.5 * 13.3334 + 0.2, 6);
    expect(line.perMonth).toBe(0);
  });

  it('bills the start of a process to as many calls as find none', () => {
    const measured = measuredAs({ functions: { ingest: work({}) } });
    const costing = costingOf(measured, { functions: { ingest: memory(1024) } });
    const cold = { ...costing, assumed: { ...costing.assumed, coldStarts: 0.1 } };
    const difference = lineOf(cold, 'Lambda ingest').perMillion - lineOf(costing, 'Lambda ingest').perMillion;
    expect(difference).toBeCloseTo(0.035 * 13.3334, 6);
  });

  it('shows waiting for the model by itself, and once', () => {
    const measured = measuredAs({ functions: { enrichment: work({ waits: { model: 0.5 } }) } });
    const costing = costingOf(measured, { functions: { enrichment: memory(1024) } });
    expect(lineOf(costing, 'Lambda enrichment (').perMillion).toBeCloseTo(0.0015 * 13.3334 + 0.2, 6);
    expect(lineOf(costing, 'Lambda enrichment, waiting').perMillion).toBeCloseTo(0.75 * 13.3334, 6);
    expect(billOf(costing, 1).perMillionOf.model).toBeCloseTo(0.75 * 13.3334, 6);
  });

  it('bills what a schedule runs each month, with the sweep of each company', () => {
    const idleRun = { functions: { reconcile: work({ cpuMsPerInvocation: 8.5 }) }, sqsRequests: 0, tables: {} };
    const measured = measuredAs({}, { idleRun });
    const reconcile = memory(1769, { scheduledRuns: 1_000_000, traced: true });
    const costing = costingOf(measured, { functions: { reconcile }, companies: 2 });
    const gigabytes = 1769 / 1024;
    const sweeping = 2 * 4 * 22.5 * (730 / 24) * gigabytes * 0.000_013_333_4;
    expect(lineOf(costing, 'Lambda reconcile').perMonth).toBeCloseTo(0.01 * gigabytes * 13.3334 + 0.2 + sweeping, 6);
    expect(lineOf(costing, 'X-Ray').perMonth).toBeCloseTo(5, 6);
    // No webhook runs it.
    expect(lineOf(costing, 'Lambda reconcile').perMillion).toBe(0);
  });

  it('takes requests, units, traces, log bytes, storage and transfer at their prices', () => {
    const functions = { ingest: work({ logLines: 2, logBytes: 570, vendorBytes: 2 ** 30 / 1_000_000 }) };
    const measured = measuredAs(
      { functions, sqsRequests: 9, tables: { bookings: { reads: 4, writes: 2 } } },
      { storedBytesPerBooking: { bookings: 2 ** 30 / 1_000_000 } },
    );
    const costing = costingOf(measured, {
      functions: { ingest: memory(512, { traced: true, platformLog: { lines: 3, bytes: 300 } }) },
      polledQueues: 3,
      logMonths: 3,
      accessLogBytes: 474,
    });
    expect(lineOf(costing, 'SQS').perMillion).toBeCloseTo(4.5, 6);
    // Three queues, five receives of 20 s each.
    expect(lineOf(costing, 'SQS').perMonth).toBeCloseTo((3 * 15 * 43_800 * 0.5) / 1_000_000, 6);
    expect(lineOf(costing, 'DynamoDB bookings').perMillion).toBeCloseTo(4 * 0.125 + 2 * 0.625, 6);
    expect(lineOf(costing, 'X-Ray').perMillion).toBeCloseTo(5, 6);
    // Own lines 570 + 2 × 26, Lambda's 300 + 3 × 26, the access log's 474 + 26: 1,500 bytes.
    expect(lineOf(costing, 'Logs').perMillion).toBeCloseTo((1500 * 1_000_000 * (0.5 + 3 * 0.03)) / 2 ** 30, 6);
    // Every fifth webhook is a new booking, a gigabyte for a million, 24 months.
    expect(lineOf(costing, 'DynamoDB storage').perMillion).toBeCloseTo(0.2 * 24 * (0.25 + 0.2), 6);
    expect(lineOf(costing, 'Data').perMillion).toBeCloseTo(0.09, 6);
    expect(lineOf(costing, 'API').perMillion).toBeCloseTo(1, 6);
  });

  it('bills what Lambda writes about each invocation, of the functions that it writes about', () => {
    const functions = { ingest: work({ invocations: 2 }), enrichment: work({ logLines: 1, logBytes: 100 }) };
    const platformLog = { lines: 2, bytes: 400 };
    const costing = costingOf(measuredAs({ functions }), {
      functions: { ingest: memory(512, { platformLog }), enrichment: memory(512) },
    });
    // Twice 400 + 2 × 26, one own line of 100 + 26, an access log's 26.
    expect(lineOf(costing, 'Logs').perMillion).toBeCloseTo((1056 * 1_000_000 * 0.5) / 2 ** 30, 6);
  });

  it('takes what is there each month at its price, a metric that is named twice once', () => {
    const measured = measuredAs(
      {},
      { metrics: ['ingest A', 'ingest B'], secretReaders: ['ingest webhook'], tableUsers: ['ingest bookings'] },
    );
    const costing = costingOf(measured, {
      metrics: ['ingest B', 'crm-sync B'],
      alarmMetrics: 10,
      compositeAlarms: 2,
      dashboards: 1,
      secrets: 5,
      keys: 1,
    });
    expect(lineOf(costing, 'Metrics (3)').perMonth).toBeCloseTo(0.9, 6);
    expect(lineOf(costing, 'Alarms').perMonth).toBeCloseTo(1 + 1, 6);
    expect(lineOf(costing, 'Dashboards').perMonth).toBe(3);
    expect(lineOf(costing, 'Secrets').perMonth).toBeCloseTo(2 + 43_800 * 0.000_005, 6);
    expect(lineOf(costing, 'KMS').perMonth).toBeCloseTo(1 + 8_760 * 0.000_003, 6);
  });

  it('weighs kinds by the mix', () => {
    const measured = measuredAs({});
    const told = { ...measured.kinds.new, webhooks: 1, bodyBytes: 0, functions: {}, tables: {}, sqsRequests: 10 };
    const costing = costingOf({ ...measured, kinds: { ...measured.kinds, new: told } });
    expect(lineOf(costing, 'SQS').perMillion).toBeCloseTo(0.2 * 10 * 0.5, 6);
    const quiet = { ...costing, assumed: { ...costing.assumed, irrelevant: 1 } };
    expect(linesOf(quiet).some(({ part }) => part.startsWith('SQS'))).toBe(false);
  });
});

describe('the bill as a whole', () => {
  const functions = Object.fromEntries(
    ['ingest', 'enrichment', 'crm-sync', 'marketing-sync', 'reconcile'].map((name) => [name, memory(512)]),
  );
  const costing = costingOf(readMeasured(), { functions, alarmMetrics: 40, polledQueues: 3, secrets: 5 });

  it('is a fixed part and one in proportion to the webhooks', () => {
    const lines = linesOf(costing);
    const fixed = monthOf(lines, 0);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 2, max: 50 }), (webhooks, times) => {
        const once = monthOf(lines, webhooks) - fixed;
        const often = monthOf(lines, webhooks * times) - fixed;
        expect(often / (once * times)).toBeCloseTo(1, 9);
      }),
    );
    expect(billOf(costing, 1_000_000).month).toBeCloseTo(
      billOf(costing, 1).perMillion + billOf(costing, 1).perMonthFixed,
      9,
    );
  });

  it('never falls when something takes longer to answer', () => {
    const month = (latencyMs: typeof ASSUMED.latencyMs) =>
      monthOf(linesOf({ ...costing, assumed: { ...costing.assumed, latencyMs } }), 1_000_000);
    fc.assert(
      fc.property(fc.constantFrom(...WAITS), fc.nat(5_000), fc.nat(5_000), (wait, ms, more) => {
        const slow = month({ ...ASSUMED.latencyMs, [wait]: ms + more });
        expect(slow).toBeGreaterThanOrEqual(month({ ...ASSUMED.latencyMs, [wait]: ms }));
      }),
    );
    // Those that every booking waits for do count.
    for (const wait of ['fareharbor', 'salesforce', 'mailchimp', 'dynamodb', 'sqs', 'model'] as const) {
      expect(month({ ...ASSUMED.latencyMs, [wait]: 10_000 })).toBeGreaterThan(month(ASSUMED.latencyMs) + 1);
    }
  });

  it('names no saving that a setting does not bring', () => {
    const moves = movesOf(costing);
    expect(moves.map(({ setting }) => setting)).toContain('half the alarms');
    expect(moves.every(({ perMillion, perMonth }) => perMillion + perMonth > 0)).toBe(true);
    const quiet = { ...costing, deployed: { ...costing.deployed, alarmMetrics: 0 } };
    expect(movesOf(quiet).map(({ setting }) => setting)).not.toContain('half the alarms');
  });

  it('is told with its parts, its sum, what dominates and what others take', () => {
    const text = drawBill(costing, 1_000_000, 'prod');
    for (const part of ['Lambda crm-sync', 'SQS', 'DynamoDB bookings', 'Sum', 'What dominates', 'Zapier', 'n8n']) {
      expect(text).toContain(part);
    }
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the mix', () => {
  it('adds up to one, with its share of no news', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (irrelevant) => {
        const mix = mixOf(irrelevant);
        expect(KINDS.reduce((sum, kind) => sum + mix[kind], 0)).toBeCloseTo(1, 9);
        expect(mix.repeated + mix.reminded).toBeCloseTo(irrelevant, 9);
      }),
    );
  });
});
