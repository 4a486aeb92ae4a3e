import { FAREHARBOR_RULE } from '../../shared/rate-budget/rate-budget.ts';
import type { BucketRule } from '../../shared/rate-budget/token-bucket.ts';
import type { ConsumerName, FunctionName, Stage } from '../stages.ts';
import { QUOTAS } from './facts.ts';

/** A deployment as the simulation knows it: what a setting or another structure could change. */
export interface Plant {
  readonly concurrency: Readonly<Record<ConsumerName, number>>;
  readonly memory: Readonly<Record<FunctionName, number>>;
  readonly webhooks: { readonly perSecond: number; readonly burst: number };
  readonly lambdaConcurrency: number;
  readonly fareHarbor: BucketRule & { readonly keptForLive: number };
  /** Budgets of FareHarbor's calls: one for all companies, as it is built. */
  readonly fareHarborBudgets: number;
  /** Partition keys that lagging records are spread over: one, as it is built. */
  readonly indexShards: number;
  /** Calls a day that Salesforce allows each company's org. */
  readonly salesforceDay: number;
}

/** The stage as it would be deployed. */
export function plantOf({ concurrency, memory, webhooks }: Stage): Plant {
  return {
    concurrency,
    memory,
    webhooks,
    lambdaConcurrency: QUOTAS.lambdaConcurrency.value,
    fareHarbor: FAREHARBOR_RULE,
    fareHarborBudgets: 1,
    indexShards: 1,
    salesforceDay: QUOTAS.salesforceDay.value,
  };
}
