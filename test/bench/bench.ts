import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Stack, startStack } from '../../infra/local/stack.ts';
import { synthesize } from '../../infra/local/synth.ts';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { benchBundles } from './bundles.ts';
import { benchGuest } from './guest-cost.ts';
import { measureInit } from './init.ts';
import { post } from './load.ts';
import { benchBurst, benchLive } from './load-burst.ts';
import { type LoadOptions, readOptions } from './load-options.ts';
import { benchLoad } from './load-run.ts';
import { benchMemory } from './memory.ts';
import { benchModel } from './model-cost.ts';
import { benchCalls } from './profile-calls.ts';
import { type Shares, sharesAround } from './profile-shares.ts';
import { median, quantile, rounded } from './statistics.ts';

const BOOKINGS = 2_000;
const IRRELEVANT = 200;
const CONCURRENCY = 10;
const VENDORS = ['fareharbor', 'salesforce', 'mailchimp', 'openai'] as const;

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** A stack whose vendors answer as fast as they can: their limits are lifted, nothing else is. */
const start = (assembly: string, consume: boolean): Promise<Stack> =>
  startStack({
    assembly,
    consume,
    warm: 2,
    concurrency: 2,
    vendors: {
      fareharbor: { rateLimit: false, maxConnections: 1_000 },
      salesforce: { requestLimit: 1_000_000 },
      mailchimp: { simultaneous: null },
    },
  });

/** Distinct bookings of distinct guests, two in three with a note to read, as full bodies with payments. */
function book(stack: Stack, count: number, prefix: string): { uuid: string; body: string }[] {
  const { vendor } = stack.vendors.fareharbor;
  return Array.from({ length: count }, (_, n) => {
    const contact = { name: `Bench Guest ${n}`, email: `${prefix}-${n}@guests.test`, phone: '+12025550123' };
    const note = n % 3 === 0 ? '' : `It is our anniversary, table ${n} please`;
    const { uuid } = vendor.book({ contact, note });
    vendor.pay(uuid);
    return { uuid, body: vendor.bodyOf(uuid) };
  });
}

/** Acknowledging alone: the queue is not consumed meanwhile. */
async function benchAck(assembly: string) {
  const stack = await start(assembly, false);
  try {
    const bodies = book(stack, BOOKINGS, 'ack').map(({ body }) => body);
    await post(stack.webhookUrl, bodies.slice(0, 200), CONCURRENCY);
    const single = await post(stack.webhookUrl, bodies.slice(0, 500), 1);
    const many = await post(stack.webhookUrl, bodies, CONCURRENCY);
    return {
      per_s: rounded((BOOKINGS / many.elapsed) * 1000),
      p50_ms: median(single.latencies),
      p99_ms: quantile(many.latencies, 0.99),
    };
  } finally {
    await stack.close();
  }
}

async function settled(stack: Stack): Promise<void> {
  while (!(await stack.idle())) await pause(20);
}

async function cpuOf(stack: Stack): Promise<Map<string, number>> {
  const entries = [...stack.functions].map(async ([service, lambda]) => {
    const usage = await lambda.usage();
    return [service, usage.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / 1000] as const;
  });
  return new Map(await Promise.all(entries));
}

function callsOf(stack: Stack): Record<(typeof VENDORS)[number], number> {
  const count = (vendor: (typeof VENDORS)[number]) => stack.vendors[vendor].server.requests.length;
  return {
    fareharbor: count('fareharbor'),
    salesforce: count('salesforce'),
    mailchimp: count('mailchimp'),
    openai: count('openai'),
  };
}

function perBooking(before: Record<string, number>, after: Record<string, number>, count: number) {
  return Object.fromEntries(
    VENDORS.map((vendor) => [vendor, rounded(((after[vendor] ?? 0) - (before[vendor] ?? 0)) / count)]),
  );
}

/** What stand-ins and engines took for each booking, to tell what of a booking's processor time is ours. */
function around(before: Shares | undefined, after: Shares | undefined, count: number) {
  if (before === undefined || after === undefined) return undefined;
  return {
    stand_ins_and_gateway: rounded((after.standIns - before.standIns) / count),
    sqs: rounded((after.queues - before.queues) / count),
    dynamodb: rounded((after.tables - before.tables) / count),
  };
}

