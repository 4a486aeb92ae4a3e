import * as z from 'zod';

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
]);
export type RulesReason = z.infer<typeof rulesReasonSchema>;

/** What Harborlight makes of a booking. Everything here but `signals` and `summary` is computed by code. */
export const understandingSchema = z.object({
  mode: z.enum(['model', 'rules']),
  /** Set when mode is `rules`. */
  rulesReason: rulesReasonSchema.nullable(),
  leadScore: z.object({
    /** 0–100, the model's bounded points included. */
    value: z.int().min(0).max(100),
    /** 0–100 by rules alone. */
    byRules: z.int().min(0).max(100),
    band: z.enum(['hot', 'warm', 'cold']),
    routing: z.enum(['rep', 'nurture']),
    /** For a sales person, strongest first: "party of 24 (+20)". */
    reasons: z.array(z.string()),
  }),
  segment: segmentSchema,
  churnRisk: z.enum(['low', 'medium', 'high']),
  interests: z.array(z.string()),
  upsell: z.object({ id: z.string(), name: z.string() }).nullable(),
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
    })
    .nullable(),
});
export type Understanding = z.infer<typeof understandingSchema>;
