import { companyDay, startOn } from '../vendors/fareharbor/catalogue.ts';
import type { BookingRecord as FareHarborBooking } from '../vendors/fareharbor/record.ts';
import type { Fault } from '../vendors/server.ts';
import {
  type Deed,
  type FaultKind,
  type Guest,
  type History,
  NOTES,
  type ScriptedFault,
  type Step,
} from './history.ts';
import { START } from './stage.ts';
import type { OpenWorld, Vendors, World } from './world.ts';

export const addressOf = (mailbox: number): string => `guest-${mailbox}@harborlight-sample.test`;

function contactOf(guest: Guest) {
  if ('mailbox' in guest) return { name: `Guest ${guest.mailbox}`, email: addressOf(guest.mailbox), phone: '' };
  return { name: `Caller ${guest.phone}`, email: '', phone: `+1 202-555-010${guest.phone}` };
}

/** Plays a history to its end in a new world. */
export async function play(history: History, open: OpenWorld): Promise<World> {
  const world = await open(history);
  const { time, vendors } = world;
  for (const fault of history.faults) time.after(fault.at * 1000, () => script(fault, world));
  const post = new Post(world, history);
  let at = 0;
  for (const step of history.steps) {
    at += step.after * 1000;
    time.after(at, () => post.send(step, perform(step.deed, vendors)));
  }
  time.after(at + 1, () => post.sendWhatWasDropped());
  await time.run();
  await world.repair();
  await time.run();
  return world;
}

/** Carries webhooks: late, several times, or not at all. */
class Post {
  readonly #world: World;
  readonly #history: History;
  /** Bookings whose last webhook was dropped. */
  readonly #dropped = new Set<string>();
  #sent = 0;

  constructor(world: World, history: History) {
    this.#world = world;
    this.#history = history;
  }

  send({ copies, swap, deed }: Step, touched: readonly FareHarborBooking[]): void {
    for (const [index, { uuid }] of touched.entries()) {
      // The body is what it was when the webhook was sent, however late a copy of it comes.
      const body = this.#body(uuid);
      const extra = deed.do === 'rebook' ? Math.max(0, index === 0 ? swap : -swap) : 0;
      for (const seconds of copies) this.#arrive(body, seconds + extra);
      if (copies.length === 0) this.#dropped.add(uuid);
      else this.#dropped.delete(uuid);
    }
  }

  /** No sweep exists that would find a booking nobody told of again: a dropped webhook has one following it. */
  sendWhatWasDropped(): void {
    for (const uuid of this.#dropped) {
      this.#arrive(this.#body(uuid), 1);
    }
  }

  /** No two webhooks come in the same millisecond. */
  #arrive(body: string, seconds: number): void {
    this.#sent += 1;
    this.#world.time.after(seconds * 1000 + this.#sent, () => this.#world.arrive(body));
  }

  #body(uuid: string): string {
    return this.#world.vendors.fareharbor.bodyOf(uuid, this.#history.bodyType);
  }
}

/** Makes it happen; gives the bookings that FareHarbor sends a webhook of. Nothing where it makes no sense now. */
function perform(deed: Deed, { fareharbor, mailchimp }: Vendors): FareHarborBooking[] {
  if (deed.do === 'book') {
    const { consent, party, guest } = deed;
    return [fareharbor.book({ contact: { ...contactOf(guest), emailConsent: consent }, party: { Adult: party } })];
  }
  if (deed.do === 'unsubscribe') {
    const email = addressOf(deed.mailbox);
    if (mailchimp.contact(email) !== undefined) mailchimp.happen({ happening: 'unsubscribed', email });
    return [];
  }
  const all = [...fareharbor.account.bookings.values()];
  const booking = all[deed.booking % Math.max(1, all.length)];
  return booking === undefined ? [] : change(booking, deed, fareharbor);
}

type ChangeDeed = Exclude<Deed, { do: 'book' | 'unsubscribe' }>;

