import { PermanentError, RetryableError } from '../../shared/errors/errors.ts';
import type { GuestKey } from '../../shared/guest/guest-key.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import type { BulkOutcome, BulkOutcomes, BulkSink, BulkTask } from '../../shared/sink/bulk-sink.ts';
import { type Addressee, addresseeOf } from './addressee.ts';
import { isWithdrawn } from './consent.ts';
import { memberBodyOf, writeTags } from './guest-sync.ts';
import { type Kept, readKept } from './kept.ts';
import type { Audience, AudienceOf } from './mailchimp/audiences.ts';
import { type BulkReply, type Member, MOST_MEMBERS, subscriberHash } from './mailchimp/mailchimp.ts';
import type { MemberBody } from './mailchimp/member-body.ts';
import { freshChanges, linksOf, SINK } from './mailchimp-sink.ts';
import { noteActs } from './written-acts.ts';

/** Of the ten connections that Mailchimp has for all apps of a user, live syncs and others need the most. */
const CONNECTIONS = 2;
/** A person who pauses waits no longer than a minute; each tag write need not ask again. */
const ASKED_EVERY_MS = 10_000;

/**
 * Mailchimp as a destination for history: members by 500, their tags quietly one by one (the call that takes many
 * members can only replace all of a contact's tags, the operator's own too), and no events.
 */
export function mailchimpBulk({ audienceOf, now }: { audienceOf: AudienceOf; now: () => Date }): BulkSink {
  return {
    name: SINK,
    async bring(company, tasks, mayGoOn) {
      const outcomes = new Map<GuestKey, BulkOutcome>();
      const may = nowAndThen(mayGoOn, now);
      for (let from = 0; from < tasks.length; from += MOST_MEMBERS) {
        const some = tasks.slice(from, from + MOST_MEMBERS);
        const brought = (await may())
          ? await bringSome(() => audienceOf(company), some, { now, may })
          : outcomeOfAll(some, SPARED);
        for (const [key, outcome] of brought) outcomes.set(key, outcome);
      }
      return outcomes;
    },
  };
}

const SPARED: BulkOutcome = { kind: 'waits', code: 'mailchimp.spared' };

async function bringSome(
  openAudience: () => Promise<Audience>,
  tasks: readonly BulkTask[],
  { now, may }: { readonly now: () => Date; readonly may: () => Promise<boolean> },
): Promise<BulkOutcomes> {
  try {
    const planned = plansFor(tasks);
    const outcomes = new Map(
      planned.flatMap((plan) => ('outcome' in plan ? [[plan.task.guest.key, plan.outcome]] : [])),
    );
    const plans = planned.filter((plan) => 'to' in plan);
    if (plans.length === 0) return outcomes;
    const audience = await openAudience();
    const replies = await writeMembers(audience, plans);
    await eachOf(plans, async (plan) => {
      const reply = replies.get(plan.to.email.toLowerCase()) ?? { kind: 'refused' };
      outcomes.set(plan.task.guest.key, (await may()) ? await conclude(plan, reply, audience, now()) : SPARED);
    });
    return outcomes;
  } catch (error) {
    return outcomeOfAll(tasks, failed(error));
  }
}

function outcomeOfAll(tasks: readonly BulkTask[], outcome: BulkOutcome): Map<GuestKey, BulkOutcome> {
  return new Map(tasks.map(({ guest }) => [guest.key, outcome]));
}

/** Later; or one by one, so that each booking is parked with its own reason. */
function failed(error: unknown): BulkOutcome {
  if (error instanceof RetryableError) return { kind: 'waits', code: error.code };
  if (error instanceof PermanentError) return { kind: 'left', code: error.code };
  throw error;
}

interface Write {
  readonly task: BulkTask;
  readonly to: Addressee;
  readonly kept: Kept;
}
type Plan = Write | { readonly task: BulkTask; readonly outcome: BulkOutcome };

