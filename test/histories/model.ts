import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Sighting } from './witness.ts';

/*
 * What must be true at both vendors in the end, worked out anew from what FareHarbor told us and nothing else: by its
 * API where it can be asked; else, or for the time being, by its webhooks. Then the newest receipt wins, even where it
 * is an old body that came late. That is a limit we know, and the model has it, too.
 */

const toldSchema = z.object({
  uuid: z.string(),
  status: z.enum(['booked', 'cancelled', 'rebooked']),
  rebooked_from: z.string().nullable(),
  rebooked_to: z.string().nullable(),
  contact: z.object({ email: z.string(), phone: z.string(), is_subscribed_for_email_updates: z.boolean() }),
  customers: z.array(z.object({ pk: z.number() })),
  availability: z.object({ start_at: z.string() }),
  note: z.string(),
  receipt_total: z.number(),
  amount_paid: z.number(),
  payments: z
    .array(z.object({ initial_amount_paid: z.number(), refunds: z.array(z.object({ pk: z.number() })) }))
    .optional(),
});

/** All of a booking that ever changes in a history. Two states are the same when these are. */
export type State = ReturnType<typeof read>;

/** A booking as it was told, each state that differs from the one before: so many versions the record has. */
export interface Told {
  readonly states: readonly State[];
  readonly last: State;
  /** When it was first told of, in milliseconds, and when the webhook behind the last state had reached us. */
  readonly since: number;
  readonly receivedAt: string;
}

/** `key`: the uuid of its first booking; `chain`: its bookings, of which the last is what it is now. */
export interface Sale {
  readonly key: string;
  readonly chain: readonly State[];
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
  readonly addresses: readonly Address[];
  /** Keys of the Cases: each exactly once, and no others; and of journey events that must have been sent once. */
  readonly cases: readonly string[];
  readonly events: readonly string[];
}

/** @param unsubscribed addresses whose owners unsubscribed at Mailchimp. */
export function modelOf(sightings: readonly Sighting[], unsubscribed: ReadonlySet<string>): Model {
  const bookings = new Map<string, Told>();
  for (const { booking, by, at, receivedAt, receives } of sightings) {
    const state = read(booking);
    const known = bookings.get(state.uuid);
    if (known !== undefined && isDeepStrictEqual(known.last, state)) continue;
    // A booking once rebooked stays so for ever: what says otherwise was written before.
    if (known?.last.status === 'rebooked' && state.status !== 'rebooked') continue;
    // A body that a queue gives out again, and that came before the one we hold, was looked at before it.
    if (known !== undefined && by === 'webhook' && receives > 1 && receivedAt < known.receivedAt) continue;
    const states = [...(known?.states ?? []), state];
    bookings.set(state.uuid, { states, last: state, since: known?.since ?? at, receivedAt });
  }
  const all = [...bookings.values()];
  const sales = salesOf(all);
  const emails = new Set(all.flatMap(({ states }) => states.flatMap(({ email }) => email ?? [])));
  const addresses = [...emails].map((email) => addressOf(email, all, unsubscribed));
  const saleOf = ({ uuid }: State) => sales.find(({ chain }) => chain.some((one) => one.uuid === uuid))?.key;
  return {
    bookings,
    sales,
    cases: [...new Set(all.flatMap((told) => casesOf(told, saleOf(told.last) ?? '')))],
    addresses,
    events: all.flatMap((told) => eventsOf(told, addresses)),
  };
}

function read(booking: unknown) {
  const told = toldSchema.parse(booking);
  const { email, phone, is_subscribed_for_email_updates: consent } = told.contact;
  const payments = told.payments?.map(({ initial_amount_paid: amount }) => amount);
  return {
    uuid: told.uuid,
    status: told.status,
    from: told.rebooked_from,
    to: told.rebooked_to,
    /** The guest's address, or phone number where there is none. */
    who: email || phone,
    email: email || null,
    consent,
    customers: told.customers.map(({ pk }) => pk),
    start: told.availability.start_at,
    note: told.note,
    total: told.receipt_total,
    paid: payments?.reduce((total, amount) => total + amount, 0) ?? told.amount_paid,
    /** FareHarbor's numbers of them; null where bodies carry no payments: a refund then shows as less paid. */
    refunds: told.payments?.flatMap(({ refunds }) => refunds.map(({ pk }) => pk)) ?? null,
  };
}

/** One sale per first booking; what it is now is the booking at the end of its rebookings, whichever side tells of them. */
function salesOf(all: readonly Told[]): Sale[] {
  const last = all.map((told) => told.last);
  const next = (state: State) => last.find(({ uuid, from }) => uuid === state.to || from === state.uuid);
  const first = last.filter(({ uuid, from }) => from === null && last.every(({ to }) => to !== uuid));
  const follow = (state: State): State[] => [state, ...[next(state)].flatMap((after) => (after ? follow(after) : []))];
  return first.map((start) => {
    const chain = follow(start);
    const current = chain.at(-1) ?? start;
    const open = current.paid > 0 ? 'Closed Won' : 'Negotiation/Review';
    const stage = { booked: open, cancelled: 'Closed Lost', rebooked: 'Negotiation/Review' }[current.status];
    return { key: start.uuid, chain, current, stage, amount: current.status === 'booked' ? current.total / 100 : 0 };
  });
}

/** A Case for each time a booking became cancelled, for each refund, and for each complaint within a sale. */
function casesOf({ states, last: { uuid } }: Told, sale: string): string[] {
  const each = (happened: (state: State, before: State | undefined) => boolean) =>
    states.filter((state, index) => happened(state, states[index - 1]));
  return [
    ...each(becameCancelled).map((_, index) => `${uuid}:${index + 1}:cancelled`),
    ...each(becameLessPaid).map((_, index) => `${uuid}:${index + 1}:refunded`),
    ...states.flatMap(({ refunds }) => refunds?.map((pk) => `harbor-kayaks:refund:${pk}`) ?? []),
    ...each((state, before) => complains(state) && !complains(before)).map(
      ({ note }) => `${sale}:complaint_raised:${note}`,
    ),
  ];
}

const complains = (state: State | undefined) => /complain|disappointed/.test(state?.note ?? '');

/** A rebooking takes what was paid along with it: nothing was given back. */
function becameLessPaid(state: State, before: State | undefined): boolean {
  return state.refunds === null && state.status !== 'rebooked' && state.paid < (before?.paid ?? 0);
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
  const cancellations = states.filter((state, index) => becameCancelled(state, states[index - 1])).length;
  return [
    ...(simple ? [`${last.uuid}:1:booked`] : []),
    ...(last.status === 'cancelled' ? [`${last.uuid}:${cancellations}:cancelled`] : []),
  ];
}
