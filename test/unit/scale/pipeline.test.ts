import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceFrom } from '../../../infra/scale/engine/chance.ts';
import { Clock } from '../../../infra/scale/engine/clock.ts';
import { LIMITS } from '../../../infra/scale/limits.ts';
import { Load, sharesOf, type Webhook } from '../../../infra/scale/load.ts';
import { type Plant, plantOf } from '../../../infra/scale/plant.ts';
import { SERVICE, serve } from '../../../infra/scale/service.ts';
import { type Outcome, type Scene, simulate } from '../../../infra/scale/simulate.ts';
import { World } from '../../../infra/scale/world.ts';
import { stageNamed } from '../../../infra/stages.ts';

const PLANT = plantOf(stageNamed('prod'));

/** An hour of a deployment at so many webhooks a second. */
function hour(perSecond: number, changes: Partial<Plant> = {}, more: Partial<Scene> = {}): Outcome {
  const companies = more.companies ?? 50;
  const bookingsPerDay = (perSecond * 86_400) / 5 / companies;
  const plant = { ...PLANT, ...changes };
  return simulate({ plant, companies, bookingsPerDay, daily: false, until: 3600, seed: 5, ...more });
}

function sinksWith(batches: number): Partial<Plant> {
  return { concurrency: { ...PLANT.concurrency, 'crm-sync': batches, 'marketing-sync': batches } };
}

