import { isBehind as isBehindIn } from '../../../shared/records/attention.ts';
import type { SinkName } from '../../../shared/records/booking-record.ts';
import type { EntryWithProgress } from '../../../shared/records/read-progress.ts';

/** Whether the sink still has to bring the record. */
export function isBehind({ version, sync }: EntryWithProgress, sink: SinkName): boolean {
  const state = sync[sink];
  return state !== undefined && isBehindIn(version, state);
}

/**
 * The sinks that a lagging record has to be shown to again. Where none is behind, a process died between noting its
 * progress and taking the record out of the index: any sink puts that right when it looks, best one that has nothing
 * else to do.
 */
export function sinksToHint(entry: EntryWithProgress, sinks: readonly SinkName[]): SinkName[] {
  const known = sinks.filter((sink) => entry.sync[sink] !== undefined);
  const behind = known.filter((sink) => isBehind(entry, sink));
  if (behind.length > 0) return behind;
  const done = known.find((sink) => (entry.sync[sink]?.version ?? 0) >= entry.version);
  return [done ?? known[0]].filter((sink) => sink !== undefined);
}
