import type { Stack } from '../../infra/local/stack.ts';
import { type Acks, send } from './load.ts';
import { arrivals, settled, troubles, unverified, verified } from './load-arrivals.ts';
import { compare } from './load-check.ts';
import { heapGrowth, memoryOf, memoryTable } from './load-memory.ts';
import type { LoadOptions } from './load-options.ts';
import { makeScene, type Scene } from './load-scene.ts';
import { startLoaded, warmUp } from './load-stack.ts';
import { median, quantile, rounded } from './statistics.ts';

const BOOKINGS = 10_000;
const DUPLICATES = 0.3;
const CHANGES = 0.2;
const MOST_ACK_MS = 1000;
/** Time to drain, at worst, of each booking; and to verify all of them. */
const MOST_DRAIN_MS = 1000;
const MOST_VERIFY_MS = 3 * 3_600_000;
const SHOWN_PROBLEMS = 20;

/** Tells people who wait what is going on. */
export type Say = (text: string) => void;

export interface Figures {
  readonly [name: string]: number | string;
}

/** Latencies as the tables print them, in milliseconds. */
export function spread(name: string, milliseconds: readonly number[]): Figures {
  return {
    [`${name}_p50_ms`]: median(milliseconds),
    [`${name}_p99_ms`]: quantile(milliseconds, 0.99),
    [`${name}_max_ms`]: quantile(milliseconds, 1),
  };
}

/**
 * Sends 10,000 bookings of 3,000 guests, 30 % of them told of twice and 20 % of them changed, as fast as ingest takes
 * them, with every vendor's real limits, and holds both vendors against FareHarbor when all has arrived.
 *
 * @returns whether nothing was lost, doubled, refused or slow.
 */
export async function benchLoad(assembly: string, options: LoadOptions, say: Say): Promise<boolean> {
  const bookings = options.bookings ?? BOOKINGS;
  const stack = await startLoaded(assembly);
  try {
    const start = await memoryOf(stack);
    // So many that what a process fills once and keeps is filled before its growth is measured.
    await warmUp(stack, Math.min(500, Math.max(50, Math.round(bookings / 10))));
    const warm = await memoryOf(stack);
    const { fareharbor } = stack.vendors;
    const scene = makeScene(fareharbor, {
      bookings,
      duplicates: DUPLICATES,
      changes: CHANGES,
      seed: options.seed,
      prefix: 'load',
    });
    say(
      `${scene.webhooks.length} webhooks of ${bookings} bookings of ${scene.emails.length} guests (seed ${options.seed})`,
    );
    const startedAt = Date.now();
    const acks = await send(stack.webhookUrl, scene.webhooks, options.connections);
    say(`all acknowledged after ${rounded(acks.elapsed / 1000)} s; draining`);
    await settled(stack, bookings * MOST_DRAIN_MS + 60_000);
    const figures = await drained(stack, scene, startedAt, acks);
    const until = options.until === 'verified' ? await whenVerified(stack, startedAt, say) : {};
    const end = await memoryOf(stack);
    console.log(memoryTable(start, warm, end));
    const problems = [...(await problemsOf(stack, acks)), ...heapGrowth(warm, end)];
    return conclude(problems, { ...figures, ...until });
  } finally {
    await stack.close();
  }
}

/** Waits until FareHarbor was asked for every booking. @param startedAt when the webhooks began, milliseconds. */
export async function whenVerified(stack: Stack, startedAt: number, say: Say): Promise<Figures> {
  say('asking FareHarbor for those that were taken from their webhook');
  await verified(stack, MOST_VERIFY_MS);
  return { verified_after_s: rounded((Date.now() - startedAt) / 1000) };
}

/** Prints the figures and what is wrong. @returns whether nothing is. */
export function conclude(problems: readonly string[], figures: Figures): boolean {
  for (const problem of problems.slice(0, SHOWN_PROBLEMS)) console.log(problem);
  console.log(JSON.stringify({ ...figures, problems: problems.length }));
  return problems.length === 0;
}

/** How long it took until the last booking had reached both vendors, as the records say. */
async function drained(stack: Stack, scene: Scene, startedAt: number, acks: Acks): Promise<Figures> {
  const uuids = new Set(scene.webhooks.map(({ uuid }) => uuid));
  const all = (await arrivals(stack)).filter(({ uuid }) => uuids.has(uuid));
  const seconds = (Math.max(...all.map(({ arrivedAt }) => arrivedAt)) - startedAt) / 1000;
  return {
    webhooks: scene.webhooks.length,
    bookings: uuids.size,
    acks_per_s: rounded((scene.webhooks.length / acks.elapsed) * 1000),
    ...spread('ack', acks.latencies),
    in_both_vendors_after_s: rounded(seconds),
    bookings_per_s: rounded(uuids.size / seconds),
    ...spread(
      'webhook_to_vendors',
      all.map(({ receivedAt, arrivedAt }) => arrivedAt - receivedAt),
    ),
    fareharbor_calls: stack.vendors.fareharbor.server.requests.length,
    salesforce_calls: stack.vendors.salesforce.vendor.usage,
    not_yet_verified: await unverified(stack),
  };
}

/** What waits for a person, what FareHarbor refused, where the vendors differ from it, and whether ingest was slow. */
export async function problemsOf(stack: Stack, acks: Acks): Promise<string[]> {
  const { fareharbor, salesforce, mailchimp } = stack.vendors;
  const slowest = quantile(acks.latencies, 0.99);
  const bookings = [...fareharbor.vendor.account.bookings.values()];
  return [
    ...(slowest < MOST_ACK_MS ? [] : [`1 in 100 webhooks was acknowledged only after ${slowest} ms`]),
    ...(await troubles(stack)),
    ...compare(bookings, { salesforce: salesforce.vendor.state(), mailchimp: mailchimp.vendor.state() }),
  ];
}
