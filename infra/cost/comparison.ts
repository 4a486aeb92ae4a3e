import type { OTHER_PRICES } from '../prices.ts';
import type { Assumptions } from './assumptions.ts';

export interface ZapierPrices {
  readonly plans: readonly { readonly tasks: number; readonly perMonth: number }[];
  readonly beyondPlan: number;
  readonly mostOfPlan: number;
}

/** Tasks that so many webhooks are at Zapier. */
export function zapierTasks(webhooks: number, { irrelevant, zapierTasks: tasks }: Assumptions): number {
  return webhooks * ((1 - irrelevant) * tasks.relevant + irrelevant * tasks.irrelevant);
}

/**
 * Dollars a month for so many tasks: the cheapest plan with what is paid beyond it. Above what the largest plan allows, its
 * price for a task is taken on, since Zapier then makes an offer.
 */
export function zapierMonth(tasks: number, { plans, beyondPlan, mostOfPlan }: ZapierPrices): number {
  if (tasks === 0) return 0;
  const prices = plans.flatMap((plan) => {
    if (tasks > plan.tasks * mostOfPlan) return [];
    const beyond = Math.max(0, tasks - plan.tasks);
    return [plan.perMonth + beyond * beyondPlan * (plan.perMonth / plan.tasks)];
  });
  if (prices.length > 0) return Math.min(...prices);
  const largest = plans.at(-1);
  if (largest === undefined) throw new RangeError('there is no plan to compare with');
  return (tasks / largest.tasks) * largest.perMonth;
}

/** Dollars a month for a small machine that runs n8n, whatever it is told. */
export function n8nMonth({ machinePerMonth, diskPerMonth, addressPerMonth }: typeof OTHER_PRICES.n8n): number {
  return machinePerMonth + diskPerMonth + addressPerMonth;
}

/** What either does not do, in a few words. */
export const LACKS = {
  zapier: 'no order, no dedup, no record of a booking to compare with, no repair of what was missed',
  n8n: 'one machine: bookings are missed while it is down or restarts; order, dedup, retries, alarms, updates and backups are yours to build',
} as const;
