import * as z from 'zod';
import { bookingUuidSchema } from '../booking/booking.ts';
import { segmentSchema } from '../understanding/understanding.ts';
import { type Action, actionSchema } from './act.ts';

/**
 * `pending`: a person is asked. `approved`, `edited`: they said yes, to what was proposed or to what they put in its
 * place, and it is still to be done. `executed`: done. `rejected`: they said no. `superseded`: something else is
 * proposed by now, or nobody is to be asked any more.
 */
export const reviewStateSchema = z.enum(['pending', 'approved', 'edited', 'rejected', 'executed', 'superseded']);
export type ReviewState = z.infer<typeof reviewStateSchema>;

/** One thing that a person is asked about a booking. It may hold a summary, which is about a guest. */
export const reviewSchema = z.object({
  id: z.string(),
  company: z.string(),
  uuid: bookingUuidSchema,
  action: actionSchema,
  /** The record's version that first proposed it. */
  version: z.int(),
  proposal: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  state: reviewStateSchema,
  madeAt: z.iso.datetime(),
  /** Who changed the state last, and when; nobody has while it is pending. */
  by: z.string().optional(),
  at: z.iso.datetime().optional(),
  /** What a person put in place of what was proposed. */
  edited: z.union([z.string(), z.number()]).optional(),
  /** Rises with each change. */
  revision: z.int().min(1),
});
export type Review = z.infer<typeof reviewSchema>;

/** The same for the same proposal, so that a repeat asks nobody twice. */
export function reviewId(uuid: string, action: Action, digest: string): string {
  return `${uuid}:${action}:${digest}`;
}

/** Whether somebody may still do something about it: a person, or we. */
export function isOpen({ state }: Pick<Review, 'state'>): boolean {
  return state === 'pending' || isDue({ state });
}

/** Whether a person said yes and it is still to be done. */
export function isDue({ state }: Pick<Review, 'state'>): boolean {
  return state === 'approved' || state === 'edited';
}

/** As long as the field it goes to holds. */
const LONGEST_SUMMARY = 4000;

const EDITS: Readonly<Record<Action, { readonly schema: z.ZodType<string | number>; readonly takes: string } | null>> =
  {
    score: { schema: z.coerce.number().int().min(0).max(100), takes: 'a whole number from 0 to 100' },
    segment: { schema: segmentSchema, takes: segmentSchema.options.join(', ') },
    tag: { schema: segmentSchema, takes: segmentSchema.options.join(', ') },
    route: { schema: z.enum(['rep', 'nurture']), takes: 'rep or nurture' },
    summary: {
      schema: z.string().trim().min(1).max(LONGEST_SUMMARY),
      takes: `a text of at most ${LONGEST_SUMMARY} characters`,
    },
    // Another offer than the one that code chose would not have been checked against what the guest has booked.
    event: null,
  };

/** What a person puts in place of a proposal. @throws EditRefused saying what would do. */
export function editOf(action: Action, text: string): string | number {
  const edit = EDITS[action];
  if (edit === null) throw new EditRefused(`An ${action} can be approved or rejected, but not edited.`);
  const parsed = edit.schema.safeParse(text);
  if (parsed.success && text.trim() !== '') return parsed.data;
  throw new EditRefused(`A ${action} takes ${edit.takes}.`);
}

/** An edit that does not fit its action: a sentence for the person. */
export class EditRefused extends Error {}
