import * as z from 'zod';
import { bookingUuidSchema } from '../booking/booking.ts';

/** The part of the operations table in which bookings to be verified are noted. */
export const VERIFY_KIND = 'verify';

/** A booking that was taken from a webhook's body although FareHarbor can be asked for it. */
export const pendingSchema = z.object({ company: z.string(), uuid: bookingUuidSchema, notedAt: z.iso.datetime() });
export type Pending = z.infer<typeof pendingSchema>;

/** The note's sort key; the company's length is bounded, as a sort key is. */
export function verificationId(company: string, uuid: string): string {
  return `${company.slice(0, 200)}#${uuid}`;
}
