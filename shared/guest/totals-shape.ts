import * as z from 'zod';

/** A tour of a booking that stands. */
export const tourSchema = z.object({
  uuid: z.string(),
  /** The instant it starts. */
  startsAt: z.iso.datetime(),
  /** Its day on the operator's calendar. */
  tourDate: z.iso.date(),
});
export type Tour = z.infer<typeof tourSchema>;

/** When a booking was made. */
export const madeSchema = z.object({ uuid: z.string(), bookedAt: z.iso.datetime() });
export type Made = z.infer<typeof madeSchema>;

const countSchema = z.int();

export const partyKinds = ['family', 'adults', 'group', 'unknown'] as const;
/** Who came: `group` is many of whatever kind, `family` has children among them, `unknown` tells of nobody's kind. */
export type PartyKind = (typeof partyKinds)[number];

/** Sums in one currency, in its smallest unit. */
export const moneyTotalsSchema = z.object({
  currency: z.string(),
  /** Bookings that stand, and what they are worth. */
  bookings: countSchema,
  spend: z.int(),
  /** Over all bookings but those rebooked: what was paid for one goes along to the next. */
  paid: z.int(),
  refunded: z.int(),
});
export type MoneyTotals = z.infer<typeof moneyTotalsSchema>;

const itemTotalsSchema = z.object({ pk: z.int().nullable(), name: z.string(), bookings: countSchema });
const addOnTotalsSchema = z.object({ name: z.string(), bookings: countSchema });

/** Sums of whole numbers over a guest's bookings. Counts are of bookings that stand, where nothing else is said. */
export const guestSumsSchema = z.object({
  /** Bookings of any kind. */
  all: countSchema,
  standing: countSchema,
  /** Cancelled bookings. */
  cancellations: countSchema,
  noShows: countSchema,
  people: countSchema,
  affiliates: countSchema,
  /** Milliseconds between booking and tour, and of how many bookings. */
  leadMs: countSchema,
  leads: countSchema,
  parties: z.object({ family: countSchema, adults: countSchema, group: countSchema, unknown: countSchema }),
  /** By currency code. */
  money: z.array(moneyTotalsSchema),
  /** By name and pk. */
  items: z.array(itemTotalsSchema),
  /** Things with a price of their own that were booked along; by name. */
  addOns: z.array(addOnTotalsSchema),
  /** Tours by weekday, Monday first, and by month, January first. */
  weekdays: z.array(countSchema).length(7),
  months: z.array(countSchema).length(12),
});
export type GuestSums = z.infer<typeof guestSumsSchema>;

/** The few bookings at the edges of a guest's history, which sums cannot tell. */
export const guestEdgesSchema = z.object({
  /** The instant at which `begun` and `toCome` were told apart. */
  asOf: z.iso.datetime(),
  /** Tours of bookings that stand: the earliest of all, and the latest that had begun. */
  firstTour: tourSchema.nullable(),
  begun: tourSchema.nullable(),
  /** The next tours to come, the nearest first. */
  toCome: z.array(tourSchema),
  /** Whether there are more tours to come than those. */
  more: z.boolean(),
  /** The booking made first and the one made last, whatever became of them. */
  firstMade: madeSchema.nullable(),
  lastMade: madeSchema.nullable(),
});
export type GuestEdges = z.infer<typeof guestEdgesSchema>;

/**
 * A guest's history with one company, kept so that a booking can be added and taken out again without looking at the
 * others. Its size grows with the operator's catalogue, not with the number of bookings.
 */
export const guestTotalsSchema = z.object({
  /** Goes up with every change: a write is made on condition that it is the one that was read. */
  revision: countSchema,
  ...guestSumsSchema.shape,
  ...guestEdgesSchema.shape,
});
export type GuestTotals = z.infer<typeof guestTotalsSchema>;
