import * as z from 'zod';

/**
 * What is known of a booking on the day it is made, and that a hotel's booking and a tour's both have. Nothing here is
 * learnt later (changes, check-in, what became of it), and nothing is typed by the guest.
 */
export interface RiskFacts {
  /** Whole days from booking to tour on the operator's calendar; null where the tour has no time. */
  readonly leadDays: number | null;
  readonly partySize: number;
  readonly children: number;
  /** The guest's bookings whose tour was over when this one was made, and that were used. */
  readonly earlierBookings: number;
  readonly earlierCancellations: number;
  readonly earlierNoShows: number;
  /** Sold by an affiliate or agency, not by the operator. */
  readonly affiliate: boolean;
  /** Sold by an affiliate's person, not by its website: a guest who talked to somebody cancels far less. */
  readonly affiliateDesk: boolean;
  /** The tour is on a Saturday or Sunday; null where it has no time. */
  readonly weekend: boolean | null;
  /** Paid when it was made, as a share of the price (0–1); null where unknown. */
  readonly paidShare: number | null;
}

export const riskFeatureSchema = z.enum([
  'leadTime',
  'leadBeyondMonth',
  'sameDay',
  'partySize',
  'children',
  'earlierBookings',
  'earlierMissed',
  'affiliate',
  'affiliateDesk',
  'weekend',
  'paidShare',
]);
export type RiskFeature = z.infer<typeof riskFeatureSchema>;

const termSchema = z.strictObject({
  /** Change of the log odds per unit of the feature. */
  weight: z.number(),
  /** The feature's mean where the model was trained: what an unknown value counts as. */
  typical: z.number(),
});

const outcomeModelSchema = z.strictObject({
  /** Log odds of a booking whose every feature is typical. */
  intercept: z.number(),
  /** Share of bookings with this outcome where the model was trained, 0–1. */
  baseRate: z.number().gt(0).lt(1),
  terms: z.partialRecord(riskFeatureSchema, termSchema),
});
export type OutcomeModel = z.infer<typeof outcomeModelSchema>;

/** Two logistic regressions: the booking is cancelled; nobody comes, given that it was not cancelled. */
export const riskModelSchema = z.strictObject({
  version: z.string().min(1),
  cancellation: outcomeModelSchema,
  noShow: outcomeModelSchema,
});
export type RiskModel = z.infer<typeof riskModelSchema>;

/** Parties larger than this are no riskier for their size alone: the public data has hardly any. */
const LARGEST_PARTY = 6;
const MOST_LEAD_DAYS = 365;
const MOST_EARLIER = 20;
const MONTH_DAYS = 30;

const logOf = (value: number | null, most: number): number | null =>
  value === null || !Number.isFinite(value) ? null : Math.log1p(Math.min(most, Math.max(0, value)));

const flag = (value: boolean | null): number | null => (value === null ? null : Number(value));

/**
 * How each feature's number comes from the facts; null where it is unknown. Counts and days count by their logarithm
 * and are capped, so that an odd value (ten years ahead, 999 people) cannot carry the answer away.
 */
export const FEATURES: Readonly<Record<RiskFeature, (facts: RiskFacts) => number | null>> = {
  leadTime: ({ leadDays }) => logOf(leadDays, MOST_LEAD_DAYS),
  /** The rise with lead time flattens after a month: this bends the line there. */
  leadBeyondMonth: ({ leadDays }) => {
    const log = logOf(leadDays, MOST_LEAD_DAYS);
    return log === null ? null : Math.max(0, log - Math.log1p(MONTH_DAYS));
  },
  sameDay: ({ leadDays }) => (leadDays === null || !Number.isFinite(leadDays) ? null : Number(leadDays < 1)),
  partySize: ({ partySize }) => logOf(partySize, LARGEST_PARTY),
  children: ({ children }) => (Number.isFinite(children) ? Number(children > 0) : null),
  earlierBookings: ({ earlierBookings }) => logOf(earlierBookings, MOST_EARLIER),
  earlierMissed: ({ earlierCancellations, earlierNoShows }) =>
    logOf(earlierCancellations + earlierNoShows, MOST_EARLIER),
  affiliate: ({ affiliate }) => flag(affiliate),
  affiliateDesk: ({ affiliateDesk }) => flag(affiliateDesk),
  weekend: ({ weekend }) => flag(weekend),
  paidShare: ({ paidShare }) =>
    paidShare === null || !Number.isFinite(paidShare) ? null : Math.min(1, Math.max(0, paidShare)),
};
