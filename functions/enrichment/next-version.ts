import type { Change } from '../../shared/booking/changes.ts';
import { summarise } from '../../shared/guest/booking-summary.ts';
import type { GuestKey } from '../../shared/guest/guest-key.ts';
import { profileOf } from '../../shared/guest/profile.ts';
import { isHistory } from '../../shared/records/attention.ts';
import type { BookingRecord, SyncState } from '../../shared/records/booking-record.ts';
import type { CompanySettings } from '../../shared/settings/settings.ts';
import type { Entered } from './guest-ledger.ts';
import { appendChanges, digestOfWords, guestChanges, numberChanges, wordChanges } from './history.ts';
import type { EnrichDeps, Manner, Observation } from './observation.ts';

/** What leads to the next version of a record. */
export interface Step {
  readonly before: BookingRecord | undefined;
  readonly changes: readonly Change[];
  readonly guestKey: GuestKey;
  /** The guest has booked nothing yet, as far as can be told without looking. */
  readonly isNewGuest?: boolean;
  readonly earlierStates: string[];
}

/** The next version of a booking's record, and what it makes of its guest's history. Nothing is written yet. */
export async function nextVersion(
  observation: Observation & { readonly manner: Manner },
  step: Step,
  deps: EnrichDeps,
): Promise<{ readonly draft: BookingRecord; readonly entered: Entered }> {
  const { booking, unusable, source, receivedAt, manner } = observation;
  const { before, guestKey, isNewGuest = false } = step;
  const now = deps.now();
  const at = now.toISOString();
  const firstSeenAt = before?.firstSeenAt ?? at;
  const summary = summarise(booking, firstSeenAt);
  const stood = before && { guestKey: before.guestKey, rebookedFrom: before.booking.rebookedFrom };
  const entered = await deps.guests.enter({ guestKey, summary, before: stood, isNewGuest }, at);
  const understanding = await deps.understand({
    booking,
    profile: profileOf(entered.totals, at),
    previous: before?.understanding,
    settings: isHistoryTo(manner, before) ? readByRules(observation.settings, before) : observation.settings,
    now,
    bookedAt: summary.bookedAt,
    again: manner === 'again',
  });
  const version = (before?.version ?? 0) + 1;
  const changes = [
    ...step.changes,
    ...guestChanges(before?.guestKey, guestKey),
    ...(manner === 'again'
      ? []
      : wordChanges(before?.understanding.signals, understanding.signals, digestOfWords(booking))),
  ];
  const sync = progressOf(
    before,
    { at, attempting: mayBeKnown(observation, before, now) ? version : undefined },
    deps.sinks,
  );
  const earlier = before?.changes ?? [];
  const added = numberChanges(earlier, changes, { version, at });
  // Another look at history leaves it history, though its version rises.
  const quietThrough = isHistoryTo(manner, before) ? version : before?.quietThrough;
  const draft: BookingRecord = {
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
  return { draft, entered };
}

/** Whether the booking is history in this manner: a look at what is held leaves it what it was. */
function isHistoryTo(manner: Manner, before: BookingRecord | undefined): boolean {
  if (manner === 'again') return before !== undefined && isHistory(before);
  return manner !== 'live';
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
