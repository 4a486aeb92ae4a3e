import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';

/*
 * What must be true at both vendors in the end, worked out anew from what FareHarbor told us and nothing else.
 * FareHarbor tells by its API where we have access, else by its webhooks: then the newest receipt wins, even where
 * it is an old body that came late. That is a limit we know, and the model has it, too.
 */

const toldSchema = z.object({
  uuid: z.string(),
  status: z.enum(['booked', 'cancelled', 'rebooked']),
  rebooked_from: z.string().nullable(),
  rebooked_to: z.string().nullable(),
  contact: z.object({ email: z.string(), is_subscribed_for_email_updates: z.boolean() }),
  customers: z.array(z.object({ pk: z.number() })),
  availability: z.object({ start_at: z.string() }),
  receipt_total: z.number(),
  amount_paid: z.number(),
  payments: z
    .array(z.object({ initial_amount_paid: z.number(), refunds: z.array(z.object({ amount_refunded: z.number() })) }))
    .optional(),
});

/** All of a booking that ever changes in a history. Two states are the same when these are. */
export interface State {
  readonly uuid: string;
  readonly status: 'booked' | 'cancelled' | 'rebooked';
  readonly from: string | null;
  readonly to: string | null;
  readonly email: string;
  readonly consent: boolean;
  readonly customers: readonly number[];
  readonly start: string;
  readonly total: number;
  readonly paid: number;
  /** Null where the body carries no payments: a refund then shows only as less paid. */
  readonly refunded: number | null;
}

/** A booking as it was told, each state that differs from the one before: state n is version n + 1 of the record. */
export interface Told {
  readonly states: readonly State[];
  readonly last: State;
}

export interface Sale {
  /** The uuid of the first booking: the opportunity's key. */
  readonly key: string;
  readonly current: State;
  readonly stage: string;
  readonly amount: number;
}

/** What we know of an address. `settled`: no booking ever changed from or to it, so that all is certain. */
export interface Address {
  readonly email: string;
  readonly settled: boolean;
  readonly statuses: readonly string[];
  readonly standing: number;
  readonly cancelled: number;
}

export interface Model {
  readonly bookings: ReadonlyMap<string, Told>;
  readonly sales: readonly Sale[];
  /** Keys of the Cases: each exactly once, and no others. */
  readonly cases: readonly string[];
  readonly addresses: readonly Address[];
  /** Keys of journey events that must have been sent, each exactly once. */
  readonly events: readonly string[];
}

/**
 * @param sightings FareHarbor's words, oldest first.
 * @param unsubscribed addresses whose owners unsubscribed at Mailchimp.
 */
export function modelOf(sightings: readonly { booking: unknown }[], unsubscribed: ReadonlySet<string>): Model {
  const bookings = new Map<string, Told>();
  for (const { booking } of sightings) {
    const state = read(booking);
    const known = bookings.get(state.uuid);
    if (known !== undefined && isDeepStrictEqual(known.last, state)) continue;
    // A booking once rebooked stays so for ever: what says otherwise was written before.
    if (known?.last.status === 'rebooked' && state.status !== 'rebooked') continue;
    bookings.set(state.uuid, { states: [...(known?.states ?? []), state], last: state });
  }
  const all = [...bookings.values()];
  const addresses = [...new Set(all.flatMap(({ states }) => states.map(({ email }) => email)))].map((email) =>
    addressOf(email, all, unsubscribed),
  );
  return {
    bookings,
    sales: salesOf(all),
    cases: all.flatMap(casesOf),
    addresses,
    events: all.flatMap((told) => eventsOf(told, addresses)),
  };
}

function read(booking: unknown): State {
  const told = toldSchema.parse(booking);
  const refunds = told.payments?.flatMap((payment) => payment.refunds.map(({ amount_refunded: amount }) => amount));
  return {
    uuid: told.uuid,
    status: told.status,
    from: told.rebooked_from,
    to: told.rebooked_to,
    email: told.contact.email,
    consent: told.contact.is_subscribed_for_email_updates,
    customers: told.customers.map(({ pk }) => pk),
    start: told.availability.start_at,
    total: told.receipt_total,
    paid: sum(told.payments?.map(({ initial_amount_paid: amount }) => amount)) ?? told.amount_paid,
    refunded: sum(refunds) ?? null,
  };
}

