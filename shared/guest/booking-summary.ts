import * as z from 'zod';
import { type Booking, bookingStatusSchema } from '../booking/booking.ts';
import { moneySchema } from '../booking/money.ts';
import { revenueOf } from '../booking/revenue.ts';
import { localDate } from '../booking/zoned-time.ts';
import { partyOf } from './party.ts';
import { shortened } from './shortened.ts';
import { partyKinds } from './totals-shape.ts';

/** What the guest's history needs of one booking: one row per booking under the guest, a few hundred bytes. */
export const bookingSummarySchema = z.object({
  uuid: z.string(),
  status: bookingStatusSchema,
  rebookedFrom: z.string().nullable(),
  /** The tour's day on the operator's calendar, `YYYY-MM-DD`. */
  tourDate: z.iso.date().nullable(),
  /** The instant the tour starts. */
  startsAt: z.iso.datetime().nullable(),
  /** When the booking was made, or when we first saw it. */
  bookedAt: z.iso.datetime(),
  itemPk: z.int().nullable(),
  itemName: z.string(),
  partySize: z.int(),
  gross: moneySchema,
  /** In the smallest unit of `gross`'s currency. */
  paid: z.int().default(0),
  refunded: z.int().default(0),
  party: z.enum(partyKinds).default('unknown'),
  /** Names of what was booked along at a price of its own. */
  addOns: z.array(z.string()).default([]),
  noShow: z.boolean(),
  affiliate: z.boolean(),
  emailConsent: z.boolean(),
});
export type BookingSummary = z.infer<typeof bookingSummarySchema>;

/** The row that the guest's history keeps of this booking. `seenAt`: ISO instant of our first sight of it. */
export function summarise(booking: Booking, seenAt: string): BookingSummary {
  const { startAt } = booking.availability;
  const { gross, paid, refunded } = revenueOf(booking);
  return {
    uuid: booking.uuid,
    status: booking.status,
    rebookedFrom: booking.rebookedFrom,
    tourDate: startAt && localDate(startAt),
    startsAt: startAt?.instant ?? null,
    bookedAt: booking.createdAt?.instant ?? seenAt,
    itemPk: booking.item.pk,
    itemName: booking.item.name,
    partySize: booking.partySize,
    gross,
    paid: paid.amount,
    refunded: refunded.amount,
    party: partyOf(booking),
    addOns: addOnsOf(booking),
    noShow: booking.customers.length > 0 && booking.customers.every(({ checkin }) => checkin === 'no-show'),
    affiliate: booking.affiliate !== null,
    emailConsent: booking.contact.emailConsent,
  };
}

const MOST_ADD_ONS = 50;

/** By the questions' own wording; of a list of options, by the option's, which the operator worded as well. */
function addOnsOf({ answers }: Booking): string[] {
  const bought = answers.filter(({ cost }) => cost !== undefined && cost.amount > 0);
  const names = bought.map(({ type, question, value }) => shortened(type === 'extended-option' ? value : question));
  return [...new Set(names)].sort().slice(0, MOST_ADD_ONS);
}
