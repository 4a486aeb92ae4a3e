import type { FindUnheld } from '../../functions/reconcile/sweep/unheld.ts';
import { RetryableError } from '../../shared/errors/errors.ts';
import type { FareHarborLists } from '../../shared/fareharbor/lists.ts';
import { walk } from '../../shared/fareharbor/walk.ts';
import { isBudgetSpent } from '../../shared/rate-budget/budgeted-http.ts';
import type { Pending } from '../../shared/webhook/verification.ts';
import type { VerificationList } from '../../shared/webhook/verifications.ts';
import type { BackfillLog, SavedBackfill } from './backfill-log.ts';

export interface ListingDeps {
  /** Asks the budget of calls first, with the background's share. */
  readonly lists: FareHarborLists;
  readonly unheld: FindUnheld;
  readonly list: Pick<VerificationList, 'add'>;
  readonly backfills: Pick<BackfillLog, 'write'>;
  readonly now: () => Date;
}

/** After FareHarbor failed. */
const REST_MS = 5_000;

/** The walk over FareHarbor's lists, whose findings are noted to be verified. */
export interface Listing {
  readonly saved: SavedBackfill;
  /** Calls made. */
  readonly calls: number;
  /** How much of the way is made, and how much of it was when this began. */
  readonly share: number;
  readonly shareAtStart: number;
  /** What keeps it, in words. */
  readonly trouble: string | undefined;
  /**
   * Makes one call, if there is one to make and one left.
   * @returns what it found that we do not hold as listed; it is noted by then, and so is how far the walk has come.
   * @throws PermanentError when FareHarbor will never answer.
   */
  turn(): Promise<readonly Pending[]>;
}

/** @param start where an earlier run stopped. */
export function listing(start: SavedBackfill, { lists, unheld, list, backfills, now }: ListingDeps): Listing {
  const { company, from, to } = start;
  const steps = walk(lists, { company, days: { from, to }, position: start.position });
  let saved = start;
  let calls = 0;
  let share = start.listedAll ? 1 : 0;
  let shareAtStart: number | undefined;
  let trouble: string | undefined;
  let restUntil = 0;

  const advance = async (): Promise<readonly Pending[]> => {
    const step = await steps.step();
    calls += 1;
    trouble = undefined;
    share = step.share;
    // Where it went on from is known with the items; the call before that says nothing of it.
    if (calls === 2) shareAtStart = share;
    const notedAt = now().toISOString();
    const found = (await unheld(step.bookings)).map(
      ({ uuid }): Pending => ({ company, uuid, notedAt, reason: 'backfill', tries: 0 }),
    );
    // One that stands there already, for whatever reason, is to be verified no less.
    await Promise.all(found.map((pending) => list.add(pending)));
    saved = {
      ...saved,
      listed: saved.listed + step.bookings.length,
      found: saved.found + found.length,
      listedAll: step.done,
      ...(step.position !== undefined && { position: step.position }),
    };
    await backfills.write(saved);
    return found;
  };
  return {
    get saved() {
      return saved;
    },
    get calls() {
      return calls;
    },
    get share() {
      return share;
    },
    get shareAtStart() {
      return shareAtStart ?? share;
    },
    get trouble() {
      return trouble;
    },
    async turn() {
      if (saved.listedAll || now().getTime() < restUntil) return [];
      try {
        return await advance();
      } catch (error) {
        if (isBudgetSpent(error)) return [];
        if (!(error instanceof RetryableError)) throw error;
        trouble = `FareHarbor does not list bookings just now (${error.code})`;
        restUntil = now().getTime() + REST_MS;
        return [];
      }
    },
  };
}
