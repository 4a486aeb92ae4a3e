import type { Wait } from './measure/critical-path.ts';
import type { Kind } from './measured.ts';

/** What is taken for granted beside what was measured. Each can be set on the command line or here. */
export interface Assumptions {
  /** Share of all webhooks that tell of nothing new, 0–1. */
  readonly irrelevant: number;
  /** Milliseconds that a call takes from a Lambda function, as the real services answer. */
  readonly latencyMs: Readonly<Record<Wait, number>>;
  /** Share of invocations that find no warm process, 0–1. */
  readonly coldStarts: number;
  /** Months that bookings are kept. */
  readonly keptMonths: number;
  /** Tasks that a Zap takes for a webhook that tells of something, and for one that does not. */
  readonly zapierTasks: { readonly relevant: number; readonly irrelevant: number };
}

export const ASSUMED: Assumptions = {
  irrelevant: 0.6,
  latencyMs: {
    dynamodb: 5,
    transaction: 12,
    sqs: 12,
    secrets: 20,
    fareharbor: 300,
    salesforce: 700,
    salesforceQuery: 300,
    mailchimp: 250,
    model: 1500,
  },
  coldStarts: 0.01,
  keptMonths: 24,
  // Find or create the contact, update it, create or update the opportunity, add or update the subscriber, tag it. A
  // filter that ends a Zap is no task.
  zapierTasks: { relevant: 5, irrelevant: 0 },
};

/** How the webhooks of either sort divide. */
export const RELEVANT_MIX: Readonly<Partial<Record<Kind, number>>> = { new: 5, changed: 2, paid: 2, cancelled: 1 };
export const IRRELEVANT_MIX: Readonly<Partial<Record<Kind, number>>> = { repeated: 2, reminded: 1 };

/** Share of each kind in all webhooks; the shares add up to 1. */
export function mixOf(irrelevant: number): Readonly<Record<Kind, number>> {
  const within = (mix: Readonly<Partial<Record<Kind, number>>>, kind: Kind): number => {
    const sum = Object.values(mix).reduce((total, part) => total + part, 0);
    return (mix[kind] ?? 0) / sum;
  };
  const share = (kind: Kind): number =>
    (1 - irrelevant) * within(RELEVANT_MIX, kind) + irrelevant * within(IRRELEVANT_MIX, kind);
  return {
    new: share('new'),
    changed: share('changed'),
    paid: share('paid'),
    cancelled: share('cancelled'),
    repeated: share('repeated'),
    reminded: share('reminded'),
  };
}
