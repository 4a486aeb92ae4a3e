import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebhookDeps, webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { asking } from '../../../functions/enrichment/truth/asking.ts';
import { MOST_UNKNOWN, strangers } from '../../../functions/enrichment/truth/strangers-limit.ts';
import { RetryableError } from '../../../shared/errors/errors.ts';
import { retrieveBooking } from '../../../shared/fareharbor/retrieve-booking.ts';
import { httpClient } from '../../../shared/http/http-client.ts';
import { budgetedHttp } from '../../../shared/rate-budget/budgeted-http.ts';
import { FAREHARBOR_RULE, rateBudget } from '../../../shared/rate-budget/rate-budget.ts';
import { verificationList } from '../../../shared/webhook/verifications.ts';
import { type Desk, openDesk } from './desk.ts';

/** As many as a stage lets work at a time. */
const ENVIRONMENTS = 10;
const BATCH = 10;

let desk: Desk;
let environments: WebhookDeps[];
beforeEach(async () => {
  // The clock is moved on by hand here, which FareHarbor's own limits could not follow; the budget is the real one.
  desk = await openDesk({ rateLimit: false });
  desk.switches.apiAccess = true;
  environments = Array.from({ length: ENVIRONMENTS }, environment);
});
afterEach(() => desk.close());

function environment(): WebhookDeps {
  const { dynamo, operationsTable } = desk;
  const { now } = desk.deps;
  const budget = rateBudget(dynamo, operationsTable, { id: 'fareharbor', rule: FAREHARBOR_RULE, now });
  const http = httpClient('fareharbor', 5_000);
  const retrieve = retrieveBooking(
    desk.secret,
    budgetedHttp(http, budget, 'live'),
    budgetedHttp(http, budget, 'background'),
  );
  return { ...desk.deps, retrieve, asking: asking(now), strangers: strangers(dynamo, operationsTable, now) };
}

interface Waiting {
  readonly message: ReturnType<Desk['message']>;
  /** Its FIFO group. */
  readonly uuid: string;
  receives: number;
  visibleAt: number;
}

const sent = (uuid: string, body: string): Waiting => ({
  message: desk.message(body),
  uuid,
  receives: 0,
  visibleAt: 0,
});
const forgedBody = (real: string, uuid: string) => desk.fareHarbor.bodyOf(real).replaceAll(real, uuid);

/** A batch as the queue gives it out: at most ten, and of each group the first ones in their order, or none. */
function nextBatch(queue: readonly Waiting[], at: number): Waiting[] {
  const shut = new Set<string>();
  const batch: Waiting[] = [];
  for (const one of queue) {
    if (batch.length === BATCH) break;
    if (shut.has(one.uuid)) continue;
    if (one.visibleAt > at) shut.add(one.uuid);
    else batch.push(one);
  }
  return batch;
}

/** One environment works on one batch, by the rules of shared/fifo/consumer.ts. @returns what is done. */
async function work(deps: WebhookDeps, batch: readonly Waiting[], at: number): Promise<Set<Waiting>> {
  const consumer = webhookConsumer('', deps);
  const done = new Set<Waiting>();
  const failed = new Map<string, number>();
  for (const one of batch) {
    one.receives += 1;
    if (!failed.has(one.uuid)) {
      const attributes = { ...one.message.attributes, ApproximateReceiveCount: String(one.receives) };
      try {
        await consumer.handle({ ...one.message, attributes });
        done.add(one);
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error;
        failed.set(one.uuid, error.waitSeconds ?? 2 ** one.receives);
      }
    }
    one.visibleAt = at + (failed.get(one.uuid) ?? 0) * 1000;
  }
  return done;
}

/** Works the queue off with all environments at once, moving the clock on by what a round takes, or to the next message. */
async function workOff(queue: Waiting[], roundMs: number): Promise<void> {
  while (queue.length > 0) {
    const at = desk.deps.now().getTime();
    const taken = new Set<string>();
    const rounds = environments.map((deps) => {
      const batch = nextBatch(
        queue.filter(({ uuid }) => !taken.has(uuid)),
        at,
      );
      for (const { uuid } of batch) taken.add(uuid);
      return work(deps, batch, at);
    });
    const done = (await Promise.all(rounds)).flatMap((one) => [...one]);
    for (const one of done) queue.splice(queue.indexOf(one), 1);
    if (queue.length === 0) return;
    const next = Math.min(...queue.map(({ visibleAt }) => visibleAt));
    desk.clock.aheadMs += Math.max(roundMs, next - at);
  }
}

