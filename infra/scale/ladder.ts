import { type Ceiling, ceilingOf, MOST_PER_SECOND } from './ceiling.ts';
import type { LimitName } from './limits.ts';
import type { Plant } from './plant.ts';

/** What gives more of what ran out. A setting is changed today; a purchase costs; a structure has to be built. */
export interface Relief {
  readonly kind: 'setting' | 'purchase' | 'structure';
  readonly what: string;
  readonly plant: Plant;
}

/** A step: how far it goes, what stops it there, and what would move that. */
export interface Rung {
  readonly ceiling: Ceiling;
  /** Undefined where nothing we know does, and at the last rung that is looked at. */
  readonly relief: Relief | undefined;
}

const MOST_RUNGS = 12;

/** Goes up: finds the ceiling, gives more of what stopped it, and looks again, as long as something can be given. */
export function ladderOf(plant: Plant, companies: number, seed: number): readonly Rung[] {
  const rungs: Rung[] = [];
  let now = plant;
  for (let from = 1; rungs.length < MOST_RUNGS; ) {
    const ceiling = ceilingOf(now, companies, { seed, from });
    const relief = ceiling.bottleneck === undefined ? undefined : reliefOf(ceiling.bottleneck, now, companies);
    rungs.push({ ceiling, relief });
    if (relief === undefined || ceiling.perSecond >= MOST_PER_SECOND) break;
    now = relief.plant;
    from = Math.max(1, ceiling.perSecond);
  }
  return rungs;
}

/** Salesforce allows 25 calls of more than 20 seconds at a time in one org. */
const MOST_FOR_ONE_ORG = 20;
const MOST_BATCHES = 400;
const CONNECTIONS = 7;
const SHARDS = 16;
/** More than a thousand licences bring. */
const MOST_CALLS = 1_000_000;

type Remedy = (plant: Plant, companies: number) => Relief | undefined;

const REMEDIES: Readonly<Partial<Record<LimitName, Remedy>>> = {
  crm: (plant, companies) => {
    const wanted = Math.min(plant.concurrency['crm-sync'] * 8, companies === 1 ? MOST_FOR_ONE_ORG : MOST_BATCHES);
    return moreBatches(plant, 'crm-sync', wanted);
  },
  enrichment: (plant) => moreBatches(plant, 'enrichment', Math.min(plant.concurrency.enrichment * 8, MOST_BATCHES)),
  marketing: (plant, companies) => {
    if (plant.concurrency['marketing-sync'] < CONNECTIONS) return moreBatches(plant, 'marketing-sync', CONNECTIONS);
    // One account has no more connections to give.
    const wanted = Math.min(CONNECTIONS * companies, MOST_BATCHES);
    const relief = moreBatches(plant, 'marketing-sync', wanted);
    const what = `7 connections for each Mailchimp account (${wanted} batches)`;
    return relief && { ...relief, kind: 'structure', what };
  },
  fareHarbor: (plant, companies) => {
    if (companies === 1 || plant.fareHarborBudgets > 1) return undefined;
    const what = 'a budget for each company’s own keys, if FareHarbor counts so';
    return { kind: 'structure', what, plant: { ...plant, fareHarborBudgets: companies } };
  },
  throttle: (plant) => {
    const webhooks = { perSecond: plant.webhooks.perSecond * 10, burst: plant.webhooks.burst * 10 };
    return { kind: 'setting', what: `webhooks.perSecond ${webhooks.perSecond}`, plant: { ...plant, webhooks } };
  },
  lambda: (plant) => {
    const lambdaConcurrency = plant.lambdaConcurrency * 10;
    return { kind: 'purchase', what: `Lambda quota ${lambdaConcurrency}`, plant: { ...plant, lambdaConcurrency } };
  },
  salesforce: (plant, companies) => {
    if (plant.salesforceDay > MOST_CALLS / 10) return undefined;
    const salesforceDay = plant.salesforceDay * 10;
    const whose = companies > 1 ? ' for the largest company' : '';
    const what = `${salesforceDay.toLocaleString('en')} Salesforce calls a day${whose}`;
    return { kind: 'purchase', what, plant: { ...plant, salesforceDay } };
  },
  index: (plant) =>
    plant.indexShards > 1
      ? undefined
      : { kind: 'structure', what: `the index over ${SHARDS} keys`, plant: { ...plant, indexShards: SHARDS } },
};

/** The next thing to do about a limit; undefined where there is none. */
export function reliefOf(limit: LimitName, plant: Plant, companies: number): Relief | undefined {
  return REMEDIES[limit]?.(plant, companies);
}

function moreBatches(plant: Plant, name: keyof Plant['concurrency'], wanted: number): Relief | undefined {
  if (wanted <= plant.concurrency[name]) return undefined;
  const concurrency = { ...plant.concurrency, [name]: wanted };
  return { kind: 'setting', what: `concurrency.${name} ${wanted}`, plant: { ...plant, concurrency } };
}
