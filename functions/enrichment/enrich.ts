import type { Booking } from '../../shared/booking/booking.ts';
import { type Change, deriveChanges } from '../../shared/booking/changes.ts';
import type { GuestKey } from '../../shared/guest/guest-key.ts';
import type { GuestsTable } from '../../shared/guest/guests-table.ts';
import { type BookingSummary, profileOf, summarise } from '../../shared/guest/profile.ts';
import type { Log, Meter } from '../../shared/observability/logger.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import { hasUntold, isBehind } from '../../shared/records/attention.ts';
import type { BookingRecord, SyncState } from '../../shared/records/booking-record.ts';
import type { BookingsTable } from '../../shared/records/bookings-table.ts';
import type { CompanySettings } from '../../shared/settings/settings.ts';
import type { Understanding } from '../../shared/understanding/understanding.ts';
import type { Commit } from './commit.ts';
import { addState, stateOf } from './earlier-states.ts';
import { type Identities, resolveGuest } from './guest-identity.ts';
import {
  appendChanges,
  carryOver,
  digestOfWords,
  guestChanges,
  guestsLeft,
  numberChanges,
  wordChanges,
} from './history.ts';
import type { UnderstandInput } from './understanding/understand.ts';

export interface EnrichDeps {
  readonly bookings: Pick<BookingsTable, 'read'>;
  readonly guests: Pick<GuestsTable, 'read'>;
  readonly identities: Identities;
  readonly commit: Commit;
  readonly understand: (input: UnderstandInput) => Promise<Understanding>;
  /** Tells a sink to look at the booking, in the order of this guest. */
  readonly hint: (sink: string, record: BookingRecord, guestKey: GuestKey) => Promise<void>;
  /** Names of all sinks. */
  readonly sinks: readonly string[];
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/** A booking as FareHarbor now has it, ready to be compared with what we hold. */
export interface Observation {
  readonly booking: Booking;
  readonly unusable: readonly string[];
  readonly source: BookingRecord['source'];
  /** When the webhook reached us. */
  readonly receivedAt: string;
  /** How often the queue has given the webhook out, this time included. */
  readonly receives: number;
  readonly settings: CompanySettings;
  /** `live` where nothing is said. */
  readonly manner?: Manner;
  /** FareHarbor was asked of our own accord: no webhook told of it just now. */
  readonly unprompted?: boolean;
}

/**
 * How loudly a new version is told:
 * - `live`: everything a change starts is started;
 * - `quiet`: the change is history; the destinations are brought up to date, but nothing is started;
 * - `bulk`: the same, and the destinations wait for a bulk write instead of being hinted.
 */
export type Manner = 'live' | 'quiet' | 'bulk';

/** Whether the observation led to a new version of the record. */
export type Outcome = 'changed' | 'unchanged';

/**
 * Brings one observation of a booking into the records: nothing changed → sinks that lag are hinted, and that is all;
 * else changes → guest → understanding → the next version, written on condition → hints.
 * @returns whether there is a new version.
 */
export async function enrich(observation: Observation, deps: EnrichDeps): Promise<Outcome> {
  const before = await deps.bookings.read(observation.booking.uuid);
  if (before !== undefined && isOldNews(observation, before)) return await leave(observation, before, deps);
  const booking = carryOver(before?.booking, observation.booking);
  const changes = deriveChanges(before?.booking, booking);
  if (before !== undefined && changes.length === 0) return await leave(observation, before, deps);
  const guestKey = await findGuest(booking, before, deps);
  const manner = mannerOf(observation, before);
  const state = stateOf(observation.booking);
  const step = { before, changes, guestKey, earlierStates: addState(before?.earlierStates, state) };
  const next = await nextVersion({ ...observation, booking, manner }, step, deps);
  await deps.commit(next, before);
  const { uuid, version, company } = next;
  const kinds = changes.map(({ kind }) => kind).join(' ');
  deps.log.info('booking.changed', { uuid, version, company, changes: kinds, manner });
  if (observation.source === 'webhook' && before?.earlierStates?.includes(state)) {
    // A person took an edit back, or somebody sends an old webhook again: without FareHarbor nobody can tell.
    deps.meter.count(METRIC.bookingReturned);
    deps.log.warn('booking.returned', { uuid, version, company });
  }
  if (manner !== 'bulk') await hintSinks(deps.sinks, next, deps);
  return 'changed';
}

/**
 * A change nobody was told of yet is not made history by what a backfill finds on top of it. And a booking that the
 * destinations may hold already is brought one by one: it may have left a guest who then needs a look, too.
 */
function mannerOf({ manner = 'live' }: Observation, before: BookingRecord | undefined): Manner {
  if (before === undefined || manner === 'live') return manner;
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

async function findGuest(booking: Booking, before: BookingRecord | undefined, deps: EnrichDeps): Promise<GuestKey> {
  const earlier = before && {
    guestKey: before.guestKey,
    booking: before.booking,
    bookingsOfGuest: async () => (await deps.guests.read(before.guestKey)).bookings.length,
  };
  return await resolveGuest(booking, earlier, deps.identities);
}

interface Step {
  readonly before: BookingRecord | undefined;
  readonly changes: readonly Change[];
  readonly guestKey: GuestKey;
  readonly earlierStates: string[];
}

async function nextVersion(
  observation: Observation & { readonly manner: Manner },
  step: Step,
  deps: EnrichDeps,
): Promise<BookingRecord> {
  const { booking, unusable, source, receivedAt, manner } = observation;
  const { before, guestKey } = step;
  const now = deps.now();
  const at = now.toISOString();
  const firstSeenAt = before?.firstSeenAt ?? at;
  const summary = summarise(booking, firstSeenAt);
  const others = (await deps.guests.read(guestKey)).bookings.filter(({ uuid }) => uuid !== booking.uuid);
  const understanding = await deps.understand({
    booking,
    profile: profileOf([...others, summary] satisfies BookingSummary[], at),
    previous: before?.understanding,
    settings: manner === 'live' ? observation.settings : readByRules(observation.settings, before),
    now,
    bookedAt: summary.bookedAt,
  });
  const version = (before?.version ?? 0) + 1;
  const changes = [
    ...step.changes,
    ...guestChanges(before?.guestKey, guestKey),
    ...wordChanges(before?.understanding.signals, understanding.signals, digestOfWords(booking)),
  ];
  const sync = progressOf(
    before,
    { at, attempting: mayBeKnown(observation, before, now) ? version : undefined },
    deps.sinks,
  );
  const earlier = before?.changes ?? [];
  const added = numberChanges(earlier, changes, { version, at });
  const quietThrough = manner === 'live' ? before?.quietThrough : version;
  return {
    uuid: booking.uuid,
    company: booking.company.shortname,
    version,
    guestKey,
    booking,
    understanding,
    changes: appendChanges(earlier, added, sync),
    unusable: [...unusable],
    source,
    firstSeenAt,
    changedAt: at,
    receivedAt,
    earlierStates: step.earlierStates,
    sync,
    ...(quietThrough !== undefined && { quietThrough }),
  };
}

/** History is not worth the model's time; what it has read already is kept. */
function readByRules(settings: CompanySettings, before: BookingRecord | undefined): CompanySettings {
  if (before?.understanding.mode === 'model') return settings;
  return { ...settings, model: { ...settings.model, enabled: false } };
}

/** FareHarbor tells of a new booking within minutes, its retries included. */
const NEW_FOR_MS = 10 * 60_000;

/**
 * Whether the destinations may know a booking that we see for the first time, since the table was restored to a time
 * before it: then what was told of it is looked up before anything is told.
 */
function mayBeKnown(
  { booking, unprompted = false }: Observation,
  before: BookingRecord | undefined,
  now: Date,
): boolean {
  if (before !== undefined) return false;
  if (booking.createdAt === null) return unprompted;
  return now.getTime() - Date.parse(booking.createdAt.instant) > NEW_FOR_MS;
}

/**
 * Every sink's progress; a sink that is new to the record has synced nothing yet.
 * @param attempting a version that may have been told of already.
 */
function progressOf(
  before: BookingRecord | undefined,
  { at, attempting }: { readonly at: string; readonly attempting: number | undefined },
  sinks: readonly string[],
): BookingRecord['sync'] {
  const none: SyncState = { version: 0, at, state: 'synced', ...(attempting !== undefined && { attempting }) };
  return { ...Object.fromEntries(sinks.map((sink) => [sink, none])), ...before?.sync };
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
    await deps.hint(sink, record, record.guestKey);
  };
  await Promise.all(sinks.map(hintSink));
}
