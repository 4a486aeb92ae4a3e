import type { Hint } from '../../../shared/fifo/hint.ts';
import { isOpen } from '../../../shared/gate/circuit/circuit.ts';
import { type Gate, isShut } from '../../../shared/gate/gate.ts';
import type { Log, Meter } from '../../../shared/observability/logger.ts';
import { METRIC, type MetricName } from '../../../shared/observability/metric-names.ts';
import type { AttentionEntry } from '../../../shared/records/attention-index.ts';
import type { Attention, SinkName } from '../../../shared/records/booking-record.ts';
import type { EntryWithProgress } from '../../../shared/records/read-progress.ts';
import { type Backoff, backoff } from './backoff.ts';
import { knownProgress, type ReadProgress } from './known-progress.ts';
import { isBehind, sinksToHint } from './sinks-to-hint.ts';

export interface ReconcileDeps {
  readonly sinks: readonly SinkName[];
  /** The records in the index for this reason, unchanged since before that time, the longest unchanged first. */
  readonly listEntries: (attention: Attention, changedBefore?: string) => Promise<readonly AttentionEntry[]>;
  readonly readProgress: ReadProgress;
  /** What stands between the sinks and their vendors. */
  readonly readGate: () => Promise<Gate>;
  readonly hint: (sink: SinkName, hint: Hint) => Promise<void>;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/** A record that changed less than this ago, in milliseconds, still has its first hints on their way. */
const SETTLED_MS = 2 * 60_000;
/** A record that waits so long for a bulk write, in milliseconds, waits for a backfill that nobody goes on with. */
const FORGOTTEN_MS = 24 * 3_600_000;
/** Hints of one run over all sinks: a few seconds' work, well within the function's timeout. */
const MOST_HINTS = 1000;
const HINTS_AT_ONCE = 20;

/** The alarm on a sink's age has to know its metric by name, so each sink has one of its own. */
const UNSYNCED_AGE: Readonly<Record<SinkName, MetricName>> = {
  crm: METRIC.crmUnsyncedAge,
  marketing: METRIC.marketingUnsyncedAge,
};

/**
 * Makes the run that the schedule starts: hints that got lost are sent again, so that what was once written down
 * arrives even if no webhook ever comes again (invariant 1); and how far behind the sinks are becomes metrics.
 * A sink that refused a version for good is left alone, and so is one that is paused or whose vendor fails.
 */
export function reconciler(deps: ReconcileDeps): () => Promise<void> {
  const waits = backoff();
  const withProgress = knownProgress(deps.readProgress);
  return async () => {
    const forgottenBefore = new Date(deps.now().getTime() - FORGOTTEN_MS).toISOString();
    const [hinted, forgotten, parked, gate] = await Promise.all([
      deps.listEntries('lagging'),
      deps.listEntries('backfill', forgottenBefore),
      deps.listEntries('parked'),
      deps.readGate(),
    ]);
    const lagging = [...hinted, ...forgotten].sort((a, b) => a.changedAt.localeCompare(b.changedAt));
    const known = await withProgress(lagging);
    measure({ lagging: lagging.length, parked: parked.length, known }, gate, deps);
    await hintAgain(known, gate, waits, deps);
  };
}

interface Standing {
  readonly lagging: number;
  readonly parked: number;
  /** Those of the lagging records whose progress is known, the longest unchanged first. */
  readonly known: readonly EntryWithProgress[];
}

function measure(
  { lagging, parked, known }: Standing,
  { pauses, circuits }: Gate,
  { sinks, log, meter, now }: ReconcileDeps,
): void {
  const at = now().getTime();
  const paused = new Set(pauses.map(({ id }) => id)).size;
  const open = circuits.filter((circuit) => isOpen(circuit, at)).length;
  meter.count(METRIC.bookingsLagging, lagging);
  meter.count(METRIC.bookingsParked, parked);
  meter.count(METRIC.sinksPaused, paused);
  meter.count(METRIC.circuitsOpen, open);
  for (const sink of sinks) {
    const oldest = known.find((entry) => isBehind(entry, sink));
    const age = oldest === undefined ? 0 : Math.max(0, at - Date.parse(oldest.changedAt));
    const metric = UNSYNCED_AGE[sink];
    if (metric !== undefined) meter.duration(metric, age);
  }
  log.info('reconcile.looked', { lagging, parked, paused, open });
}

async function hintAgain(
  lagging: readonly EntryWithProgress[],
  gate: Gate,
  waits: Backoff,
  { sinks, hint, log, now }: ReconcileDeps,
): Promise<void> {
  const at = now().getTime();
  const due = lagging
    .filter(({ changedAt }) => at - Date.parse(changedAt) >= SETTLED_MS)
    .flatMap((entry) => sinksToHint(entry, sinks).map((sink) => ({ entry, sink, key: keyOf(entry, sink) })));
  waits.keepOnly(due.map(({ key }) => key));
  const chosen = due
    .filter(({ sink, key, entry }) => !isShut(gate, sink, entry.company, at) && waits.isOver(key, at))
    .slice(0, MOST_HINTS);
  const failures: unknown[] = [];
  for (let next = 0; next < chosen.length; next += HINTS_AT_ONCE) {
    const sent = chosen.slice(next, next + HINTS_AT_ONCE).map(async ({ entry, sink, key }) => {
      await hint(sink, hintOf(entry));
      waits.note(key, at);
    });
    for (const result of await Promise.allSettled(sent)) {
      if (result.status === 'rejected') failures.push(result.reason);
    }
  }
  const hints = chosen.length - failures.length;
  if (chosen.length > 0) log.info('reconcile.hinted', { hints, due: due.length });
  // One queue that takes nothing must not keep another sink's hints back; but somebody has to hear of it.
  if (failures.length > 0) throw failures[0];
}

function keyOf({ uuid, version }: AttentionEntry, sink: SinkName): string {
  return `${sink} ${uuid} ${version}`;
}

/** The index does not hold when the webhook came; when the record changed comes nearest, and decides nothing. */
function hintOf({ uuid, guestKey, company, version, changedAt }: AttentionEntry): Hint {
  return { uuid, guestKey, company, version, receivedAt: changedAt };
}