function sum(amounts: readonly number[] | undefined): number | undefined {
  return amounts?.reduce((total, amount) => total + amount, 0);
}

/** One sale per first booking; what it is now is the booking at the end of its rebookings, whichever side tells of them. */
function salesOf(all: readonly Told[]): Sale[] {
  const last = all.map((told) => told.last);
  const next = (state: State): State | undefined =>
    last.find(({ uuid, from }) => uuid === state.to || from === state.uuid);
  const first = last.filter(({ uuid, from }) => from === null && last.every(({ to }) => to !== uuid));
  return first.map((start) => {
    let current = start;
    for (let after = next(current); after !== undefined; after = next(current)) current = after;
    const open = current.paid > 0 ? 'Closed Won' : 'Negotiation/Review';
    const stage = { booked: open, cancelled: 'Closed Lost', rebooked: 'Negotiation/Review' }[current.status];
    return { key: start.uuid, current, stage, amount: current.status === 'booked' ? current.total / 100 : 0 };
  });
}

/**
 * A Case for each time a booking was seen to become cancelled, and for each time money was seen to go back. Known
 * limit: payments with their refunds go along with a rebooking, so that a refund from before it is seen on both.
 */
function casesOf({ states }: Told): string[] {
  return states.flatMap((state, index) => {
    const before = states[index - 1];
    const key = `${state.uuid}:${index + 1}`;
    // A rebooking takes what was paid along with it: nothing was given back.
    const stays = state.refunded === null && state.status !== 'rebooked';
    const lessPaid = stays && before !== undefined && state.paid < before.paid;
    const refunded = lessPaid || (state.refunded ?? 0) > (before?.refunded ?? 0);
    return [...(becameCancelled(state, before) ? [`${key}:cancelled`] : []), ...(refunded ? [`${key}:refunded`] : [])];
  });
}

function becameCancelled(state: State, before: State | undefined): boolean {
  return state.status === 'cancelled' && before?.status !== 'cancelled';
}

function addressOf(email: string, all: readonly Told[], unsubscribed: ReadonlySet<string>): Address {
  const here = all.filter(({ states }) => states.some((state) => state.email === email));
  const last = here.map((told) => told.last);
  const moved = ({ uuid }: State) => last.some(({ from }) => from === uuid);
  return {
    email,
    settled: here.every(({ states }) => states.every((state) => state.email === email)),
    statuses: unsubscribed.has(email) ? ['unsubscribed'] : statusesOf(here),
    standing: last.filter((state) => state.status === 'booked' && !moved(state)).length,
    cancelled: last.filter(({ status }) => status === 'cancelled').length,
  };
}

/** Mailchimp statuses that the consents allow. A consent given again never brings back who was unsubscribed. */
function statusesOf(here: readonly Told[]): string[] {
  const withdrawals = here.map(({ states }) =>
    states.filter(({ consent }, index) => !consent && states[index - 1]?.consent),
  );
  const stands = here.some(({ last }, index) => withdrawals[index]?.length && !last.consent);
  if (stands) return ['unsubscribed'];
  const consents = new Set(here.flatMap(({ states }) => states.map(({ consent }) => consent)));
  return [
    ...(consents.has(true) ? ['subscribed'] : []),
    ...(consents.has(false) ? ['transactional'] : []),
    // Given back before anybody looked, or after.
    ...(withdrawals.some(({ length }) => length > 0) ? ['unsubscribed'] : []),
  ];
}

/** Where consent was always there: the creation of a booking that simply stands, and the cancellation that stands. */
function eventsOf({ states, last }: Told, addresses: readonly Address[]): string[] {
  const address = addresses.find(({ email }) => email === last.email);
  if (!address?.settled || !isDeepStrictEqual(address.statuses, ['subscribed'])) return [];
  const simple = last.from === null && states.every(({ status }) => status === 'booked');
  const cancelled = states.findLastIndex((state, index) => becameCancelled(state, states[index - 1]));
  return [
    ...(simple ? [`${last.uuid}:1:booked`] : []),
    ...(last.status === 'cancelled' ? [`${last.uuid}:${cancelled + 1}:cancelled`] : []),
  ];
}
