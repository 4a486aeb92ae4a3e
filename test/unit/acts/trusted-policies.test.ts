import { describe, expect, it } from 'vitest';
import type { PolicyTable, StoredPolicies } from '../../../shared/acts/policy-table.ts';
import { trustedPolicies } from '../../../shared/acts/trusted-policies.ts';
import { listening } from '../shared/quiet.ts';

const START = Date.parse('2026-12-01T12:00:00.000Z');
const KILL = { by: 'ana', since: '2026-12-01T11:00:00.000Z', reason: 'a test' };
const stored = (id: string, more: Partial<StoredPolicies> = {}): StoredPolicies => {
  return { id, revision: 1, policies: {}, ...more };
};

/** Policies of a company, with what the table answers, and a clock. */
function scene() {
  const state: { table: PolicyTable; down: boolean; reads: number; now: number } = {
    table: new Map(),
    down: false,
    reads: 0,
    now: START,
  };
  const { log, lines } = listening();
  const policiesOf = trustedPolicies({
    read: async () => {
      state.reads += 1;
      if (state.down) throw new Error('down');
      return state.table;
    },
    log,
    now: () => new Date(state.now),
  });
  const unreadable = () => lines.filter(({ event }) => event === 'policies.unreadable').length;
  return { state, unreadable, look: () => policiesOf('kayaks', { route: { mode: 'assisted' } }) };
}

describe('policies as an environment knows them', () => {
  it('are read again after a quarter of a minute, and not before', async () => {
    const { state, look } = scene();
    expect((await look()).of).toMatchObject({ route: { mode: 'assisted' }, score: { mode: 'automatic' } });
    state.table = new Map([['kayaks', stored('kayaks', { policies: { score: { mode: 'off' } } })]]);
    state.now += 14_999;
    expect((await look()).of.score.mode).toBe('automatic');
    state.now += 1;
    expect((await look()).of.score.mode).toBe('off');
    expect(state.reads).toBe(2);
  });

  it.each(['*', 'kayaks'])('know of a kill of %s', async (id) => {
    const { state, look } = scene();
    state.table = new Map([[id, stored(id, { killed: KILL })]]);
    expect((await look()).killed).toEqual(KILL);
  });

  it('that cannot be read any more hold for ten minutes; after that nothing is done', async () => {
    const { state, look, unreadable } = scene();
    await look();
    state.down = true;
    state.now += 9 * 60_000;
    expect((await look()).killed).toBeUndefined();
    expect(unreadable()).toBe(1);
    state.now += 60_000;
    expect((await look()).killed?.by).toBe('Harborlight');
    state.down = false;
    state.now += 10_000;
    expect((await look()).killed).toBeUndefined();
  });

  it('that were never read let nothing be done, and are asked for again each ten seconds at most', async () => {
    const { state, look, unreadable } = scene();
    state.down = true;
    for (let n = 0; n < 10; n += 1) expect((await look()).killed?.by).toBe('Harborlight');
    expect([state.reads, unreadable()]).toEqual([1, 1]);
    state.down = false;
    state.now += 10_000;
    expect((await look()).killed).toBeUndefined();
  });

  it('whose item is broken let nothing be done for that company, or for all', async () => {
    for (const [id, killed] of [
      ['kayaks', true],
      ['*', true],
      ['others', false],
    ] as const) {
      const { state, look } = scene();
      state.table = new Map([[id, 'unreadable']]);
      expect((await look()).killed !== undefined).toBe(killed);
    }
  });
});
