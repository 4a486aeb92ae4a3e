import * as z from 'zod';
import { segmentSchema } from '../understanding/understanding.ts';

/**
 * What Harborlight does of its own judgement. Everything else that reaches a vendor is a fact of the booking.
 *
 * `score`: lead score with its reasons, and risks. `segment`: segment, churn risk, interests, recommended upsell, bands,
 * predicted value. `route`: to the sales team's queue or the nurture list. `summary`: the model's words for people.
 * `tag`: Mailchimp's `segment:…` tag. `event`: the journey event `upsell_recommended`.
 */
export const ACTIONS = ['score', 'segment', 'route', 'summary', 'tag', 'event'] as const;
export const actionSchema = z.enum(ACTIONS);
export type Action = z.infer<typeof actionSchema>;

/**
 * `off`: not even prepared. `shadow`: prepared and noted, never written. `assisted`: written once a person has approved
 * it. `automatic`: written. In the order of how much is let happen.
 */
export const MODES = ['off', 'shadow', 'assisted', 'automatic'] as const;
export const modeSchema = z.enum(MODES);
export type Mode = z.infer<typeof modeSchema>;

/** How far an action may go for one company. What is outside the threshold or the pilot is done as in `shadow`. */
export const policySchema = z.strictObject({
  mode: modeSchema,
  /** Lead score by rules alone from which it is done: the model carries nothing over this line. */
  minScore: z.int().min(0).max(100).optional(),
  /** The pilot: only bookings of these items (FareHarbor's pks). */
  items: z.array(z.int()).min(1).optional(),
  /** The pilot: only guests of these segments. */
  segments: z.array(segmentSchema).min(1).optional(),
});
export type Policy = z.infer<typeof policySchema>;

/** A company's own policies, as its settings or its item in the operations table give them. */
export const ownPoliciesSchema = z.partialRecord(actionSchema, policySchema);
export type OwnPolicies = z.infer<typeof ownPoliciesSchema>;

/** A person's yes to what was proposed. */
export const approvalSchema = z.object({
  /** The proposal's digest: another proposal is not covered. */
  proposal: z.string(),
  by: z.string(),
  at: z.iso.datetime(),
  /** What the person put in place of what was proposed. */
  edited: z.union([z.string(), z.number()]).optional(),
});
export type Approval = z.infer<typeof approvalSchema>;

/** What is done of one action with one version of a booking. */
export const actSchema = z.object({
  mode: modeSchema,
  /** `review`: a person is asked. `nothing`: there is nothing to do, or somebody said no. */
  does: z.enum(['write', 'shadow', 'review', 'nothing']),
  why: z.string(),
  /** The review item that asks, or asked, about it. */
  review: z.string().optional(),
  approval: approvalSchema.optional(),
  /** Of `event`: ids of the offers that were told of for this booking, each once for ever. */
  told: z.array(z.string()).optional(),
});
export type Act = z.infer<typeof actSchema>;

/** An action that is missing was not known yet when the record was written. */
export const actsSchema = z.partialRecord(actionSchema, actSchema);
export type Acts = z.infer<typeof actsSchema>;
