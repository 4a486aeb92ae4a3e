import * as z from 'zod';

/**
 * Our own key for a guest of a company: `g-` and the uuid of the first booking that showed them. It holds nothing
 * personal, stays when an e-mail address is corrected, and a repeated delivery mints the same one.
 */
export const guestKeySchema = z
  .string()
  .regex(/^g-[0-9a-f-]{36}$/)
  .brand('GuestKey');
export type GuestKey = z.infer<typeof guestKeySchema>;

/** Mints the key of the guest first seen on the booking `uuid`. */
export function guestKeyFor(uuid: string): GuestKey {
  return guestKeySchema.parse(`g-${uuid}`);
}