/** Whom to write to. What is more than adding or updating a contact is left to the path that takes one at a time. */
function plansFor(tasks: readonly BulkTask[]): Plan[] {
  const taken = new Set<string>();
  return tasks.map((task): Plan => {
    const kept = readKept(task.guest.kept);
    const to = addresseeFor(task, kept);
    const done: BulkOutcome = { kind: 'brought', links: new Map() };
    if (!task.settings.mailchimp.enabled || to === undefined) return { task, outcome: done };
    const hash = subscriberHash(to.email);
    if (kept.forgotten.includes(hash)) return { task, outcome: done };
    const moved = kept.email !== undefined && kept.email !== to.email;
    const withdrawn = task.bookings.some(({ record }) => isWithdrawn(record, freshChanges(record)));
    if (moved || withdrawn) return { task, outcome: { kind: 'left', code: 'mailchimp.not-simple' } };
    // Two guests who share an address are one contact: the second is written after the first.
    if (taken.has(hash)) return { task, outcome: { kind: 'left', code: 'mailchimp.address-shared' } };
    taken.add(hash);
    return { task, to, kept };
  });
}

/** As if the bookings came one after the other: the latest one's address, else that of the last one to have any. */
function addresseeFor({ guest, bookings }: BulkTask, kept: Kept): Addressee | undefined {
  const byTime = bookings.map(({ record }) => record).toSorted((a, b) => madeAt(b).localeCompare(madeAt(a)));
  const [current] = byTime.filter(({ booking }) => booking.contact.email !== null);
  return addresseeOf(guest.latest.booking, current?.booking, kept.email);
}

function madeAt({ booking, firstSeenAt }: BookingRecord): string {
  return booking.createdAt?.instant ?? firstSeenAt;
}

/**
 * New contacts are added with their status; whoever turns out to be there already is then updated without one. So no
 * contact's consent can be overwritten, not even one that changes between the two calls.
 */
async function writeMembers(audience: Audience, plans: readonly Write[]): Promise<ReadonlyMap<string, BulkReply>> {
  const bodies = new Map<Write, MemberBody>();
  for (const plan of plans) {
    bodies.set(plan, await memberBodyOf({ audience, withdrawn: false, ...plan.task }, plan.to));
  }
  const replies = new Map<string, BulkReply>();
  const strangers = plans.filter(({ kept }) => kept.email === undefined);
  const toAdd = strangers.flatMap((plan) => bodies.get(plan) ?? []);
  if (toAdd.length > 0) {
    const members = toAdd.map(({ status_if_new: status, ...member }) => ({ ...member, status }));
    for (const [email, reply] of await audience.addMembers(members)) replies.set(email, reply);
  }
  const toUpdate = plans
    .filter(({ kept, to }) => kept.email !== undefined || replies.get(to.email.toLowerCase())?.kind === 'exists')
    .flatMap((plan) => bodies.get(plan) ?? []);
  if (toUpdate.length > 0) {
    const members = toUpdate.map(({ status_if_new: _, ...member }) => member);
    for (const [email, reply] of await audience.updateMembers(members)) replies.set(email, reply);
  }
  return replies;
}

async function conclude(
  { task, to, kept }: Write,
  reply: BulkReply,
  audience: Audience,
  now: Date,
): Promise<BulkOutcome> {
  if (reply.kind !== 'written') return { kind: 'left', code: 'mailchimp.rejected' };
  const { guest, policies, keep } = task;
  const bookings = task.bookings.flatMap(({ sale }) => sale.chain.map(({ booking }) => booking));
  const sync = {
    guest,
    policies,
    bookings: [guest.latest.booking, ...bookings],
    audience,
    keep,
    now,
    about: 'history',
  } as const;
  try {
    await writeTags(sync, kept, to.email, reply.member);
  } catch (error) {
    return failed(error);
  }
  noteActs(task, reply.member);
  return { kind: 'brought', links: linksFor(task, reply.member) };
}

function linksFor({ bookings }: BulkTask, member: Member): Map<string, Record<string, string>> {
  return new Map(bookings.map(({ record }) => [record.uuid, linksOf(member)]));
}

/** Asks again only after a while. */
function nowAndThen(ask: () => Promise<boolean>, now: () => Date): () => Promise<boolean> {
  let held: { readonly answer: Promise<boolean>; readonly until: number } | undefined;
  return async () => {
    const at = now().getTime();
    if (held === undefined || at >= held.until) held = { answer: ask(), until: at + ASKED_EVERY_MS };
    return await held.answer;
  };
}

/** Does the work for all, on a few connections at once. */
async function eachOf<One>(all: readonly One[], work: (one: One) => Promise<void>): Promise<void> {
  const left = all.values();
  const worker = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}
