import * as z from 'zod';
import { moneySchema } from '../booking/money.ts';

export const segmentSchema = z.enum([
  'corporate-group',
  'group',
  'family',
  'high-value-repeat',
  'returning',
  'lapsed',
  'at-risk',
  'win-back',
  'new',
]);
export type Segment = z.infer<typeof segmentSchema>;

/** What was read in the guest's own words: closed sets and one paragraph for people. */
export const signalsSchema = z.object({
  occasion: z.enum(['none', 'birthday', 'anniversary', 'honeymoon', 'wedding', 'proposal', 'graduation', 'other']),
  groupKind: z.enum(['unknown', 'private', 'family', 'friends', 'corporate', 'school']),
  dietary: z.array(
    z.enum(['vegetarian', 'vegan', 'gluten-free', 'nut-allergy', 'seafood-allergy', 'halal', 'kosher', 'other']),
  ),
  accessibility: z.array(
    z.enum(['wheelchair', 'limited-mobility', 'hearing', 'vision', 'pregnancy', 'medical', 'other']),
  ),
  complaint: z.boolean(),
  urgency: z.enum(['low', 'normal', 'high']),
  /** ISO 639-1 of the text, or `unknown`. */
  language: z.enum(['unknown', 'en', 'es', 'fr', 'de', 'ja', 'it', 'pt', 'zh', 'ko', 'other']),
  /** Ids of the operator's catalogue that the text asks for or hints at. */
  upsellAffinity: z.array(z.string()),
});
export type Signals = z.infer<typeof signalsSchema>;

/** Why the rules answered instead of the model. */
export const rulesReasonSchema = z.enum([
  'nothing-to-read',
  'switched-off',
  'no-key',
  'timeout',
  'refusal',
  'truncated',
  'out-of-schema',
  'quota',
  'outage',
  'canary',
  'unredactable',
  'budget',
  'asked-before',
  'killed',
]);
export type RulesReason = z.infer<typeof rulesReasonSchema>;

/** One outcome's forecast: 0–1, and what moves it away from a typical booking's, strongest first. */
const forecastSchema = z.object({ probability: z.number().min(0).max(1), reasons: z.array(z.string()) });

/** 1 (least) to 5 (most), by fifths of the operator's own guests. */
const bandSchema = z.int().min(1).max(5);

/**
 * What Harborlight makes of a booking. Everything here but `signals` and `summary` is computed by code. What has a
 * default here is missing in records written before it was computed.
 */
export const understandingSchema = z.object({
  mode: z.enum(['model', 'rules']),
  /** What all numbers below are computed from: nothing personal, and nothing that the guest wrote. */
  features: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])).default({}),
  /** Set when mode is `rules`. */
  rulesReason: rulesReasonSchema.nullable(),
  leadScore: z.object({
    /** 0–100, the model's bounded points included. */
    value: z.int().min(0).max(100),
    /** 0–100 by rules alone. */
    byRules: z.int().min(0).max(100),
    band: z.enum(['hot', 'warm', 'cold']),
    routing: z.enum(['rep', 'nurture']),
    /** Which of the operator's rules routed it, or the score's line. */
    routingReason: z.string().default(''),
    /** For a sales person, strongest first: "party of 24 (+20)". */
    reasons: z.array(z.string()),
  }),
  segment: segmentSchema,
  /** For people: "24 months since the last tour". */
  segmentReasons: z.array(z.string()).default([]),
  churnRisk: z.enum(['low', 'medium', 'high']),
  /** For people, strongest first, with their points. */
  churnReasons: z.array(z.string()).default([]),
  interests: z.array(z.string()),
  upsell: z.object({ id: z.string(), name: z.string(), reasons: z.array(z.string()).default([]) }).nullable(),
  /** That the booking is cancelled, and that nobody comes if not; null where it does not stand or its tour has begun. */
  risk: z
    .object({ modelVersion: z.string(), cancellation: forecastSchema, noShow: forecastSchema })
    .nullable()
    .default(null),
  /** About the guest, not this booking alone. */
  guest: z
    .object({
      /** Recency, frequency, money among the operator's guests; null while those are too few to compare with. */
      bands: z.object({ recency: bandSchema, frequency: bandSchema, money: bandSchema }).nullable(),
      /** What the guest may still spend (see guest-value.ts); null where it was not computed. */
      predictedValue: moneySchema.nullable(),
      predictedValueReason: z.string(),
      /** The operator's own kinds of tours that the guest took, most taken first. */
      categories: z.array(z.string()),
    })
    .default({ bands: null, predictedValue: null, predictedValueReason: '', categories: [] }),
  signals: signalsSchema,
  /** Written by the model for people; goes to fields marked AI-generated and nowhere else. Null in rules mode. */
  summary: z.string().nullable(),
  /** How the model was asked; null where it was not. The same input hash is not paid for twice. */
  lineage: z
    .object({
      model: z.string(),
      promptVersion: z.string(),
      inputHash: z.string(),
      inputTokens: z.int(),
      cachedTokens: z.int(),
      outputTokens: z.int(),
      /** What the answer cost, in millionths of a US dollar; null where that is not known. */
      costMicroUsd: z.int().nullable().default(null),
    })
    .nullable(),
});
export type Understanding = z.infer<typeof understandingSchema>;
