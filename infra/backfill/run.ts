import { askInPace, PACE, type Pace } from '../../functions/reconcile/verify/ask-in-pace.ts';
import type { Pending } from '../../shared/webhook/verification.ts';
import type { VerificationList } from '../../shared/webhook/verifications.ts';
import type { BackfillLog, BackfillRange, SavedBackfill } from './backfill-log.ts';
import { type BringingDeps, bringing } from './bringing.ts';
import { type Figures, secondsLeft } from './figures.ts';
import { type ListingDeps, listing } from './listing.ts';

export interface BackfillDeps extends Omit<ListingDeps, 'list' | 'backfills'>, BringingDeps {
  readonly list: VerificationList;
  readonly backfills: BackfillLog;
  /** Has enrichment ask FareHarbor for the booking. */
  readonly ask: (pending: Pending) => Promise<void>;
  readonly pause: (milliseconds: number) => Promise<unknown>;
  readonly pace?: Pace;
  /** Told every second or so. */
  readonly tell: (figures: Figures) => void;
}

/** `finished`: every booking is where it belongs. `stuck`: a destination takes nothing. `stopped`: by the signal. */
export type Ending = 'finished' | 'stuck' | 'stopped';

const TURN_MS = 100;
const TELL_MS = 1_000;
/** The index of what waits is a moment old: only a look so long after the last answer can be the last. */
const SETTLED_MS = 2_000;
/** So long a destination may hold back before we leave the rest to reconcile, or to another run. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Brings all bookings of a company's days: lists them, has those we do not hold verified by enrichment, quietly, and
 * writes what then waits to the destinations in bulk; all three at the same time, with what the budget of calls leaves.
 * What it has done stands in the tables at every moment, so another run of the same days goes on where this one ends.
 * @throws PermanentError when FareHarbor will never answer, with what to do.
 */
export async function runBackfill(range: BackfillRange, deps: BackfillDeps, signal: AbortSignal): Promise<Ending> {
  const { list, backfills, now, pause, tell, pace: { window } = PACE } = deps;
  const lister = listing(await begin(range, deps), deps);
  const bringer = bringing(range.company, deps);
  const verifier = verifying(deps);
  verifier.offer(await leftBehind(range.company, list));
  const startedAt = now().getTime();
  let toldAt = startedAt;
  let ending: Ending | undefined;
  const figures = (): Figures => figuresOf(lister, verifier, bringer, (now().getTime() - startedAt) / 1000);
  while (ending === undefined && !signal.aborted) {
    // As long as there are questions to put, a list would only take their calls.
    if (verifier.toVerify < window) verifier.offer(await lister.turn());
    await verifier.turn();
    const allRead = lister.saved.listedAll && verifier.toVerify === 0;
    const nothingWaits = await bringer.turn(allRead);
    const settled = now().getTime() - Math.max(startedAt, verifier.answeredAt) >= SETTLED_MS;
    if (allRead && nothingWaits && settled) ending = 'finished';
    if (allRead && bringer.stuckMs > PATIENCE_MS) ending = 'stuck';
    if (now().getTime() - toldAt >= TELL_MS) {
      toldAt = now().getTime();
      tell(figures());
    }
    await pause(TURN_MS);
  }
  await bringer.settle();
  tell(figures());
  if (ending === 'finished') await backfills.write({ ...lister.saved, finishedAt: now().toISOString() });
  return ending ?? 'stopped';
}

/** Goes on with an unfinished run, else begins anew. */
async function begin(range: BackfillRange, { backfills, now }: BackfillDeps): Promise<SavedBackfill> {
  const saved = await backfills.read(range);
  if (saved !== undefined && saved.finishedAt === undefined) return saved;
  return { ...range, startedAt: now().toISOString(), listedAll: false, listed: 0, found: 0 };
}

/** What an earlier run noted, and nobody has verified since. */
async function leftBehind(company: string, list: VerificationList): Promise<Pending[]> {
  return (await list.all()).filter((note) => note.company === company && note.reason === 'backfill');
}

interface Verifying {
  readonly verified: number;
  readonly toVerify: number;
  /** When the last answer was seen, in milliseconds. */
  readonly answeredAt: number;
  readonly trouble: string | undefined;
  offer(pendings: readonly Pending[]): void;
  turn(): Promise<void>;
}

/** Without an answer for so long, somebody should look. */
const SILENCE_MS = 60_000;

function verifying(deps: BackfillDeps): Verifying {
  const asker = askInPace(deps);
  const asked = new Set<string>();
  let verified = 0;
  let answeredAt = deps.now().getTime();
  return {
    get verified() {
      return verified;
    },
    get toVerify() {
      return asked.size;
    },
    get answeredAt() {
      return answeredAt;
    },
    get trouble() {
      const silent = asked.size > 0 && deps.now().getTime() - answeredAt > SILENCE_MS;
      return silent ? 'no booking was read for a minute: see the log of enrichment' : undefined;
    },
    offer(pendings) {
      const fresh = pendings.filter(({ uuid }) => !asked.has(uuid));
      if (fresh.length > 0 && asked.size === 0) answeredAt = deps.now().getTime();
      for (const { uuid } of fresh) asked.add(uuid);
      asker.offer(fresh);
    },
    async turn() {
      const { answered, unanswered } = await asker.tick();
      for (const { uuid } of answered) asked.delete(uuid);
      verified += answered.length;
      if (answered.length > 0) answeredAt = deps.now().getTime();
      asker.offer(unanswered);
    },
  };
}

function figuresOf(
  lister: ReturnType<typeof listing>,
  { verified, toVerify, trouble }: Verifying,
  bringer: ReturnType<typeof bringing>,
  seconds: number,
): Figures {
  const { calls, share, shareAtStart, saved } = lister;
  const { listed, found } = saved;
  const callsPerSecond = seconds === 0 ? 0 : (calls + verified) / seconds;
  const course = { listCalls: calls, shareOfRun: share - shareAtStart, share, found, toVerify, callsPerSecond };
  return {
    listed,
    found,
    verified,
    toVerify,
    brought: bringer.brought,
    left: bringer.left,
    waiting: bringer.waiting,
    callsPerSecond,
    share,
    secondsLeft: secondsLeft(course),
    trouble: lister.trouble ?? trouble ?? bringer.trouble,
  };
}
