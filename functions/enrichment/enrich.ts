import type { Booking } from '../../shared/booking/booking.ts';
import { type Change, deriveChanges } from '../../shared/booking/changes.ts';
import { RetryableError } from '../../shared/errors/errors.ts';
import { GUEST_MOVED } from '../../shared/guest/guest-moved.ts';
import { errorFacts } from '../../shared/observability/logger.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import { hasUntold, isBehind } from '../../shared/records/attention.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import { addState, stateOf } from './earlier-states.ts';
import { type FoundGuest, resolveGuest } from './guest-identity.ts';
import type { Entered } from './guest-ledger.ts';
import { carryOver, guestsLeft } from './history.ts';
import { nextVersion, type Step } from './next-version.ts';
import type { EnrichDeps, Manner, Observation } from './observation.ts';
import { saysTheSame } from './says-the-same.ts';

/** Whether the observation led to a new version of the record. */
export type Outcome = 'changed' | 'unchanged';

/**
 * Brings one observation of a booking into the records: nothing changed → sinks that lag are hinted, and that is all;
 * else changes → guest → understanding → the next version, written on condition → what was decided about it → hints.
 * @returns whether there is a new version.
 */
export async function enrich(observation: Observation, deps: EnrichDeps): Promise<Outcome> {
  const before = await deps.bookings.read(observation.booking.uuid);
  await finishEarlierTry(before, observation.receives, deps);
  if (before !== undefined && isOldNews(observation, before)) return await leave(observation, before, deps);
  const booking = carryOver(before?.booking, observation.booking);
  const changes = deriveChanges(before?.booking, booking);
  if (before !== undefined && changes.length === 0) return await leave(observation, before, deps);
  return await advance(observation, { before, booking, changes }, deps);
}

/**
 * Looks again at a booking as it is held: what is understood of it, and what may be done with that, is made anew.
 * @returns whether that led to a new version; `unknown` where nothing is held of the booking for this company.
 */
export async function enrichAgain(
  { uuid, company, settings, receives }: LookAgain,
  deps: EnrichDeps,
): Promise<Outcome | 'unknown'> {
  const before = await deps.bookings.read(uuid);
  if (before === undefined || before.company !== company) return 'unknown';
  await finishEarlierTry(before, receives, deps);
  const { booking, unusable, source, receivedAt } = before;
  const observation = { booking, unusable, source, receivedAt, receives, settings, manner: 'again' } as const;
  return await advance(observation, { before, booking, changes: [] }, deps);
}

/** A wish to look again, as its message tells of it. */
export interface LookAgain extends Pick<Observation, 'settings' | 'receives'> {
  readonly uuid: string;
  readonly company: string;
}

/**
 * A message that comes again may be one whose try ended between writing a version and appending what was decided about
 * it. Whatever this try makes of the booking, that version's entry stands first.
 */
async function finishEarlierTry(before: BookingRecord | undefined, receives: number, deps: EnrichDeps): Promise<void> {
  if (before !== undefined && receives > 1) await deps.noteDecided(before);
}

interface Compared {
  readonly before: BookingRecord | undefined;
  readonly booking: Booking;
  readonly changes: readonly Change[];
}

/** Makes and writes the next version, and tells the sinks. */
async function advance(observation: Observation, compared: Compared, deps: EnrichDeps): Promise<Outcome> {
  const { before, booking, changes } = compared;
  const manner = mannerOf(observation, before);
  const state = stateOf(observation.booking);
  const earlierStates = manner === 'again' ? (before?.earlierStates ?? []) : addState(before?.earlierStates, state);
  const step = { before, changes, earlierStates };
  const next = await write({ ...observation, booking, manner }, step, deps);
  if (next === undefined) return before === undefined ? 'unchanged' : await leave(observation, before, deps);
  await deps.noteDecided(next);
  const { uuid, version, company } = next;
  const kinds = changes.map(({ kind }) => kind).join(' ');
  deps.log.info('booking.changed', { uuid, version, company, changes: kinds, manner });
  if (observation.source === 'webhook' && manner !== 'again' && before?.earlierStates?.includes(state)) {
    // A person took an edit back, or somebody sends an old webhook again: without FareHarbor nobody can tell.
    deps.meter.count(METRIC.bookingReturned);
    deps.log.warn('booking.returned', { uuid, version, company });
  }
  if (manner !== 'bulk') await hintSinks(deps.sinks, next, deps);
  return 'changed';
}

/** A guest's bookings are changed by several at once; more of them than this are seldom in each other's way. */
const WRITE_TRIES = 6;

/**
 * Makes the next version and writes it, with its guest's identity where that is new. Where another booking of the guest
 * was changed meanwhile, or has got the identity, it is made anew: whose it is, the guest's history, and with it what is
 * understood, are other than they were.
 * @returns undefined where nothing happened to the booking and nothing else is made of it than before.
 * @throws RetryableError when the record was changed meanwhile, or the guest's history each time.
 */
