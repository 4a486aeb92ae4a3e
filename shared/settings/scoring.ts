import * as z from 'zod';
import { riskModelSchema } from '../risk/model.ts';
import { segmentSchema } from '../understanding/understanding.ts';

const scorePoints = (standard: number) => z.number().min(-50).max(50).default(standard);

/** Points that each feature of a lead score gives in full; lead-score.ts says what each means. */
const scoreWeightsSchema = z.strictObject({
  base: scorePoints(10),
  partySize: scorePoints(25),
  bookingValue: scorePoints(20),
  corporateEmail: scorePoints(15),
  daysAhead: scorePoints(10),
  earlierBookings: scorePoints(10),
  earlierSpend: scorePoints(10),
  privateTour: scorePoints(8),
  children: scorePoints(4),
  weekend: scorePoints(0),
  affiliate: scorePoints(-10),
  unreachable: scorePoints(-15),
  earlierCancellations: scorePoints(-10),
  earlierNoShows: scorePoints(-10),
});
export type ScoreWeights = z.infer<typeof scoreWeightsSchema>;

/** One of the operator's own rules of who works a booking. What is left out of `when` does not matter. */
export const routingRuleSchema = z.strictObject({
  when: z
    .strictObject({
      /** Scores, by rules alone: what a guest writes, or a model reads, routes nothing. */
      minScore: z.int().min(0).max(100).optional(),
      maxScore: z.int().min(0).max(100).optional(),
      segments: z.array(segmentSchema).min(1).optional(),
      minPartySize: z.int().min(1).optional(),
      /** The guest's address is, or is not, of an organisation's domain. */
      corporate: z.boolean().optional(),
      /** FareHarbor's pks of items. */
      items: z.array(z.int()).min(1).optional(),
    })
    .refine(({ minScore = 0, maxScore = 100 }) => minScore <= maxScore, 'minScore is above maxScore'),
  to: z.enum(['rep', 'nurture']),
});
export type RoutingRule = z.infer<typeof routingRuleSchema>;

export const scoreSettingsSchema = z.strictObject({
  /** Points at which a booking goes to the sales team's queue instead of the nurture list. */
  repLine: z.int().min(0).max(100).default(60),
  /** Tried in order before that line; the first that fits decides. */
  routing: z.array(routingRuleSchema).max(50).default([]),
  /** Points from which the band is `hot`, and from which it is `warm`. */
  hotLine: z.int().min(0).max(100).default(70),
  warmLine: z.int().min(0).max(100).default(40),
  /** The most points the model's signals may add or take. They never carry a score over `repLine` by themselves. */
  modelClamp: z.int().min(0).max(20).default(10),
  weights: scoreWeightsSchema.prefault({}),
});

export const segmentSettingsSchema = z.strictObject({
  /** Party size from which a booking is a group. */
  groupSize: z.int().min(2).default(10),
  /** Spend in major units of the company's currency from which a guest is of high value. */
  highValueSpend: z.number().positive().default(1000),
  /** Months since the last tour after which a guest has lapsed. */
  lapsedMonths: z.int().min(1).default(12),
});

const points = (standard: number) => z.number().min(-100).max(100).default(standard);

export const churnSettingsSchema = z
  .strictObject({
    /** Points of risk that each feature gives in full; churn.ts says what each means. */
    weights: z
      .strictObject({
        monthsAway: points(60),
        cancelledShare: points(80),
        noShows: points(60),
        overdue: points(20),
        tourToCome: z.number().min(-100).max(0).default(-10),
      })
      .prefault({}),
    /** Points from which the risk is `medium`, and from which it is `high`. */
    mediumLine: z.int().min(0).max(100).default(30),
    highLine: z.int().min(1).max(100).default(60),
  })
  .refine(({ mediumLine, highLine }) => mediumLine <= highLine, 'mediumLine is above highLine');

export const upsellSettingsSchema = z.strictObject({
  /** What speaks for an entry of the catalogue; the one with the most points is recommended. */
  weights: z
    .strictObject({
      /** For each interest that the guest shares with it. */
      sharedInterest: points(2),
      /** For each kind of party that it is made for and that this one is, or is not. */
      suitedParty: points(3),
      unsuitedParty: points(-1),
    })
    .prefault({}),
});

/** How a guest's further value is foretold; guest-value.ts has the formula. */
export const valueSettingsSchema = z.strictObject({
  /** Years looked ahead. */
  years: z.number().gt(0).max(10).default(3),
  /** What a guest of whom nothing is known yet books again in a year, and the years of history that this counts as. */
  usualPerYear: z.number().min(0).max(50).default(0.2),
  usualYears: z.number().gt(0).max(20).default(1),
  /** Share that stays, by churn risk. */
  stays: z
    .strictObject({
      low: z.number().min(0).max(1).default(0.9),
      medium: z.number().min(0).max(1).default(0.6),
      high: z.number().min(0).max(1).default(0.2),
    })
    .prefault({}),
});

export const riskSettingsSchema = z.strictObject({
  /** Coefficients learnt from the operator's own history (`npm run evaluate -- --own`), instead of the default's. */
  model: riskModelSchema.optional(),
});
