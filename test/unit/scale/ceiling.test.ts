import { describe, expect, it } from 'vitest';
import { atRate, breaks, breaksOrBelieves, ceilingOf } from '../../../infra/scale/ceiling.ts';
import { OWN, TRAFFIC } from '../../../infra/scale/facts.ts';
import { ladderOf, reliefOf } from '../../../infra/scale/ladder.ts';
import { LIMIT_NAMES, LIMITS, standings } from '../../../infra/scale/limits.ts';
import { type Plant, plantOf } from '../../../infra/scale/plant.ts';
import { callsOfSweep, mostSwept } from '../../../infra/scale/reconcile.ts';
import { SERVICE } from '../../../infra/scale/service.ts';
import { simulate } from '../../../infra/scale/simulate.ts';
import { stageNamed, withinConnections } from '../../../infra/stages.ts';
import { dayAfter, walk } from '../../../shared/fareharbor/walk.ts';
import { FAREHARBOR_RULE } from '../../../shared/rate-budget/rate-budget.ts';
import { parseSettings } from '../../../shared/settings/settings.ts';

const STAGE = stageNamed('prod');
const PLANT = plantOf(STAGE);

function wide(changes: Partial<Plant> = {}): Plant {
  const concurrency = { enrichment: 80, 'crm-sync': 80, 'marketing-sync': 80 };
  return { ...PLANT, concurrency, fareHarborBudgets: 100, salesforceDay: 1e9, ...changes };
}

function batches(changes: Partial<Plant['concurrency']>): Plant {
  const plant = wide();
  return { ...plant, concurrency: { ...plant.concurrency, ...changes } };
}

describe('what breaks', () => {
  it.each([
    ['crm', batches({ 'crm-sync': 5 })],
    ['marketing', batches({ 'marketing-sync': 3 })],
    ['enrichment', batches({ enrichment: 5 })],
    ['throttle', wide({ webhooks: { perSecond: 10, burst: 20 } })],
    ['lambda', wide({ lambdaConcurrency: 10 })],
    ['salesforce', wide({ salesforceDay: 5_000 })],
    ['index', wide({ indexShards: 0.008 })],
    ['fareHarbor', wide({ fareHarborBudgets: 1, fareHarbor: { ...PLANT.fareHarbor, perSecond: 4 } })],
    [undefined, wide()],
  ] as const)('is named: %s', (expected, plant) => {
    expect(breaks(atRate(plant, 100, { perSecond: 24, seed: 3 }))).toBe(expected);
  });

  it('is one guest’s group where places are free and a single agent books too much', () => {
    const roomy = {
      ...wide({ indexShards: 16, webhooks: { perSecond: 4000, burst: 4000 } }),
      concurrency: { enrichment: 400, 'crm-sync': 400, 'marketing-sync': 400 },
      fareHarbor: { ...PLANT.fareHarbor, perSecond: 1e6, capacity: 1e6 },
    };
    // The agent makes a fiftieth of all bookings: two changes a second, each of which takes four fifths of one.
    const run = (companies: number) => {
      const bookingsPerDay = (350 * 86_400) / 5 / companies;
      return simulate({ plant: roomy, companies, bookingsPerDay, daily: false, until: 400, seed: 3 });
    };
    expect(breaks(run(1))).toBe('group');
    expect(breaks(run(100))).toBeUndefined();
  });

  it('is nothing where all is as deployed and 100 companies send what they do', () => {
    expect(breaks(atRate(PLANT, 100, { perSecond: 1, seed: 3 }))).toBeUndefined();
  });

  it('is FareHarbor’s budget earlier where nothing may stay unverified', () => {
    const one = { ...batches({ enrichment: 40, 'crm-sync': 40, 'marketing-sync': 12 }), fareHarborBudgets: 1 };
    const outcome = atRate(one, 100, { perSecond: 28, seed: 3 });
    expect(breaks(outcome)).toBeUndefined();
    expect(breaksOrBelieves(outcome)).toBe('fareHarbor');
    expect(breaksOrBelieves(atRate(one, 100, { perSecond: 20, seed: 3 }))).toBeUndefined();
  });
});

describe('the ceiling', () => {
  it('is where crm-sync’s batches are full, and rises with them', () => {
    const few = ceilingOf(batches({ 'crm-sync': 2 }), 100, { seed: 3, from: 1 });
    const more = ceilingOf(batches({ 'crm-sync': 4 }), 100, { seed: 3, from: 1 });
    expect([few.bottleneck, more.bottleneck]).toEqual(['crm', 'crm']);
    expect(more.perSecond / few.perSecond).toBeGreaterThan(1.7);
    expect(more.perSecond / few.perSecond).toBeLessThan(2.3);
    expect(LIMITS.crm.shareOf(more.outcome).mean).toBeGreaterThan(0.9);
    expect(breaks(more.outcome)).toBeUndefined();
  });

  it('of one company is what Salesforce allows it in a day, by arithmetic as well', () => {
    const { perSecond, bottleneck } = ceilingOf(PLANT, 1, { seed: 3, from: 1 });
    expect(bottleneck).toBe('salesforce');
    // Each booking has two changes: as it is made, and later.
    const { first, later } = SERVICE.crm;
    const calls = (first.waits.salesforce ?? 0) + (later.waits.salesforce ?? 0);
    const byHand = (100_000 * 0.85) / 86_400 / (calls / TRAFFIC.webhooksPerBooking.value);
    expect(Math.abs(perSecond / byHand - 1)).toBeLessThan(0.12);
  });

  it('is moved step by step, each by what stood in the way, as far as something is known to move it', () => {
    const rungs = ladderOf({ ...PLANT, webhooks: { perSecond: 7, burst: 70 } }, 1, 3);
    expect(rungs.slice(0, 2).map(({ ceiling, relief }) => [ceiling.bottleneck, relief?.kind])).toEqual([
      ['salesforce', 'purchase'],
      ['throttle', 'setting'],
    ]);
    expect(rungs.at(-1)?.relief).toBeUndefined();
    const rates = rungs.map(({ ceiling }) => ceiling.perSecond);
    expect(rates[1]).toBeGreaterThan(1.9 * (rates[0] ?? 0));
    expect(rates[2]).toBeGreaterThan(1.9 * (rates[1] ?? 0));
  });
});