/** Has notes followed, as reconcile does each minute with some of them. */
async function verify(uuids: readonly string[]): Promise<void> {
  const [deps = environment()] = environments;
  for (const uuid of uuids) {
    desk.clock.aheadMs += 1000;
    const body = JSON.stringify({ booking: { uuid, company: { shortname: 'harbor-kayaks' } } });
    await webhookConsumer('', deps).handle(desk.message(body, { kind: 'verify' }));
  }
}

describe('somebody who has the webhook’s key', () => {
  it('and sends 2,000 bookings that do not exist gets less than 2 % of them asked for live, and none believed', {
    timeout: 120_000,
  }, async () => {
    const known = desk.fareHarbor.book({ note: 'first' });
    await desk.deliver([desk.fareHarbor.bodyOf(known.uuid)]);
    desk.hints.length = 0;
    desk.fareHarbor.edit(known.uuid, { note: 'second' });
    const fresh = desk.fareHarbor.book({ note: 'new' });
    const forged = Array.from({ length: 2_000 }, () => randomUUID());
    const queue = forged.map((uuid) => sent(uuid, forgedBody(known.uuid, uuid)));
    queue.splice(1000, 0, sent(known.uuid, desk.fareHarbor.bodyOf(known.uuid)));
    queue.splice(1200, 0, sent(fresh.uuid, desk.fareHarbor.bodyOf(fresh.uuid)));
    const before = desk.server.requests.length;
    // As long as FareHarbor takes to answer, nobody knows yet that these are inventions.
    desk.server.fault({ route: '*', delayMs: 150, times: 10_000 });
    // 200 a second is what the API lets in.
    await workOff(queue, 500);
    const asked = desk.server.requests.slice(before).map(({ path }) => path.split('/').at(-2));
    expect(asked.filter((uuid) => uuid !== known.uuid).length).toBeLessThan(40);
    // The booking we hold was asked for at once, and is as FareHarbor has it.
    expect(asked.filter((uuid) => uuid === known.uuid)).toHaveLength(1);
    expect(await desk.record(known.uuid)).toMatchObject({ version: 2, source: 'api', booking: { note: 'second' } });
    // No invention is in the records, and no destination was told of one.
    expect(new Set(desk.hints.map(({ uuid }) => uuid))).toEqual(new Set([known.uuid]));
    expect(desk.counts.StrangersHeld).toBeGreaterThan(1_900);
    // The honest new booking among them arrives by the background.
    desk.server.clearFaults();
    const list = verificationList(desk.dynamo, desk.operationsTable);
    const noted = (await list.all()).map(({ uuid }) => uuid);
    expect(noted).toContain(fresh.uuid);
    await verify([...noted.filter((uuid) => uuid !== fresh.uuid).slice(0, 20), fresh.uuid]);
    expect(await desk.record(fresh.uuid)).toMatchObject({ version: 1, source: 'api', booking: { note: 'new' } });
    expect(new Set(desk.hints.map(({ uuid }) => uuid))).toEqual(new Set([known.uuid, fresh.uuid]));
    expect((await list.all()).length).toBe(noted.length - 21);
    expect((await desk.quarantined()).length).toBeGreaterThanOrEqual(20);
  });

  it('and sends one booking 2,000 times has it asked for a few times, and the booking is as FareHarbor has it', {
    timeout: 60_000,
  }, async () => {
    const { uuid } = desk.fareHarbor.book({ note: 'old' });
    const old = desk.fareHarbor.bodyOf(uuid);
    desk.fareHarbor.edit(uuid, { note: 'new' });
    const other = desk.fareHarbor.book();
    const queue = Array.from({ length: 2_000 }, () => sent(uuid, old));
    queue.splice(5, 0, sent(other.uuid, desk.fareHarbor.bodyOf(other.uuid)));
    await workOff(queue, 100);
    const asked = desk.server.requests.map(({ path }) => path.split('/').at(-2));
    expect(asked.filter((one) => one === uuid).length).toBeLessThan(100);
    expect(asked.filter((one) => one === other.uuid)).toHaveLength(1);
    expect(await desk.record(uuid)).toMatchObject({ version: 1, source: 'api', booking: { note: 'new' } });
  });

  it('who stops is forgotten after a while: a new booking is asked for live again', async () => {
    const known = desk.fareHarbor.book();
    const inventions = Array.from({ length: MOST_UNKNOWN + 5 }, () => randomUUID());
    await workOff(
      inventions.map((uuid) => sent(uuid, forgedBody(known.uuid, uuid))),
      500,
    );
    expect(desk.counts.StrangersHeld).toBeGreaterThan(0);
    const held = desk.counts.StrangersHeld;
    desk.clock.aheadMs += 21 * 60_000;
    const fresh = desk.fareHarbor.book();
    await workOff([sent(fresh.uuid, desk.fareHarbor.bodyOf(fresh.uuid))], 500);
    expect(await desk.record(fresh.uuid)).toMatchObject({ source: 'api' });
    expect(desk.counts.StrangersHeld).toBe(held);
  });

  it('is not believed because the inventions cannot be counted', async () => {
    const known = desk.fareHarbor.book();
    const invented = randomUUID();
    const noteUnknown = async () => {
      throw new Error('the table is gone');
    };
    const deps = { ...environment(), strangers: { noteUnknown, suspected: async () => false } };
    const handle = (receives: number) =>
      webhookConsumer('', deps).handle(desk.message(forgedBody(known.uuid, invented), { receives }));
    for (const receives of [1, 2]) {
      await expect(handle(receives)).rejects.toMatchObject({ code: 'fareharbor.unknown-booking' });
    }
    await handle(3);
    expect(await desk.record(invented)).toBeUndefined();
    expect(await desk.quarantined()).toContainEqual(expect.objectContaining({ uuid: invented }));
  });

  it('for one company is no suspicion against another', async () => {
    const known = desk.fareHarbor.book();
    const [deps = environment()] = environments;
    for (let n = 0; n < MOST_UNKNOWN; n += 1) await deps.strangers.noteUnknown('umi-tours');
    await workOff([sent(known.uuid, desk.fareHarbor.bodyOf(known.uuid))], 500);
    expect(await desk.record(known.uuid)).toMatchObject({ source: 'api' });
  });
});

