import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { guestKeySchema } from '../guest/guest-key.ts';
import type { Answer, Booking, Refund } from './booking.ts';
import { type Money, moneySchema } from './money.ts';
import { refundsOf, revenueOf } from './revenue.ts';
import { zonedTimeSchema } from './zoned-time.ts';

/**
 * What happened to a booking between two states of it. FareHarbor's webhook does not say; it is derived by
 * comparing. `complaint_raised` and `accessibility_requested` come from reading the guest's words, `guest_changed` from
 * finding whose booking it is now, and `upsell_recommended` from deciding.
 */
export const changeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('booked') }),
  z.object({ kind: z.literal('rebooked_from'), from: z.string() }),
  z.object({ kind: z.literal('rebooked_away'), to: z.string().nullable() }),
  z.object({ kind: z.literal('cancelled') }),
  z.object({ kind: z.literal('reinstated') }),
  z.object({ kind: z.literal('rescheduled'), from: zonedTimeSchema.nullable(), to: zonedTimeSchema.nullable() }),
  z.object({ kind: z.literal('item_changed'), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('party_changed'), from: z.int(), to: z.int() }),
  z.object({ kind: z.literal('price_changed'), from: moneySchema, to: moneySchema }),
  z.object({ kind: z.literal('paid'), amount: moneySchema }),
  /** `refundPk`: FareHarbor's own number of the refund, where the body carries payments. It stays the same when a rebooking takes the payments along. */
  z.object({ kind: z.literal('refunded'), amount: moneySchema, refundPk: z.int().optional() }),
  z.object({ kind: z.literal('contact_changed'), fields: z.array(z.string()) }),
  z.object({ kind: z.literal('consent_withdrawn') }),
  z.object({ kind: z.literal('guest_changed'), from: guestKeySchema }),
  z.object({ kind: z.literal('answers_changed') }),
  z.object({ kind: z.literal('note_changed') }),
  z.object({ kind: z.literal('checked_in'), customerPk: z.int() }),
  z.object({ kind: z.literal('no_show'), customerPk: z.int() }),
  z.object({ kind: z.literal('checkin_undone'), customerPk: z.int() }),
  z.object({ kind: z.literal('details_changed'), fields: z.array(z.string()) }),
  /** `words`: digest of what the guest wrote, which a rebooking takes along as well. */
  z.object({ kind: z.literal('complaint_raised'), words: z.string().optional() }),
  z.object({ kind: z.literal('accessibility_requested'), words: z.string().optional() }),
  /** Nothing that happened to the booking: it was decided to tell the guest of an offer of the operator's catalogue. */
  z.object({
    kind: z.literal('upsell_recommended'),
    offer: z.string(),
    name: z.string(),
    /** A person has said yes to it. */
    approved: z.boolean(),
  }),
]);
export type Change = z.infer<typeof changeSchema>;
export type ChangeKind = Change['kind'];

/** A change as the record keeps it: which version it made, when, and how often this kind of it has happened. */
export const recordedChangeSchema = z.object({
  version: z.int(),
  at: z.iso.datetime(),
  /** This time included; left out for the first. */
  nth: z.int().min(2).optional(),
  change: changeSchema,
});
export type RecordedChange = z.infer<typeof recordedChangeSchema>;

/**
 * The name under which something is done once per change, at every vendor: `uuid:nth:kind`.
 *
 * It says what happened, "cancelled for the second time", and not in which of our versions: a table restored to an
 * earlier time takes the same changes for fewer or more versions, and must find what it did before by the same name.
 */
export function eventKey(uuid: string, { nth = 1, change }: RecordedChange): string {
  return `${uuid}:${nth}:${change.kind}`;
}

/** Details that no other change speaks of and that destinations still show. */
const DETAILS = [
  'displayId',
  'externalId',
  'orderDisplayId',
  'voucher',
  'affiliate',
  'agent',
  'desk',
  'pickup',
  'cancellationCutoff',
  'dashboardUrl',
] as const satisfies readonly (keyof Booking)[];

/**
 * The changes that lead from `before` (undefined: never seen) to `after`, in the order a person would tell them.
 * Empty when nothing that anyone cares about changed: that is the exact dedup, always against the current state.
 *
 * A first sighting can already be cancelled or rebooked. A body without payments says nothing about payments.
 */
export function deriveChanges(before: Booking | undefined, after: Booking): Change[] {
  if (before === undefined) return firstSighting(after);
  return [
    ...statusChanges(before, after),
    ...tourChanges(before, after),
    ...moneyChanges(before, after),
    ...contactChanges(before, after),
    ...textChanges(before, after),
    ...checkinChanges(before, after),
    ...detailChanges(before, after),
  ];
}

function firstSighting(after: Booking): Change[] {
  const changes: Change[] = [];
  if (after.rebookedFrom !== null) changes.push({ kind: 'rebooked_from', from: after.rebookedFrom });
  else changes.push({ kind: 'booked' });
  const { paid } = revenueOf(after);
  if (paid.amount > 0) changes.push({ kind: 'paid', amount: paid });
  changes.push(...refundChanges([], refundsOf(after)));
  if (after.status === 'cancelled') changes.push({ kind: 'cancelled' });
  if (after.status === 'rebooked') changes.push({ kind: 'rebooked_away', to: after.rebookedTo });
  return [...changes, ...checkinsOf(after)];
}

