import * as z from 'zod';
import { BOOKING_UUID } from './booking-uuid.ts';
import { moneySchema } from './money.ts';
import { zonedTimeSchema } from './zoned-time.ts';

export const bookingUuidSchema = z
  .string()
  .regex(BOOKING_UUID, 'a booking uuid')
  .transform((uuid) => uuid.toLowerCase())
  .brand('BookingUuid');
/** FareHarbor's `uuid`: the key of everything. */
export type BookingUuid = z.infer<typeof bookingUuidSchema>;

export const bookingStatusSchema = z.enum(['booked', 'cancelled', 'rebooked']);
export type BookingStatus = z.infer<typeof bookingStatusSchema>;

export const checkinSchema = z.enum(['checked-in', 'no-show']);

export const customerSchema = z.object({
  /** Stable until the booking is rebooked. */
  pk: z.int(),
  /** Customer type as the operator named it: "Adult", "Child (5-11)". */
  type: z.string().nullable(),
  checkin: checkinSchema.nullable(),
});
export type Customer = z.infer<typeof customerSchema>;

/** One answered custom field of the booking or of one of its customers. */
export const answerSchema = z.object({
  question: z.string(),
  /** FareHarbor's field type: `yes-no`, `short`, `long`, `extended-option`, `count`, … */
  type: z.string(),
  /** As the guest or the desk sees it. */
  value: z.string(),
  customerPk: z.int().nullable(),
  /** What it costs, where it costs something. */
  cost: moneySchema.optional(),
});
export type Answer = z.infer<typeof answerSchema>;

export const refundSchema = z.object({
  pk: z.int(),
  amount: moneySchema,
  at: zonedTimeSchema.nullable(),
});

export type Refund = z.infer<typeof refundSchema>;

export const paymentSchema = z.object({
  pk: z.int(),
  /** `card`, `in-store`, `affiliate`, `stored-value-card`, `ideal`, … as FareHarbor names it. */
  type: z.string(),
  status: z.enum(['initialed', 'pending', 'succeeded', 'failed']),
  amount: moneySchema,
  at: zonedTimeSchema.nullable(),
  /** Refunds that count: cancelled ones are left out. */
  refunds: z.array(refundSchema),
});
export type Payment = z.infer<typeof paymentSchema>;

export const contactSchema = z.object({
  /** The whole name, as one string, as FareHarbor has it; may be empty. */
  name: z.string(),
  /** Trimmed and lower-cased; null where there is none or it is not an e-mail address. */
  email: z.string().nullable(),
  /** E.164 where it can be had, else null. */
  phone: z.string().nullable(),
  language: z.string().nullable(),
  /** The guest agreed to marketing e-mail. Unknown counts as no. */
  emailConsent: z.boolean(),
  smsConsent: z.boolean(),
});
export type Contact = z.infer<typeof contactSchema>;

/**
 * A booking as Harborlight holds it: everything some destination may care about, in one shape whichever of
 * FareHarbor's four body types (or Retrieve booking) it came from.
 */
export const bookingSchema = z.object({
  uuid: bookingUuidSchema,
  pk: z.int().nullable(),
  /** "#123", what the desk says on the phone. */
  displayId: z.string().nullable(),
  externalId: z.string().nullable(),
  orderDisplayId: z.string().nullable(),
  voucher: z.string().nullable(),
  company: z.object({ shortname: z.string(), name: z.string(), currency: z.string() }),
  affiliate: z.object({ shortname: z.string().nullable(), name: z.string() }).nullable(),
  status: bookingStatusSchema,
  rebookedFrom: bookingUuidSchema.nullable(),
  rebookedTo: bookingUuidSchema.nullable(),
  contact: contactSchema,
  customers: z.array(customerSchema),
  /** People on the tour: FareHarbor's customer count, or a larger number answered in a party-size question. */
  partySize: z.int(),
  item: z.object({ pk: z.int().nullable(), name: z.string() }),
  availability: z.object({
    pk: z.int().nullable(),
    startAt: zonedTimeSchema.nullable(),
    endAt: zonedTimeSchema.nullable(),
    headline: z.string().nullable(),
  }),
  /** Receipt and invoice as FareHarbor states them; null where it states none. See revenue.ts for what they mean. */
  price: z.object({
    total: moneySchema.nullable(),
    taxes: moneySchema.nullable(),
    invoice: moneySchema.nullable(),
    /** Sum of the customers' invoice taxes: stands in where `taxes` is nothing. */
    invoiceTaxes: moneySchema.nullable(),
    paid: moneySchema.nullable(),
    /** Sum of the negative amounts among the answers' costs, zero or below. */
    discount: moneySchema.nullable(),
  }),
  /** Null where the body carried no payments, which is not the same as none. */
  payments: z.array(paymentSchema).nullable(),
  answers: z.array(answerSchema),
  note: z.string(),
  agent: z.string().nullable(),
  desk: z.string().nullable(),
  pickup: z.string().nullable(),
  /** When the booking was made, where FareHarbor says so (beyond its published schema). */
  createdAt: zonedTimeSchema.nullable(),
  cancellationCutoff: zonedTimeSchema.nullable(),
  dashboardUrl: z.string().nullable(),
});
export type Booking = z.infer<typeof bookingSchema>;