describe('many honest changes of one booking', () => {
  it('that come as they happen end at the last, with few calls', async () => {
    const { uuid } = desk.fareHarbor.book({ note: 'change 0' });
    await workOff([sent(uuid, desk.fareHarbor.bodyOf(uuid))], 100);
    for (let n = 1; n <= 50; n += 1) {
      const queue: Waiting[] = [];
      for (let change = 0; change < 10; change += 1) {
        desk.fareHarbor.edit(uuid, { note: `change ${n * 10 + change}` });
        queue.push(sent(uuid, desk.fareHarbor.bodyOf(uuid)));
        desk.clock.aheadMs += 20;
      }
      await workOff(queue, 200);
    }
    expect((await desk.record(uuid))?.booking.note).toBe('change 509');
    expect(desk.server.requests.length).toBeLessThan(100);
  });

  it('a webhook that came after FareHarbor was asked is never taken for answered', async () => {
    const { uuid } = desk.fareHarbor.book({ note: 'first' });
    const [deps] = environments;
    if (deps === undefined) throw new Error('no environment');
    const deliver = () => webhookConsumer('', deps).handle(desk.message(desk.fareHarbor.bodyOf(uuid)));
    await deliver();
    desk.fareHarbor.edit(uuid, { note: 'second' });
    await deliver();
    expect((await desk.record(uuid))?.booking.note).toBe('second');
  });

  it('what failed after the call is not taken for answered: its hints are still owed (trap 3)', async () => {
    const { uuid } = desk.fareHarbor.book();
    const message = desk.message(desk.fareHarbor.bodyOf(uuid));
    desk.clock.aheadMs += 5_000;
    const [deps] = environments;
    if (deps === undefined) throw new Error('no environment');
    desk.switches.hintsFail = true;
    await expect(webhookConsumer('', deps).handle(message)).rejects.toThrow('killed before the hint');
    desk.switches.hintsFail = false;
    await webhookConsumer('', deps).handle(message);
    expect(desk.hints.map(({ sink }) => sink).sort()).toEqual(['crm', 'marketing']);
    // Now it is.
    const calls = desk.server.requests.length;
    await webhookConsumer('', deps).handle(message);
    expect(desk.server.requests).toHaveLength(calls);
  });

  it('a booking asked for often goes back to the queue, and its body is never believed instead', async () => {
    const { uuid } = desk.fareHarbor.book({ note: 'old' });
    const old = desk.fareHarbor.bodyOf(uuid);
    desk.fareHarbor.edit(uuid, { note: 'new' });
    // Time stands still for it: it gets no call back.
    const deps = { ...environment(), asking: asking(() => new Date('2026-11-21T12:00:00Z')) };
    for (let n = 0; n < 5; n += 1) await webhookConsumer('', deps).handle(desk.message(old));
    for (const receives of [1, 3, 10]) {
      await expect(webhookConsumer('', deps).handle(desk.message(old, { receives }))).rejects.toMatchObject({
        code: 'fareharbor.asked-often',
        waitSeconds: 12,
      });
    }
    expect(await desk.record(uuid)).toMatchObject({ version: 1, source: 'api', booking: { note: 'new' } });
  });
});
