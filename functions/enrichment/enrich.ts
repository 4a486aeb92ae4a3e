import type { Booking } from '../../shared/booking/booking.ts';
import { type Change, deriveChanges } from '../../shared/booking/changes.ts';
import type { GuestKey } from '../../shared/guest/guest-key.ts';
import type { GuestsTable } from '../../shared/guest/guests-table.ts';
import { type BookingSummary, profileOf, summarise } from '../../shared/guest/profile.ts';
import type { Log, Meter } from '../../shared/observability/logger.ts';
import type { BookingRecord, SyncState } from '../../shared/records/booking-record.ts';
import type { BookingsTable } from '../../shared/records/bookings-table.ts';
import type { CompanySettings } from '../../shared/settings/settings.ts';
import type { Understanding } from '../../shared/understanding/understanding.ts';
import type { Commit } from './commit.ts';
import { type Identities, resolveGuest } from './guest-identity.ts';
import { appendChanges, carryOver, guestChanges, guestsLeft, wordChanges } from './history.ts';
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
}

/**
 * Brings one observation of a booking into the records: nothing changed → sinks that lag are hinted, and that is all;
 * else changes → guest → understanding → the next version, written on condition → hints.
 */
export async function enrich(observation: Observation, deps: EnrichDeps): Promise<void> {
  const before = await deps.bookings.read(observation.booking.uuid);
  if (before !== undefined && isOldNews(observation, before)) return await hintLagging(before, deps);
  const booking = carryOver(before?.booking, observation.booking);
  const changes = deriveChanges(before?.booking, booking);
  if (before !== undefined && changes.length === 0) return await hintLagging(before, deps);
  const guestKey = await findGuest(booking, before, deps);
  const next = await nextVersion({ ...observation, booking }, { before, changes, guestKey }, deps);
  await deps.commit(next, before);
  const { uuid, version, company } = next;
  deps.log.info('booking.changed', { uuid, version, company, changes: changes.map(({ kind }) => kind).join(' ') });
  await hintSinks(deps.sinks, next, deps);
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
    return (progress?.version ?? 0) < record.version && progress?.parkedVersion !== record.version;
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
}

async function nextVersion(observation: Observation, step: Step, deps: EnrichDeps): Promise<BookingRecord> {
  const { booking, unusable, source, receivedAt, settings } = observation;
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
    settings,
    now,
    bookedAt: summary.bookedAt,
  });
  const version = (before?.version ?? 0) + 1;
  const changes = [
    ...step.changes,
    ...guestChanges(before?.guestKey, guestKey),
    ...wordChanges(before?.understanding.signals, understanding.signals),
  ];
  const sync = progressOf(before, at, deps.sinks);
  const added = changes.map((change) => ({ version, at, change }));
  return {
    uuid: booking.uuid,
    company: booking.company.shortname,
    version,
    guestKey,
    booking,
    understanding,
    changes: appendChanges(before?.changes ?? [], added, sync),
    unusable: [...unusable],
    source,
    firstSeenAt,
    changedAt: at,
    receivedAt,
    sync,
  };
}

/** Every sink's progress; a sink that is new to the record has synced nothing yet. */
function progressOf(before: BookingRecord | undefined, at: string, sinks: readonly string[]): BookingRecord['sync'] {
  const none: SyncState = { version: 0, at, state: 'synced' };
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