describe('the load', () => {
  function webhooksOf(rule: { companies: number; bookingsPerDay: number; daily: boolean }): [number, Webhook][] {
    const clock = new Clock();
    const sent: [number, Webhook][] = [];
    const load = new Load(clock, chanceFrom(9), { ...rule, until: 86_400 }, (webhook) => {
      sent.push([clock.now, webhook]);
    });
    load.start();
    clock.runUntil(86_400);
    return sent;
  }

  it('is five webhooks a booking, three of them telling of nothing new', () => {
    const sent = webhooksOf({ companies: 100, bookingsPerDay: 100, daily: false });
    expect(sent.length / 50_000).toBeCloseTo(1, 1);
    expect(sent.filter(([, { isRelevant }]) => !isRelevant).length / sent.length).toBeCloseTo(0.6, 1);
  });

  it('comes at random: as many as wanted in a minute, give or take their root', () => {
    const minutes = new Array<number>(1440).fill(0);
    const isNew = ({ booking }: Webhook) => !booking.known;
    // The first webhook of each booking: what follows it does not come at random.
    const seen = new Set<number>();
    for (const [at, webhook] of webhooksOf({ companies: 10, bookingsPerDay: 2000, daily: false })) {
      if (!isNew(webhook) || seen.has(webhook.booking.id)) continue;
      seen.add(webhook.booking.id);
      const minute = Math.min(1439, Math.floor(at / 60));
      minutes[minute] = (minutes[minute] ?? 0) + 1;
    }
    const mean = minutes.reduce((sum, n) => sum + n, 0) / 1440;
    const variance = minutes.reduce((sum, n) => sum + (n - mean) ** 2, 0) / 1440;
    expect(mean).toBeCloseTo(20_000 / 1440, 0);
    expect(variance / mean).toBeGreaterThan(0.85);
    expect(variance / mean).toBeLessThan(1.15);
  });

  it('has hours, and tours called off within two minutes', () => {
    const sent = webhooksOf({ companies: 20, bookingsPerDay: 200, daily: true });
    const from = (hourOfDay: number) => sent.filter(([at]) => Math.floor(at / 3600) === hourOfDay).length;
    expect(from(10)).toBeGreaterThan(5 * from(3));
    const even = webhooksOf({ companies: 20, bookingsPerDay: 200, daily: false });
    const most = (all: typeof sent) => {
      const counts = new Map<string, number>();
      for (const [at, { booking, isRelevant }] of all) {
        const key = `${booking.company} ${Math.floor(at / 120)}`;
        if (booking.known && isRelevant) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return Math.max(...counts.values());
    };
    expect(most(sent)).toBeGreaterThan(5 * most(even));
  });

  it('divides all bookings among companies of many sizes', () => {
    const shares = sharesOf(1000, chanceFrom(2));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(shares[0] ?? 0).toBeGreaterThan(20 * (shares[500] ?? 1) * 0.3);
    expect(shares.toSorted((a, b) => b - a)).toEqual(shares);
  });
});

describe('FareHarbor’s calls in the simulation', () => {
  it('are given out by the rule of the functions, to the token: never more in any second or five minutes', () => {
    const clock = new Clock();
    const world = new World(clock, chanceFrom(1), PLANT);
    const calls: number[] = [];
    for (let ms = 0; ms <= 900_000; ms += 10) {
      clock.at(ms / 1000, () => {
        while (world.takeCall(0, 'live')) calls.push(clock.now);
      });
    }
    clock.runUntil(900);
    expect(calls.length).toBe(Math.floor(10 + 9.8 * 900));
    const most = (seconds: number) =>
      Math.max(...calls.map((from, index) => calls.slice(index).findIndex((at) => at >= from + seconds)));
    expect(most(1)).toBeLessThanOrEqual(20);
    expect(most(300)).toBeLessThanOrEqual(10 + 9.8 * 300);
  });

  it('leave five to live work, whatever background work there is', () => {
    const world = new World(new Clock(), chanceFrom(1), PLANT);
    let background = 0;
    while (world.takeCall(0, 'background')) background += 1;
    let live = 0;
    while (world.takeCall(0, 'live')) live += 1;
    expect([background, live]).toEqual([5, 5]);
  });

  it('are one budget for all companies, or one for each where it is built so', () => {
    const spend = (fareHarborBudgets: number) => {
      const world = new World(new Clock(), chanceFrom(1), { ...PLANT, fareHarborBudgets });
      let calls = 0;
      for (const company of [0, 1, 2]) while (world.takeCall(company, 'live')) calls += 1;
      return calls;
    };
    expect([spend(1), spend(3)]).toEqual([10, 30]);
  });
});

describe('the time of one message', () => {
  it('is its processor time at the function’s share of a processor, and its calls one after the other', () => {
    const service = { cpuMs: 10, waits: { dynamodb: 2, sqs: 1 } };
    const at = (memory: number) => serve(service, memory, chanceFrom(1)).seconds * 1000;
    expect(at(1769)).toBeCloseTo(10 + 2 * 5 + 12, 6);
    expect(at(4000)).toBeCloseTo(32, 6);
    expect(at(1769 / 4)).toBeCloseTo(62, 6);
  });

  it('has as many calls to a vendor as were counted, on average', () => {
    const chance = chanceFrom(1);
    let [calls, seconds] = [0, 0];
    for (let n = 0; n < 20_000; n += 1) {
      const served = serve({ cpuMs: 0, waits: { salesforce: 1.4 } }, 1024, chance);
      calls += served.calls;
      seconds += served.seconds;
    }
    expect(calls / 20_000).toBeCloseTo(1.4, 1);
    expect(seconds / calls).toBeCloseTo(0.7, 1);
  });

  it('was counted for all that is done', () => {
    for (const { first, later } of [SERVICE.enrichment, SERVICE.crm, SERVICE.marketing]) {
      expect(first.cpuMs).toBeGreaterThan(1);
      expect(later.cpuMs).toBeGreaterThan(1);
    }
    // It is compared with what FareHarbor said last.
    expect(SERVICE.nothingNew.waits.fareharbor).toBe(0);
    expect(SERVICE.nothingNew.waits.transaction).toBe(0);
    expect(SERVICE.enrichment.first.waits.transaction).toBeCloseTo(1, 1);
    expect(SERVICE.ingest.waits.sqs).toBeCloseTo(1, 1);
  });
});

describe('the pipeline', () => {
  it('loses nothing and makes nothing: what came has left, was given up, or is under way', () => {
    const scene = fc.record({
      perSecond: fc.double({ min: 0.05, max: 40, noNaN: true }),
      companies: fc.constantFrom(1, 7, 300),
      seed: fc.integer({ min: 1, max: 1e6 }),
      daily: fc.boolean(),
      throttle: fc.constantFrom(5, 200),
      lambdaConcurrency: fc.constantFrom(3, 10, 1000),
    });
    fc.assert(
      fc.property(scene, ({ perSecond, companies, seed, daily, throttle, lambdaConcurrency }) => {
        const plant = { ...PLANT, lambdaConcurrency, webhooks: { perSecond: throttle, burst: 2 * throttle } };
        const bookingsPerDay = (perSecond * 86_400) / 5 / companies;
        const { counts, underWay, delays, backlog } = simulate({
          plant,
          companies,
          bookingsPerDay,
          daily,
          until: 400,
          seed,
        });
        expect(counts.lookedAt + counts.lost + underWay.webhooks).toBe(counts.webhooks);
        expect(counts.delivered.crm + underWay.crm).toBe(counts.changes);
        expect(delays.enriched.count).toBe(counts.changes);
        for (const sink of ['crm', 'marketing'] as const) {
          expect(delays[sink].count).toBe(counts.delivered[sink]);
          // A change that has not arrived has a hint in the queue: nothing is forgotten.
          if (backlog[sink] === 0) expect(underWay[sink]).toBe(0);
        }
        expect(counts.taken - counts.lookedAt).toBeLessThanOrEqual(backlog.bookings);
      }),
      { numRuns: 40 },
    );
  });

  it('is the same for the same seed', () => {
    const [one, same] = [hour(5), hour(5)];
    expect(same.counts).toEqual(one.counts);
    expect(same.delays).toEqual(one.delays);
    expect(hour(5, {}, { seed: 6 }).counts).not.toEqual(one.counts);
  });

  it('brings a change in seconds where there is room, by what its calls take', () => {
    const { delays, counts } = hour(1);
    // Call by call: ingest, enrichment with FareHarbor, crm-sync with Salesforce.
    expect(delays.crm.quantile(0.5)).toBeGreaterThan(1);
    expect(delays.crm.quantile(0.5)).toBeLessThan(2);
    expect(counts.believed).toBe(0);
  });

  it('is as full as its work: batches in work by Little’s law', () => {
    const outcome = hour(8);
    const perChange = (outcome.busy.crm.total - 0.03 * outcome.counts.changes) / outcome.counts.delivered.crm;
    // One call to Salesforce of 0.7 s, or two for a new booking; tables some 25 ms, and 16 ms of the function's share of a processor.
    const processor = 0.016 / (PLANT.memory['crm-sync'] / 1769);
    const { first, later } = SERVICE.crm;
    const callsOfTwo = (first.waits.salesforce ?? 0) + (later.waits.salesforce ?? 0);
    expect(Math.abs(perChange - (0.35 * callsOfTwo + 0.025 + processor))).toBeLessThan(0.06);
    expect(LIMITS.crm.shareOf(outcome).mean).toBeGreaterThan(0.45);
  });

  it('falls behind at the sink that is too narrow, and not where that is widened', () => {
    const narrow = hour(25, { fareHarborBudgets: 50, ...sinksWith(3) });
    expect(narrow.backlog.crm).toBeGreaterThan(5000);
    // What has not arrived is late as well, though it has no delay yet.
    expect(narrow.counts.late.crm).toBeGreaterThan(narrow.counts.delivered.crm + 5000);
    const wide = hour(25, {
      fareHarborBudgets: 50,
      concurrency: { enrichment: 60, 'crm-sync': 60, 'marketing-sync': 60 },
    });
    expect(wide.backlog.crm).toBeLessThan(100);
    expect(wide.delays.crm.quantile(0.99)).toBeLessThan(10);
  });

  it('asks FareHarbor about two webhooks of five: the others say what it said last', () => {
    const { mean } = LIMITS.fareHarbor.shareOf(hour(10, sinksWith(30)));
    expect(mean).toBeGreaterThan(0.35);
    expect(mean).toBeLessThan(0.6);
  });

  it('believes bodies beyond FareHarbor’s calls, and asks for them when there are calls again', () => {
    const spent = hour(40, { concurrency: { enrichment: 80, 'crm-sync': 60, 'marketing-sync': 60 } });
    expect(spent.counts.believed).toBeGreaterThan(0.15 * spent.counts.lookedAt);
    expect(LIMITS.fareHarbor.shareOf(spent).mean).toBeGreaterThan(0.99);
    expect(spent.backlog.notes).toBeGreaterThan(1000);
    const calm = hour(4, sinksWith(30));
    expect(calm.backlog.notes).toBe(0);
    // A burst is believed, and verified before the day is over.
    const day = simulate({ plant: PLANT, companies: 3, bookingsPerDay: 4000, daily: true, until: 86_400, seed: 4 });
    expect(day.counts.believed).toBeGreaterThan(0);
    expect(day.counts.verified).toBeGreaterThan(0);
    expect(day.backlog.notes).toBe(0);
  });

  it('refuses at the gateway what is above the throttle, and FareHarbor’s retries bring it', () => {
    const refused = hour(10, { webhooks: { perSecond: 8, burst: 16 } });
    expect(refused.counts.refused).toBeGreaterThan(100);
    expect(hour(10).counts.refused).toBe(0);
    // At a rate that is too high on average, the fourth try fails as well.
    expect(hour(30, { webhooks: { perSecond: 8, burst: 16 } }).counts.lost).toBeGreaterThan(0);
  });
});
