import { afterAll, beforeAll, expect, it } from 'vitest';
import { readReview } from '../../../shared/acts/reviews-table.ts';
import { email } from '../enrichment/desk.ts';
import { type ActsDesk, COMPANY, openActsDesk } from './acts-desk.ts';

/** The call to the tables that fails: before it has done anything, or after it was done and before that is heard. */
interface Crash {
  readonly at: number;
  readonly when: 'before' | 'after';
}

let desk: ActsDesk;
let crash: Crash | undefined;
let calls = 0;
beforeAll(async () => {
  desk = await openActsDesk();
  for (const action of ['event', 'summary']) await desk.ok('settings', 'set', action, 'assisted', '--company', COMPANY);
  desk.words.summary = 'A couple on honeymoon.';
  desk.dynamo.middlewareStack.add(
    (next) => async (args) => {
      calls += 1;
      const { at, when } = crash ?? {};
      if (calls !== at) return await next(args);
      if (when === 'after') await next(args);
      throw new Error('killed');
    },
    { step: 'initialize' },
  );
});
afterAll(() => desk.close());

const ignoringKill = async (work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work();
    return false;
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'killed') throw error;
    return true;
  }
};

let guests = 0;
async function asked(): Promise<{ readonly uuid: string; readonly ids: readonly string[] }> {
  guests += 1;
  const { uuid } = desk.fareHarbor.book({ contact: email(`Crash ${guests}`) });
  await desk.webhook(uuid);
  const ids = (await desk.reviews()).filter((review) => review.uuid === uuid).map(({ id }) => id);
  expect(ids).toHaveLength(2);
  return { uuid, ids };
}

/** A person approves both, enrichment hears of it; one call to the tables is the process's last. @returns whether one was. */
async function approvedWith(next: Crash, ids: readonly string[]): Promise<boolean> {
  [calls, crash] = [0, next];
  const killed: boolean[] = [];
  for (const id of ids) killed.push(await ignoringKill(() => desk.ok('approve', id)));
  killed.push(await ignoringKill(() => desk.deliverSent()));
  crash = undefined;
  return killed.includes(true);
}

it.each(['before', 'after'] as const)(
  'an approval is executed once, whichever call a process dies %s',
  {
    timeout: 120_000,
  },
  async (when) => {
    let crashes = 0;
    for (let at = 1; ; at += 1) {
      const { uuid, ids } = await asked();
      if (!(await approvedWith({ at, when }, ids))) break;
      crashes += 1;
      // The person says it again, and enrichment hears of it twice.
      for (const id of ids) await desk.ok('approve', id);
      await desk.deliverSent(2);
      const { changes, acts, version } = await desk.held(uuid);
      expect(changes.filter(({ change }) => change.kind === 'upsell_recommended')).toHaveLength(1);
      expect([acts?.event?.does, acts?.summary?.does]).toEqual(['write', 'write']);
      for (const id of ids) expect((await readReview(desk.dynamo, 'operations', id))?.state).toBe('executed');
      const decided = (await desk.decisions(uuid)).map((entry) => entry.version);
      expect(decided).toEqual(Array.from({ length: version }, (_, n) => n + 1));
      expect((await desk.reviews()).filter((review) => review.uuid === uuid)).toEqual([]);
    }
    // Each yes reads and writes, and the look again at least reads the record and writes its next version.
    expect(crashes).toBeGreaterThan(6);
  },
);
