import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import type { FareHarborLists } from '../../../shared/fareharbor/lists.ts';
import { dayAfter, type Walk, walk } from '../../../shared/fareharbor/walk.ts';
import { errorFacts, type Log } from '../../../shared/observability/logger.ts';
import { isBudgetSpent } from '../../../shared/rate-budget/budgeted-http.ts';
import type { Settings } from '../../../shared/settings/settings.ts';
import type { VerificationList } from '../../../shared/webhook/verifications.ts';
import type { Sweep, SweepLog } from './sweep-log.ts';
import type { FindUnheld } from './unheld.ts';

export interface SweepDeps {
  readonly settings: Settings;
  /** Whether there are keys of FareHarbor's API for the company. */
  readonly hasAccess: (company: string) => Promise<boolean>;
  /** Asks the budget of calls first, with the background's share. */
  readonly lists: FareHarborLists;
  readonly sweeps: SweepLog;
  readonly unheld: FindUnheld;
  readonly list: Pick<VerificationList, 'add'>;
  /** Milliseconds that one slice may take. */
  readonly withinMs: number;
  readonly log: Log;
  readonly now: () => Date;
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

const HOUR_MS = 3_600_000;
/** While other background work takes all calls, asking more often brings nothing. */
const SPENT_PAUSE_MS = 200;

/**
 * A slice of the sweep, which looks for bookings that no webhook told us of: for one company after the other, every
 * few hours, all bookings with a tour around now are listed, and those we do not hold as listed are noted to be
 * verified. Each call's progress is written down, so that the next slice goes on there, also after a crash.
 *
 * A company's first sweep begins those hours after it was first seen, and what it finds is no news to anybody: the
 * bookings that were there before us.
 */
export async function sweepSlice(deps: SweepDeps): Promise<void> {
  const until = deps.now().getTime() + deps.withinMs;
  const last = new Map((await deps.sweeps.read()).map((sweep) => [sweep.company, sweep]));
  for (const company of longestAgoFirst(Object.keys(deps.settings.companies), last)) {
    if (deps.now().getTime() >= until) return;
    const sweep = await sweepToMake(company, last.get(company), deps);
    if (sweep !== undefined && !(await goOn(sweep, until, deps))) return;
  }
}

/**
 * Where time is too short for all that are due, each has its turn: one that is under way first, as it was begun before the
 * others became due again.
 */
function longestAgoFirst(companies: readonly string[], last: ReadonlyMap<string, Sweep>): string[] {
  const startedAt = (company: string): string => last.get(company)?.startedAt ?? '';
  return companies.toSorted((one, other) => startedAt(one).localeCompare(startedAt(other)));
}

/** The company's sweep that is under way or due; undefined when there is none. */
async function sweepToMake(company: string, last: Sweep | undefined, deps: SweepDeps): Promise<Sweep | undefined> {
  const every = deps.settings.companies[company]?.fareharbor.sweepEveryHours ?? null;
  if (every === null) return undefined;
  const now = deps.now();
  const startedAt = now.toISOString();
  if (last === undefined) {
    if (!(await deps.hasAccess(company))) return undefined;
    const seen = { company, startedAt, finishedAt: startedAt, round: 0, ...daysAround(company, deps), noted: 0 };
    await deps.sweeps.see(seen);
    return undefined;
  }
  if (last.finishedAt === undefined) return last;
  if (now.getTime() - Date.parse(last.startedAt) < every * HOUR_MS || !(await deps.hasAccess(company)))
    return undefined;
  return { company, startedAt, round: last.round + 1, ...daysAround(company, deps), noted: 0 };
}

/** UTC's days stand in for the operator's own: a day more or less at the edges of the window matters to nobody. */
function daysAround(company: string, { settings, now }: SweepDeps): Pick<Sweep, 'from' | 'to'> {
  const today = now().toISOString().slice(0, 10);
  const { sweepDaysBack = 0, sweepDaysAhead = 0 } = settings.companies[company]?.fareharbor ?? {};
  return { from: dayAfter(today, -sweepDaysBack), to: dayAfter(today, sweepDaysAhead) };
}

/** Sweeps until the company is done or time is over. @returns whether there may be time for another company. */
async function goOn(sweep: Sweep, until: number, deps: SweepDeps): Promise<boolean> {
  const { company, from, to, position } = sweep;
  const steps = walk(deps.lists, { company, days: { from, to }, position });
  let now = sweep;
  try {
    while (now.finishedAt === undefined) {
      if (deps.now().getTime() >= until) return false;
      now = await advance(now, steps, deps);
    }
    deps.log.info('sweep.finished', { company, from, to, noted: now.noted });
    return true;
  } catch (error) {
    if (error instanceof RetryableError) {
      deps.log.warn('sweep.interrupted', { company, ...errorFacts(error) });
      return true;
    }
    if (!(error instanceof PermanentError)) throw error;
    // The other companies' keys may be right; this one's turn comes again with its next sweep.
    deps.log.error('sweep.impossible', { company, remedy: error.remedy, ...errorFacts(error) });
    await deps.sweeps.write({ ...now, round: now.round - 1, finishedAt: deps.now().toISOString() });
    return true;
  }
}

/** Makes one call and writes down how far it came; where none is left for the moment, it waits a little. */
async function advance(sweep: Sweep, steps: Walk, deps: SweepDeps): Promise<Sweep> {
  const { company } = sweep;
  const notedAt = deps.now().toISOString();
  try {
    const { bookings, position, done } = await steps.step();
    const reason = sweep.round === 1 ? 'before-us' : 'missed';
    let { noted } = sweep;
    for (const { uuid } of await deps.unheld(bookings)) {
      if (await deps.list.add({ company, uuid, notedAt, reason })) noted += 1;
    }
    const next: Sweep = { ...sweep, noted, ...(position !== undefined && { position }) };
    const reached: Sweep = done ? { ...next, finishedAt: deps.now().toISOString() } : next;
    await deps.sweeps.write(reached);
    return reached;
  } catch (error) {
    if (!isBudgetSpent(error)) throw error;
    await deps.pause(SPENT_PAUSE_MS);
    return sweep;
  }
}