describe('what moves a limit', () => {
  it('is the setting as far as it may go: seven connections to Mailchimp, and 20 batches for one org', () => {
    const seven = reliefOf('marketing', PLANT, 1);
    expect(seven).toMatchObject({ kind: 'setting', plant: { concurrency: { 'marketing-sync': 7 } } });
    // That is what the stage itself allows.
    const stageWith = (connections: number) => ({
      ...STAGE,
      concurrency: { ...STAGE.concurrency, 'marketing-sync': connections },
    });
    expect(withinConnections(stageWith(7))).toEqual(stageWith(7));
    expect(() => withinConnections(stageWith(8))).toThrow(/may be 7/);
    expect(reliefOf('marketing', seven?.plant ?? PLANT, 1)).toBeUndefined();
    expect(reliefOf('marketing', seven?.plant ?? PLANT, 100)?.kind).toBe('structure');
    const forOneOrg = reliefOf('crm', PLANT, 1)?.plant ?? PLANT;
    expect(forOneOrg.concurrency['crm-sync']).toBe(20);
    expect(reliefOf('crm', forOneOrg, 1)).toBeUndefined();
  });

  it('is said of every limit, and known to end', () => {
    for (const name of LIMIT_NAMES) {
      expect(LIMITS[name].moves.length).toBeGreaterThan(10);
      let plant: Plant | undefined = PLANT;
      let steps = 0;
      for (; plant !== undefined && steps < 30; steps += 1) {
        if (name === 'throttle' || name === 'lambda') break;
        plant = reliefOf(name, plant, 100)?.plant;
      }
      expect(steps).toBeLessThan(10);
    }
  });
});

describe('what the simulation goes by', () => {
  it('is the stage’s own settings and the functions’ own rule', () => {
    const { concurrency, memory, webhooks, fareHarbor } = PLANT;
    expect({ concurrency, memory, webhooks }).toEqual({
      concurrency: STAGE.concurrency,
      memory: STAGE.memory,
      webhooks: STAGE.webhooks,
    });
    expect(fareHarbor).toEqual(FAREHARBOR_RULE);
  });

  it('agrees with the defaults of the settings', () => {
    const { companies } = parseSettings({ companies: { harbor: { name: 'Harbor' } } });
    const { fareharbor, salesforce } = companies.harbor ?? {};
    expect((fareharbor?.sweepEveryHours ?? 0) * 3600).toBe(OWN.sweepEverySeconds.value);
    expect((fareharbor?.sweepDaysBack ?? 0) + 1 + (fareharbor?.sweepDaysAhead ?? 0)).toBe(OWN.sweepDays.value);
    expect(salesforce?.dayLimit.stopAbove).toBe(OWN.stopAbove.value);
  });

  it('counts the sweep’s calls as the sweep makes them', async () => {
    let calls = 0;
    const called = <Answer>(answer: Answer): Promise<Answer> => {
      calls += 1;
      return Promise.resolve(answer);
    };
    const { items, departures } = TRAFFIC;
    const first = '2026-03-01';
    const to = dayAfter(first, OWN.sweepDays.value - 1);
    const steps = walk(
      {
        companies: () => called(['harbor']),
        items: () => called(Array.from({ length: items.value }, (_, n) => n + 1)),
        availabilities: (_company, item, days) => {
          const found: number[] = [];
          for (let day = days.from; day <= days.to; day = dayAfter(day, 1)) {
            for (let n = 0; n < departures.value; n += 1) found.push(item * 1e6 + found.length + 1);
          }
          return called(found);
        },
        bookings: () => called([]),
      },
      { company: 'harbor', days: { from: first, to } },
    );
    for (let done = false; !done; ) ({ done } = await steps.step());
    expect(calls).toBe(callsOfSweep());
  });

  it('says at how many companies each thing is full that grows with them', () => {
    const all = standings(512);
    expect(all.map(({ most }) => most).every((most) => most > 1 && most < 10_000)).toBe(true);
    expect(all[0]?.most).toBe(mostSwept());
    // Ten seconds of each minute, a call after the other.
    expect(mostSwept()).toBe(Math.floor((360 * Math.floor(10 / 0.31)) / 426));
  });
});
