import type { SyncState } from './booking-record.ts';

/** Why a record stands in the index of records that somebody or something must still look at. */
export type Attention = 'lagging' | 'parked';

/**
 * What the record's `attention` attribute should be: `lagging` while a sink still has to reach the version,
 * `parked` when all that are behind were refused for good, undefined when every sink is there.
 */
export function attentionOf(version: number, sync: Readonly<Record<string, SyncState>>): Attention | undefined {
  const behind = Object.values(sync).filter((state) => state.version < version);
  if (behind.length === 0) return undefined;
  return behind.every(({ state, parkedVersion }) => state === 'parked' && parkedVersion === version)
    ? 'parked'
    : 'lagging';
}
