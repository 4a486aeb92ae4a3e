import * as z from 'zod';
import { bookingUuidSchema } from '../booking/booking.ts';

/** The part of the operations table in which bookings to be verified are noted. */
export const VERIFY_KIND = 'verify';

/**
 * Why FareHarbor is to be asked for a booking, which also says how loudly the answer is told:
 * - `unverified`: it was taken from a webhook's body although FareHarbor can be asked;
 * - `missed`: the sweep found it, and no webhook told us of it as it is;
 * - `before-us`: the same by a company's first sweep, so that it is no news to anybody;
 * - `stranger`: we hold nothing of it, and webhooks told of many bookings that nobody knows;
 * - `backfill`: a person wants all history, brought in bulk;
 * - `restored`: the tables were restored to an earlier time, and the booking may have changed since.
 */
export const verifyReasonSchema = z.enum(['unverified', 'missed', 'before-us', 'stranger', 'backfill', 'restored']);
export type VerifyReason = z.infer<typeof verifyReasonSchema>;

/** A booking that FareHarbor is to be asked for. */
export const pendingSchema = z.object({
  company: z.string(),
  uuid: bookingUuidSchema,
  notedAt: z.iso.datetime(),
  reason: verifyReasonSchema.default('unverified'),
  /** How often it was asked for without an answer: there was no call left, or FareHarbor failed. */
  tries: z.int().default(0),
});
export type Pending = z.infer<typeof pendingSchema>;

/** The note's sort key; the company's length is bounded, as a sort key is. */
export function verificationId(company: string, uuid: string): string {
  return `${company.slice(0, 200)}#${uuid}`;
}