function change(booking: FareHarborBooking, deed: ChangeDeed, fareharbor: Vendors['fareharbor']): FareHarborBooking[] {
  const { uuid, status, company, payments } = booking;
  const due = booking.customers.reduce((sum, { type }) => sum + type.price, 0);
  const start = (days: number) => startOn(company, companyDay(company, START, days));
  switch (deed.do) {
    case 'rebook': {
      if (status !== 'booked') return [];
      const contact = deed.mailbox === null ? {} : { email: addressOf(deed.mailbox) };
      return [booking, fareharbor.rebook(uuid, { startAt: start(deed.days), contact })];
    }
    case 'pay':
      return status === 'booked' ? [fareharbor.pay(uuid, { amount: Math.round((due * deed.percent) / 100) })] : [];
    case 'refund': {
      const left = payments.at(-1);
      if (left === undefined) return [];
      const rest = left.amount - left.refunds.reduce((sum, { amount }) => sum + amount, 0);
      const amount = Math.round((rest * deed.percent) / 100);
      return amount > 0 ? [fareharbor.refund(uuid, { amount })] : [];
    }
    case 'cancel':
      return status === 'booked' ? [fareharbor.cancel(uuid)] : [];
    case 'reinstate':
      return status === 'cancelled' ? [fareharbor.reinstate(uuid)] : [];
    case 'remind':
      return [fareharbor.remind(uuid)];
    case 'party':
      return [fareharbor.edit(uuid, { party: { Adult: deed.party } })];
    case 'move':
      return [fareharbor.edit(uuid, { startAt: start(deed.days) })];
    case 'correct':
      return [fareharbor.edit(uuid, { contact: { email: addressOf(deed.mailbox) } })];
    case 'write':
      return [fareharbor.edit(uuid, { note: NOTES[deed.note] })];
    case 'consent':
      return [fareharbor.edit(uuid, { contact: { emailConsent: deed.consent } })];
  }
}

const sfError = (errorCode: string) => [{ errorCode, message: 'scripted' }];

/** How long Salesforce takes no session of ours, in milliseconds. */
const LOCKED_OUT_MS = 20_000;

/**
 * Puts the fault where the vendor's next requests meet it.
 * @param match where only those that hold this text are meant; not for a vendor that does not answer.
 */
export function script(fault: Omit<ScriptedFault, 'at'>, world: World, match?: string): void {
  const { vendor, kind, times } = fault;
  const { salesforce, servers } = world.vendors;
  if (kind === 'session-expired') {
    salesforce.revokeSessions();
    return;
  }
  if (kind === 'locked-out') {
    lockOut(world);
    return;
  }
  if (kind === 'hang' || kind === 'late') {
    for (let time = 0; time < times; time += 1) world.fallSilent(vendor, kind === 'hang' ? 'unheard' : 'unanswered');
    return;
  }
  const routes = { salesforce: 'composite', mailchimp: '*', fareharbor: 'booking.get' };
  const route = kind === 'event-then-drop' ? 'events.post' : routes[vendor];
  servers[vendor].fault({ route, times, ...(match !== undefined && { match }), ...faultOf(kind) });
}

function lockOut({ time, vendors: { servers } }: World): void {
  const fault = { route: 'composite', times: 1_000_000, status: 401, body: sfError('INVALID_SESSION_ID') };
  servers.salesforce.fault(fault);
  time.after(LOCKED_OUT_MS, () => servers.salesforce.clearFaults());
}

type RequestFault = Exclude<FaultKind, 'session-expired' | 'locked-out' | 'hang' | 'late'>;

function faultOf(kind: RequestFault): Omit<Fault, 'route' | 'times'> {
  switch (kind) {
    case 'commit-then-drop':
    case 'event-then-drop':
      return { commitThenDrop: true };
    case 'lock':
      return { status: 400, body: sfError('UNABLE_TO_LOCK_ROW') };
    case 'request-limit':
      return { status: 403, body: sfError('REQUEST_LIMIT_EXCEEDED') };
    case '429':
      return { status: 429, body: 'too many', headers: { 'retry-after': '3' } };
    default:
      return { status: Number(kind), body: 'scripted' };
  }
}