async function write(
  observation: Observation & { readonly manner: Manner },
  step: Omit<Step, 'guestKey' | 'isNewGuest'>,
  deps: EnrichDeps,
): Promise<BookingRecord | undefined> {
  const { before } = step;
  for (let tries = 1; ; tries += 1) {
    try {
      const guest = await findGuest(observation.booking, before, deps);
      const { guestKey, claims } = guest;
      // Refused once, a guest who seemed to be new is looked at.
      const isNewGuest = guest.isNew && tries === 1;
      const { draft, entered } = await nextVersion(observation, { ...step, guestKey, isNewGuest }, deps);
      const next = await deps.decide(draft, before);
      if (observation.manner === 'again' && before !== undefined && saysTheSame(next, before)) return undefined;
      const guests = entered.changes.map(({ after }) => after);
      const claim = claims === undefined ? [] : [deps.identities.claim(claims, guestKey)];
      await deps.commit(next, before, [...claim, ...entered.writes, ...(await deps.alongside(next, before, guests))]);
      await tellStanding(entered, next, deps);
      return next;
    } catch (error) {
      if (!(error instanceof RetryableError) || error.code !== GUEST_MOVED || tries >= WRITE_TRIES) throw error;
      await deps.pause(tries);
    }
  }
}

/** What an operator's guests are like as a whole is not made wrong by one that was not counted. */
async function tellStanding({ changes }: Entered, { uuid, company }: BookingRecord, deps: EnrichDeps): Promise<void> {
  try {
    for (const { before, after } of changes) await deps.noteStanding(before, after, company);
  } catch (error) {
    deps.log.warn('standing.not-noted', { uuid, company, ...errorFacts(error) });
  }
}

/**
 * A change nobody was told of yet is not made history by what a backfill finds on top of it. And a booking that the
 * destinations may hold already is brought one by one: it may have left a guest who then needs a look, too.
 */
function mannerOf({ manner = 'live' }: Observation, before: BookingRecord | undefined): Manner {
  if (before === undefined || manner === 'live' || manner === 'again') return manner;
  return hasUntold(before) ? 'live' : 'quiet';
}

/** Nothing is new; what is not on its way yet is sent on it, but for what waits for a bulk write anyway. */
async function leave({ manner }: Observation, before: BookingRecord, deps: EnrichDeps): Promise<Outcome> {
  if (manner !== 'bulk') await hintLagging(before, deps);
  return 'unchanged';
}

/**
 * Whether a body is surely older than what we hold.
 *
 * A queue may give out again what was done: a body that came before the one we hold was looked at before it, in the
 * order of its group. Taken for news, it would undo that one for a moment, and a cancellation would happen twice.
 * On its first receive the newest receipt counts, whatever the clocks of ingest say; but a booking once rebooked stays
 * so for ever at FareHarbor, and a body that says otherwise was written before.
 */
function isOldNews({ source, receives, receivedAt, booking }: Observation, before: BookingRecord): boolean {
  if (source === 'api') return false;
  if (before.booking.status === 'rebooked' && booking.status !== 'rebooked') return true;
  return receives > 1 && receivedAt < before.receivedAt;
}

/** What a webhook leads to that tells of nothing new: whatever an earlier try of it has left undone. */
export async function leaveAsItIs(record: BookingRecord, receives: number, deps: EnrichDeps): Promise<void> {
  await finishEarlierTry(record, receives, deps);
  await hintLagging(record, deps);
}

/** A crash between writing and hinting looks like a duplicate when the message comes again: it must still hint. */
async function hintLagging(record: BookingRecord, deps: EnrichDeps): Promise<void> {
  const lagging = deps.sinks.filter((sink) => {
    const progress = record.sync[sink];
    return progress === undefined || isBehind(record.version, progress);
  });
  await hintSinks(lagging, record, deps);
  const { uuid, version, company } = record;
  deps.log.info('booking.unchanged', { uuid, version, company, lagging: lagging.join(' ') });
}

async function findGuest(booking: Booking, before: BookingRecord | undefined, deps: EnrichDeps): Promise<FoundGuest> {
  const earlier = before && {
    guestKey: before.guestKey,
    booking: before.booking,
    bookingsOfGuest: () => deps.guests.countBookings(before.guestKey, deps.now().toISOString()),
  };
  return await resolveGuest(booking, earlier, deps.identities);
}

/**
 * Hints each sink. Where the booking went to another guest, the one it left needs a look as well, and is hinted first:
 * a sink that follows the booking's own hint is no longer behind, and a crash between the two would go unnoticed.
 */
async function hintSinks(sinks: readonly string[], record: BookingRecord, deps: EnrichDeps): Promise<void> {
  const hintSink = async (sink: string): Promise<void> => {
    const left = guestsLeft(record.changes, record.sync[sink]?.version ?? 0);
    const others = left.filter((guestKey) => guestKey !== record.guestKey);
    await Promise.all(others.map((guestKey) => deps.hint(sink, record, guestKey)));
    if (deps.hintSoon === undefined) await deps.hint(sink, record, record.guestKey);
    else deps.hintSoon(sink, record);
  };
  await Promise.all(sinks.map(hintSink));
}