function statusChanges(before: Booking, after: Booking): Change[] {
  const changes: Change[] = [];
  if (before.rebookedFrom !== after.rebookedFrom && after.rebookedFrom !== null) {
    changes.push({ kind: 'rebooked_from', from: after.rebookedFrom });
  }
  const linkedLater = after.status === 'rebooked' && before.rebookedTo !== after.rebookedTo;
  if (before.status === after.status) {
    return linkedLater ? [...changes, { kind: 'rebooked_away', to: after.rebookedTo }] : changes;
  }
  switch (after.status) {
    case 'cancelled':
      return [...changes, { kind: 'cancelled' }];
    case 'rebooked':
      return [...changes, { kind: 'rebooked_away', to: after.rebookedTo }];
    case 'booked':
      return [...changes, { kind: 'reinstated' }];
  }
}

function tourChanges(before: Booking, after: Booking): Change[] {
  const changes: Change[] = [];
  const { startAt: from } = before.availability;
  const { startAt: to } = after.availability;
  const moved = !isDeepStrictEqual([from, before.availability.endAt], [to, after.availability.endAt]);
  if (moved) changes.push({ kind: 'rescheduled', from, to });
  if (before.item.pk !== after.item.pk || before.item.name !== after.item.name) {
    changes.push({ kind: 'item_changed', from: before.item.name, to: after.item.name });
  }
  const people = (booking: Booking) => booking.customers.map(({ pk, type }) => `${pk} ${type}`).sort();
  if (before.partySize !== after.partySize || !isDeepStrictEqual(people(before), people(after))) {
    changes.push({ kind: 'party_changed', from: before.partySize, to: after.partySize });
  }
  return changes;
}

function moneyChanges(before: Booking, after: Booking): Change[] {
  const changes: Change[] = [];
  const [was, is] = [revenueOf(before), revenueOf(after)];
  if (!isDeepStrictEqual(before.price, { ...after.price, paid: before.price.paid })) {
    changes.push({ kind: 'price_changed', from: was.priced, to: is.priced });
  }
  const received = difference(was.paid, is.paid);
  // Where no body tells of payments, a refund shows only as less paid; but a rebooking takes what was paid along with it.
  const paymentsUntold = before.payments === null && after.payments === null;
  const tellsOfRefunds = paymentsUntold && after.status !== 'rebooked';
  const givenBack = tellsOfRefunds && received !== undefined && received.amount < 0;
  if (givenBack) changes.push({ kind: 'refunded', amount: { ...received, amount: -received.amount } });
  else if (received !== undefined) changes.push({ kind: 'paid', amount: received });
  if (after.payments !== null) changes.push(...refundChanges(refundsOf(before), refundsOf(after)));
  return changes;
}

/** Each refund that is new, gone or of another amount, under its own number. */
function refundChanges(before: readonly Refund[], after: readonly Refund[]): Change[] {
  const [was, is] = [before, after].map((refunds) => new Map(refunds.map((refund) => [refund.pk, refund.amount])));
  return [...new Set([...before, ...after].map(({ pk }) => pk))].flatMap((refundPk): Change[] => {
    const [old, now] = [was?.get(refundPk), is?.get(refundPk)];
    const currency = (now ?? old)?.currency ?? '';
    const amount = difference(old ?? { amount: 0, currency }, now ?? { amount: 0, currency });
    return amount === undefined ? [] : [{ kind: 'refunded', amount, refundPk }];
  });
}

/** `is` − `was`; undefined when equal. Negative when a payment or refund was taken back. */
function difference(was: Money, is: Money): Money | undefined {
  if (was.currency !== is.currency) return is.amount === 0 ? undefined : is;
  return was.amount === is.amount ? undefined : { amount: is.amount - was.amount, currency: is.currency };
}

function contactChanges(before: Booking, after: Booking): Change[] {
  const fields = Object.entries(after.contact)
    .filter(([field, value]) => Object.entries(before.contact).some(([name, old]) => name === field && old !== value))
    .map(([field]) => field);
  if (fields.length === 0) return [];
  const withdrawn = before.contact.emailConsent && !after.contact.emailConsent;
  return [{ kind: 'contact_changed', fields }, ...(withdrawn ? [{ kind: 'consent_withdrawn' } as const] : [])];
}

function textChanges(before: Booking, after: Booking): Change[] {
  const changes: Change[] = [];
  if (!isDeepStrictEqual(before.answers.map(saidIn), after.answers.map(saidIn)))
    changes.push({ kind: 'answers_changed' });
  if (before.note !== after.note) changes.push({ kind: 'note_changed' });
  return changes;
}

/** An answer without its cost: that is in the price, and a record of earlier days does not hold it. */
function saidIn({ cost: _, ...said }: Answer): Omit<Answer, 'cost'> {
  return said;
}

function checkinsOf(booking: Booking): Change[] {
  return booking.customers.flatMap(({ pk, checkin }): Change[] => {
    if (checkin === null) return [];
    return [{ kind: checkin === 'no-show' ? 'no_show' : 'checked_in', customerPk: pk }];
  });
}

/** Customers are followed by their pk; a rebooking gives new pks, so there is nothing to follow across it. */
function checkinChanges(before: Booking, after: Booking): Change[] {
  const earlier = new Map(before.customers.map(({ pk, checkin }) => [pk, checkin]));
  return after.customers.flatMap(({ pk, checkin }): Change[] => {
    const was = earlier.get(pk) ?? null;
    if (was === checkin) return [];
    if (checkin === null) return [{ kind: 'checkin_undone', customerPk: pk }];
    return [{ kind: checkin === 'no-show' ? 'no_show' : 'checked_in', customerPk: pk }];
  });
}

function detailChanges(before: Booking, after: Booking): Change[] {
  const fields = DETAILS.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  return fields.length === 0 ? [] : [{ kind: 'details_changed', fields: [...fields] }];
}
