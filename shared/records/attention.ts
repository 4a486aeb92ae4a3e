import type { Attention, BookingRecord, SyncState } from './booking-record.ts';
import { isBulkMark } from './bulk-mark.ts';

/** What the rules here need of a record. */
export type Standing = Pick<BookingRecord, 'version' | 'sync' | 'quietThrough'>;

/** Whether the sink refused this version for good, and nobody has asked for another try since. */
export function isParked(version: number, { state, parkedVersion, rewrite }: SyncState): boolean {
  return rewrite === undefined && state === 'parked' && parkedVersion === version;
}

/** Whether the sink has to bring the record: it does not hold the version, or must write what it holds again. */
export function isBehind(version: number, state: SyncState): boolean {
  if (isParked(version, state)) return false;
  return state.version < version || state.rewrite !== undefined;
}

/** Whether all that is known of the booking is history (see `quietThrough`): it has not changed since. */
export function isHistory({ version, quietThrough = 0 }: Pick<Standing, 'version' | 'quietThrough'>): boolean {
  return version <= quietThrough;
}

/** The version through which the sink has told of changes, or must not: only later ones make a Case or an event. */
export function toldThrough({ sync, quietThrough = 0 }: Pick<Standing, 'sync' | 'quietThrough'>, sink: string): number {
  return Math.max(sync[sink]?.version ?? 0, quietThrough);
}

/**
 * Whether a sink still has to tell of a change that is no history. While it has, `quietThrough` must not be raised:
 * the Case or event for that change would never be made.
 */
export function hasUntold(record: Standing): boolean {
  return Object.keys(record.sync).some((sink) => toldThrough(record, sink) < record.version);
}

/**
 * What the record's `attention` attribute should be: `lagging` while a sink still has to bring it; `backfill` while
 * that waits for a bulk write, and no hint is to be sent, as the booking is history and nobody asked for another
 * write; `parked` when only sinks are left that refused it for good; undefined when every sink is there.
 */
export function attentionOf({ version, sync, quietThrough }: Standing): Attention | undefined {
  const states = Object.values(sync);
  const behind = states.filter((state) => isBehind(version, state));
  if (behind.length === 0) return states.some((state) => isParked(version, state)) ? 'parked' : undefined;
  const waits =
    isHistory({ version, quietThrough }) && behind.every(({ rewrite }) => rewrite === undefined || isBulkMark(rewrite));
  return waits ? 'backfill' : 'lagging';
}
