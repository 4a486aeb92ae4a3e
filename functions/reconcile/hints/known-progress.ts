import type { AttentionEntry } from '../../../shared/records/attention-index.ts';
import { type EntryWithProgress, joined, type RecordProgress } from '../../../shared/records/read-progress.ts';

/** Reads how far these records are, by uuid. */
export type ReadProgress = (uuids: readonly string[]) => Promise<ReadonlyMap<string, RecordProgress>>;

/** Records looked up in one run: 1,000 read units and about a second. Of more, each has its turn within some minutes. */
const MOST_READ = 2000;

/**
 * Gives those of the entries whose progress is known, in their order: all of them while they are few. In an outage, the
 * ones that were never looked up come first, the longest waiting before others, then those looked up longest ago; what
 * was seen of the rest in a run before still holds for hints and figures. What is not known yet waits for its turn.
 */
export function knownProgress(
  read: ReadProgress,
): (entries: readonly AttentionEntry[]) => Promise<EntryWithProgress[]> {
  let known = new Map<string, RecordProgress & { readonly run: number }>();
  let run = 0;
  return async (entries) => {
    run += 1;
    // Of another version nothing is known.
    const runOf = ({ uuid, version }: AttentionEntry) => {
      const held = known.get(uuid);
      return held?.version === version ? held.run : 0;
    };
    const turn = entries.toSorted((a, b) => runOf(a) - runOf(b)).slice(0, MOST_READ);
    const looked = await read(turn.map(({ uuid }) => uuid));
    const listed = new Set<string>(entries.map(({ uuid }) => uuid));
    known = new Map([...known].filter(([uuid]) => listed.has(uuid)));
    for (const [uuid, progress] of looked) known.set(uuid, { ...progress, run });
    return joined(entries, known);
  };
}
