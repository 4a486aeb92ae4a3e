import * as z from 'zod';

/** Why an authenticated body could not be told what it is about. */
export const unreadableReasonSchema = z.enum([
  'not-json',
  'no-booking-or-item',
  'no-uuid',
  'no-item-pk',
  'unknown-company',
  'foreign-key',
  'no-company',
  'too-large',
  'unknown-booking',
  'unforeseen',
]);
export type UnreadableReason = z.infer<typeof unreadableReasonSchema>;

/**
 * What enrichment is told beside the body, as message attributes: nothing personal, nothing secret. Ingest sends all
 * kinds but two, which are no webhooks: their bodies only name a booking, `verify` one to ask FareHarbor for and
 * `look-again` one that is to be understood anew as it is held.
 */
export const deliveryAttributesSchema = z.object({
  kind: z.enum(['booking', 'item', 'unreadable', 'verify', 'look-again']),
  /** When the webhook reached us. */
  receivedAt: z.iso.datetime(),
  /** The company whose key was used, or `*` for the key that serves all. */
  keyCompany: z.string(),
  /** Set when kind is `unreadable`. */
  reason: unreadableReasonSchema.optional(),
});
export type DeliveryAttributes = z.infer<typeof deliveryAttributesSchema>;
