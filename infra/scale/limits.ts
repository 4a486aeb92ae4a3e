import { OWN, QUOTAS, TRAFFIC } from './facts.ts';
import { callsOfSweep, mostSwept } from './reconcile.ts';
import type { Outcome } from './simulate.ts';

/** Parts of what there is, 1 being all of it: over the whole run, and in its busiest hour. */
export interface Share {
  readonly mean: number;
  readonly peak: number;
}

/** Something that there is only so much of. */
export interface Limit {
  readonly name: string;
  readonly shareOf: (outcome: Outcome) => Share;
  /** What gives more of it: a setting, or another structure. */
  readonly moves: string;
}

const DAY = 86_400;
const { partitionWrites } = QUOTAS;

function batches(name: 'enrichment' | 'crm' | 'marketing', outcome: Outcome): Share {
  const functionName = name === 'enrichment' ? name : (`${name}-sync` as const);
  return outcome.busy[name].sharesOf(outcome.scene.plant.concurrency[functionName], outcome.scene.until);
}

function lambda({ busy, used, scene }: Outcome): Share {
  const all = [used.lambda, busy.enrichment, busy.crm, busy.marketing];
  const shares = all.map((usage) => usage.sharesOf(scene.plant.lambdaConcurrency, scene.until));
  // Their busiest hours need not be the same one: this is the most it can have been.
  return { mean: sum(shares.map(({ mean }) => mean)), peak: sum(shares.map(({ peak }) => peak)) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export const LIMITS = {
  throttle: {
    name: 'API Gateway’s throttle',
    shareOf: ({ used, scene }) => used.webhooks.sharesOf(scene.plant.webhooks.perSecond, scene.until),
    moves: 'webhooks.perSecond in infra/stages.ts',
  },
  lambda: {
    name: 'Lambda’s places of the account',
    shareOf: lambda,
    moves: 'the account’s quota (a new account has 10: ask for more before the first deployment)',
  },
  enrichment: {
    name: 'enrichment’s batches',
    shareOf: (outcome) => batches('enrichment', outcome),
    moves: 'concurrency.enrichment in infra/stages.ts (2–1000)',
  },
  crm: {
    name: 'crm-sync’s batches',
    shareOf: (outcome) => batches('crm', outcome),
    moves: 'concurrency.crm-sync in infra/stages.ts; an org has 25 places for calls above 20 s, so ≤ 20 for one org',
  },
  marketing: {
    name: 'marketing-sync’s batches',
    shareOf: (outcome) => batches('marketing', outcome),
    moves:
      'concurrency.marketing-sync, ≤ 7; beyond, connections counted for each Mailchimp account, not for the deployment',
  },
  fareHarbor: {
    name: 'FareHarbor’s calls',
    shareOf: ({ used, scene: { plant, until } }) =>
      used.fareHarbor.sharesOf(plant.fareHarbor.perSecond * plant.fareHarborBudgets, until),
    moves:
      'no setting: a budget for each set of keys, if FareHarbor counts by keys; whenBudgetSpent says what happens meanwhile',
  },
  salesforce: {
    name: 'Salesforce’s calls a day, largest company',
    shareOf: ({ used, scene: { plant, until } }) => {
      // The last of a day is kept for cancellations.
      const perSecond = (plant.salesforceDay * OWN.stopAbove.value) / DAY;
      const { mean } = used.salesforceOfLargest.sharesOf(perSecond, until);
      return { mean, peak: mean };
    },
    moves: 'more licences or calls from Salesforce; dayLimit.stopAbove',
  },
  group: {
    name: 'FIFO group of one guest (an agent)',
    shareOf: ({ used, scene: { until } }) => used.guestOfAgent.sharesOf(1, until),
    moves: 'no setting: bookings of one guest go one after the other; an agent’s own address off the bookings does',
  },
  index: {
    name: 'index partition `lagging`',
    shareOf: ({ used, scene: { plant, until } }) =>
      used.indexWrites.sharesOf(partitionWrites.value * plant.indexShards, until),
    moves: 'no setting: its sort key is the time, so DynamoDB cannot split it; `lagging#0…15` would',
  },
  budgetItem: {
    name: 'item of FareHarbor’s budget',
    shareOf: ({ used, scene: { plant, until } }) =>
      used.budgetWrites.sharesOf(partitionWrites.value * plant.fareHarborBudgets, until),
    moves: 'not needed: FareHarbor’s calls are spent long before',
  },
  notes: {
    name: 'notes to verify (one key)',
    shareOf: ({ used, scene: { until } }) => used.noteWrites.sharesOf(partitionWrites.value, until),
    moves: 'DynamoDB splits it by its sort key (company, booking), after some minutes of throttling',
  },
  guest: {
    name: 'partition of one guest (an agent)',
    shareOf: ({ used, scene: { until } }) => used.guestWrites.sharesOf(partitionWrites.value, until),
    moves: 'not needed: the guest’s FIFO group is slower',
  },
  sqs: {
    name: 'SQS calls of one kind',
    shareOf: ({ used, scene: { until } }) => used.sqsSends.sharesOf(QUOTAS.sqsFifoPerSecond.value, until),
    moves: 'a region with a higher quota, or a second set of queues',
  },
} as const satisfies Record<string, Limit>;
export type LimitName = keyof typeof LIMITS;
export const LIMIT_NAMES: readonly LimitName[] = Object.keys(LIMITS).filter(
  (name): name is LimitName => name in LIMITS,
);

/** A limit that is reached by companies, whatever they send. */
export interface Standing {
  readonly name: string;
  /** Companies at which it is reached. */
  readonly most: number;
  readonly beyond: string;
}

/** What grows with the companies themselves. */
export function standings(smallestMemoryMb: number): readonly Standing[] {
  const free = smallestMemoryMb / 2;
  return [
    {
      name: `sweep: ${callsOfSweep()} calls a company in 6 hours, 10 s a minute`,
      most: mostSwept(),
      beyond:
        'each company is swept less often than sweepEveryHours says (the one swept longest ago comes first): sweepDaysAhead, or several deployments',
    },
    {
      name: `one secret per vendor: ${OWN.secretBytesPerCompany.value} bytes an entry`,
      most: Math.floor(QUOTAS.secretBytes.value / OWN.secretBytesPerCompany.value),
      beyond:
        'it takes no more entries (a JWT key fills it at some 30): one entry `*`, secrets by company, or several deployments',
    },
    {
      name: `settings.json beside the bundle: ${OWN.settingsMbPer1000.value} MB of memory per 1,000`,
      most: Math.floor((1000 * free) / OWN.settingsMbPer1000.value),
      beyond: `half of ${smallestMemoryMb} MB, and ${(OWN.settingsMsPer1000.value / 1000).toFixed(2)} s per 1,000 at each cold start: settings in a table, read by company`,
    },
    {
      name: `FareHarbor’s calls for sweeps alone`,
      most: Math.floor((9.8 * OWN.sweepEverySeconds.value) / callsOfSweep()),
      beyond: `nothing would be left to verify ${TRAFFIC.webhooksPerBooking.value} webhooks a booking by: fewer days, or less often`,
    },
  ];
}