/** From the webhook's receipt to the later of both vendors holding the booking, as the records note it. */
async function latencies(stack: Stack, uuids: readonly string[]): Promise<number[]> {
  const table = stack.functions.get('enrichment')?.definition.environment.BOOKINGS_TABLE ?? '';
  const bookings = bookingsTable(stack.dynamoDb, table, () => new Date());
  const times: number[] = [];
  for (const uuid of uuids) {
    const record = await bookings.read(uuid);
    const synced = Object.values(record?.sync ?? {});
    if (record === undefined || synced.some(({ version }) => version < record.version)) {
      throw new Error(`booking ${uuid} did not reach both vendors`);
    }
    times.push(Math.max(...synced.map(({ at }) => Date.parse(at))) - Date.parse(record.receivedAt));
  }
  return times;
}

async function benchPipeline(assembly: string, directory: string) {
  const stack = await start(assembly, true);
  try {
    // The first bookings pay for signing in and for code that has not run yet.
    await post(
      stack.webhookUrl,
      book(stack, 100, 'warm').map(({ body }) => body),
      CONCURRENCY,
    );
    await settled(stack);
    const bookings = book(stack, BOOKINGS, 'bench');
    const [cpuBefore, callsBefore, aroundBefore] = [await cpuOf(stack), callsOf(stack), sharesAround()];
    const startedAt = performance.now();
    await post(
      stack.webhookUrl,
      bookings.map(({ body }) => body),
      CONCURRENCY,
    );
    await settled(stack);
    const elapsed = performance.now() - startedAt;
    const [cpuAfter, callsAfter, aroundAfter] = [await cpuOf(stack), callsOf(stack), sharesAround()];
    const times = await latencies(
      stack,
      bookings.map(({ uuid }) => uuid),
    );
    const irrelevant = bookings.slice(0, IRRELEVANT).map(({ uuid }) => {
      stack.vendors.fareharbor.vendor.remind(uuid);
      return stack.vendors.fareharbor.vendor.bodyOf(uuid);
    });
    await post(stack.webhookUrl, irrelevant, CONCURRENCY);
    await settled(stack);
    const usage = [...stack.functions].map(async ([service, lambda]) => {
      const rss = (await lambda.usage()).map(({ rssBytes }) => rssBytes);
      return [service, rounded(Math.max(...rss) / 1024 / 1024)] as const;
    });
    return {
      e2e: {
        bookings_per_s: rounded((BOOKINGS / elapsed) * 1000),
        p50_ms: median(times),
        p99_ms: quantile(times, 0.99),
      },
      cpu_ms_per_booking: Object.fromEntries(
        [...cpuAfter].map(([service, cpu]) => [service, rounded((cpu - (cpuBefore.get(service) ?? 0)) / BOOKINGS)]),
      ),
      cpu_ms_per_booking_around: around(aroundBefore, aroundAfter, BOOKINGS),
      calls_per_booking: perBooking(callsBefore, callsAfter, BOOKINGS),
      calls_per_irrelevant_webhook: perBooking(callsAfter, callsOf(stack), IRRELEVANT),
      rss_mb: Object.fromEntries(await Promise.all(usage)),
      functions: stack.plan.functions,
      init: await measureInit(stack.plan.functions, stack.endpoints, directory),
    };
  } finally {
    await stack.close();
  }
}

/** Speed, memory and calls per booking, as one JSON line. */
async function benchSpeed(assembly: string, directory: string): Promise<boolean> {
  say(`acknowledging ${BOOKINGS} webhooks, nothing consuming`);
  const ack = await benchAck(assembly);
  say(`${BOOKINGS} bookings through the whole pipeline, then start-up times`);
  const { functions, init, ...pipeline } = await benchPipeline(assembly, directory);
  const bundle_kb = Object.fromEntries(
    functions.map(({ service, directory }) => [service, rounded(statSync(join(directory, 'index.mjs')).size / 1024)]),
  );
  const init_ms = Object.fromEntries(Object.entries(init).map(([service, { ms }]) => [service, ms]));
  console.log(JSON.stringify({ ack, ...pipeline, bundle_kb, init_ms, init }));
  return true;
}

function optionsOrEnd(): LoadOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

const options = optionsOrEnd();
if (options.model) {
  console.log(JSON.stringify(await benchModel()));
  process.exit();
}
if (options.guest) process.exit((await benchGuest(say)) ? 0 : 1);
if (options.bundles) process.exit(benchBundles((text) => console.log(text)) ? 0 : 1);
const directory = mkdtempSync(join(tmpdir(), 'harborlight-bench-'));
const assembly = join(directory, 'cdk.out');
try {
  say('synthesizing');
  await synthesize(assembly);
  const run = options.load ? benchLoad : options.burst ? benchBurst : options.live ? benchLive : undefined;
  const other = options.memory ? benchMemory : options.calls ? benchCalls : benchSpeed;
  const isSound = run === undefined ? await other(assembly, directory, say) : await run(assembly, options, say);
  if (!isSound) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
