import type { Stack } from '../../infra/local/stack.ts';
import { bookingUuidSchema } from '../../shared/booking/booking.ts';
import { verificationList } from '../../shared/webhook/verifications.ts';
import { send, sendPaced } from './load.ts';
import { arrivals, settled, tableOf, unverified } from './load-arrivals.ts';
import type { LoadOptions } from './load-options.ts';
import { conclude, problemsOf, type Say, spread, whenVerified } from './load-run.ts';
import { makeScene, type Scene } from './load-scene.ts';
import { startLoaded, warmUp } from './load-stack.ts';
import { rounded } from './statistics.ts';

const BURST = 3_000;
const BURST_PER_SECOND = 50;
const MOST_BURST_SECONDS = 180;
const BACKLOG = 600;
const LIVE_PER_SECOND = 5;
const MOST_WAIT_MS = 30 * 60_000;

/**
 * Sends 3,000 new bookings in a minute, 50 a second whatever comes back, with every vendor's real limits.
 * @returns whether all were in both vendors within three minutes, and nothing was lost, doubled or refused.
 */
export async function benchBurst(assembly: string, options: LoadOptions, say: Say): Promise<boolean> {
  const stack = await startLoaded(assembly);
  try {
    await warmUp(stack);
    const scene = sceneOf(stack, options.bookings ?? BURST, options.seed, 'burst');
    say(`${scene.webhooks.length} webhooks, ${BURST_PER_SECOND} a second`);
    const startedAt = Date.now();
    const acks = await sendPaced(stack.webhookUrl, scene.webhooks, BURST_PER_SECOND);
    await settled(stack, MOST_WAIT_MS);
    const notYetVerified = await unverified(stack);
    const { last, latencies } = await arrivalsOf(stack, scene);
    const seconds = rounded((last - startedAt) / 1000);
    const until = options.until === 'verified' ? await whenVerified(stack, startedAt, say) : {};
    const late = seconds > MOST_BURST_SECONDS ? [`in both vendors only after ${seconds} s`] : [];
    return conclude([...late, ...(await problemsOf(stack, acks))], {
      webhooks: scene.webhooks.length,
      ...spread('ack', acks.latencies),
      in_both_vendors_after_s: seconds,
      ...spread('webhook_to_vendors', latencies),
      verified_by_then: scene.webhooks.length - notYetVerified,
      not_yet_verified: notYetVerified,
      ...until,
    });
  } finally {
    await stack.close();
  }
}

/**
 * Sends a live webhook every 200 ms while the verification of a backlog uses what is left of FareHarbor's budget.
 * @returns whether nothing was lost, doubled or refused; the latencies are for the reader.
 */
export async function benchLive(assembly: string, options: LoadOptions, say: Say): Promise<boolean> {
  const stack = await startLoaded(assembly);
  try {
    await warmUp(stack);
    const backlog = sceneOf(stack, options.bookings ?? BACKLOG, options.seed, 'backlog');
    say(`bringing ${backlog.webhooks.length} bookings, then asking to verify them all`);
    await send(stack.webhookUrl, backlog.webhooks, options.connections);
    await settled(stack, MOST_WAIT_MS);
    await askForAll(stack, backlog);
    const live = sceneOf(stack, options.seconds * LIVE_PER_SECOND, options.seed + 1, 'live');
    const [callsBefore, pendingBefore] = [stack.vendors.fareharbor.server.requests.length, await unverified(stack)];
    say(
      `${live.webhooks.length} live webhooks, ${LIVE_PER_SECOND} a second, ${pendingBefore} bookings to verify meanwhile`,
    );
    const acks = await sendPaced(stack.webhookUrl, live.webhooks, LIVE_PER_SECOND);
    const [callsAfter, pendingAfter] = [stack.vendors.fareharbor.server.requests.length, await unverified(stack)];
    await settled(stack, MOST_WAIT_MS);
    const { latencies } = await arrivalsOf(stack, live);
    return conclude(await problemsOf(stack, acks), {
      live_webhooks: live.webhooks.length,
      ...spread('ack', acks.latencies),
      ...spread('webhook_to_vendors', latencies),
      fareharbor_calls_per_s: rounded(((callsAfter - callsBefore) / acks.elapsed) * 1000),
      verified_meanwhile: pendingBefore - pendingAfter,
    });
  } finally {
    await stack.close();
  }
}

/** New bookings, each told of once. */
function sceneOf(stack: Stack, bookings: number, seed: number, prefix: string): Scene {
  return makeScene(stack.vendors.fareharbor, { bookings, duplicates: 0, changes: 0, seed, prefix });
}

async function arrivalsOf(stack: Stack, scene: Scene): Promise<{ last: number; latencies: number[] }> {
  const uuids = new Set(scene.webhooks.map(({ uuid }) => uuid));
  const all = (await arrivals(stack)).filter(({ uuid }) => uuids.has(uuid));
  return {
    last: Math.max(...all.map(({ arrivedAt }) => arrivedAt)),
    latencies: all.map(({ receivedAt, arrivedAt }) => arrivedAt - receivedAt),
  };
}

/** Notes each booking as one that FareHarbor is to be asked for; reconcile has it done at its next run. */
async function askForAll(stack: Stack, { webhooks }: Scene): Promise<void> {
  const list = verificationList(stack.dynamoDb, tableOf(stack, 'OPERATIONS_TABLE'));
  const notedAt = new Date().toISOString();
  for (const webhook of webhooks) {
    const uuid = bookingUuidSchema.parse(webhook.uuid);
    await list.add({ company: 'harbor-kayaks', uuid, notedAt, reason: 'unverified' });
  }
}
