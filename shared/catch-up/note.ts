import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { bookingUuidSchema } from '../booking/booking.ts';
import { toAttribute, toItem } from '../records/dynamo.ts';
import { type RulesReason, rulesReasonSchema } from '../understanding/understanding.ts';

/** The part of the operations table in which bookings are noted that are to be looked at again. */
export const CATCH_UP_KIND = 'catch-up';

/** Another booking of the guest has changed, and this one is what the guest is shown by. */
export const GUEST_CHANGED = 'guest-changed';

/**
 * A booking that is to be looked at again: rules answered for it because the model did not, or its guest's history is
 * other than it was.
 */
export const catchUpSchema = z.object({
  company: z.string(),
  uuid: bookingUuidSchema,
  /** Why the rules answered, or `guest-changed`. */
  reason: z.union([rulesReasonSchema, z.literal(GUEST_CHANGED)]),
  notedAt: z.iso.datetime(),
  /** Not before this instant. */
  dueAt: z.iso.datetime(),
  /** Looks that brought no answer of the model's. */
  tries: z.int(),
  /** When the last look was asked for; none is asked for while that one may lie in the queue. */
  askedAt: z.iso.datetime().optional(),
  /** When the tour is over, and nobody prepares for it any more. */
  until: z.iso.datetime(),
});
export type CatchUp = z.infer<typeof catchUpSchema>;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

interface Waits {
  /** Milliseconds to the first look; doubled with each that brings nothing, up to `longest`. */
  readonly first: number;
  readonly longest: number;
}
const SOON: Waits = { first: 5 * MINUTE_MS, longest: DAY_MS };
/**
 * The model did answer, and the same is never asked twice: such a look asks only where prompt or model have changed
 * meanwhile, and costs a read where not.
 */
const WITH_ANOTHER_PROMPT: Waits = { first: DAY_MS, longest: 30 * DAY_MS };

/**
 * Which reasons are worth another look. A call that timed out may be billed, so the next comes later than after a plain
 * refusal. Not those that the operator wants (switched off, no key), nor those that lie in
 * the words: a text that cannot be redacted stays so, and one that made the model tell its instructions is an attack.
 */
const WAITS: Partial<Record<RulesReason, Waits>> = {
  timeout: { first: 20 * MINUTE_MS, longest: DAY_MS },
  outage: SOON,
  quota: { first: 15 * MINUTE_MS, longest: DAY_MS },
  'asked-before': { first: 1.5 * MINUTE_MS, longest: DAY_MS },
  budget: SOON,
  // Whatever there was to read: what may be done is decided again, too, once a person lets it go on.
  killed: { first: 30 * MINUTE_MS, longest: DAY_MS },
  refusal: WITH_ANOTHER_PROMPT,
  truncated: WITH_ANOTHER_PROMPT,
  'out-of-schema': WITH_ANOTHER_PROMPT,
};
/** Five minutes doubled so often are three days: an outage that lasts longer is for a person to see. */
export const MOST_LOOKS = 10;

/** Whether a booking that rules answered for is worth another look for this reason. */
export function isWorthCatchingUp(reason: RulesReason | null): reason is RulesReason {
  return reason !== null && WAITS[reason] !== undefined;
}

/** The instant of the look after so many that brought nothing; a spent budget is a new one with the next UTC day. */
export function dueAt(reason: RulesReason, tries: number, now: Date): string {
  if (reason === 'budget') return new Date((Math.floor(now.getTime() / DAY_MS) + 1) * DAY_MS).toISOString();
  const { first, longest } = WAITS[reason] ?? SOON;
  return new Date(now.getTime() + Math.min(first * 2 ** tries, longest)).toISOString();
}

/**
 * A note's key in the operations table; the company's length is bounded, as a sort key is. A booking may have two notes:
 * one for its words, and one for its guest.
 */
export function catchUpKey(
  company: string,
  uuid: string,
  about: 'words' | 'guest' = 'words',
): Record<string, AttributeValue> {
  const id = `${company.slice(0, 200)}#${uuid}${about === 'guest' ? '#guest' : ''}`;
  return { kind: toAttribute(CATCH_UP_KIND), id: toAttribute(id) };
}

/** A note's item; it goes by itself a day after the tour. */
export function catchUpItem(note: CatchUp): Record<string, AttributeValue> {
  const expiresAt = Math.ceil((Date.parse(note.until) + DAY_MS) / 1000);
  const about = note.reason === GUEST_CHANGED ? 'guest' : 'words';
  return { ...catchUpKey(note.company, note.uuid, about), ...toItem({ ...note, expiresAt }) };
}
