import { describe, expect, it } from 'vitest';
import { reconciler } from '../../../functions/reconcile/hints/reconcile.ts';
import { type Circuit, opened } from '../../../shared/gate/circuit/circuit.ts';
import type { Pause } from '../../../shared/gate/pause/pauses.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import type { Meter } from '../../../shared/observability/logger.ts';
import type { SyncState } from '../../../shared/records/booking-record.ts';
import type { EntryWithProgress } from '../../../shared/records/read-progress.ts';
import { uuid } from '../shared/booking-fixture.ts';
import { listening } from '../shared/quiet.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
const MINUTE = 60_000;
const holds = (version: number): SyncState => ({ version, at: new Date(START).toISOString(), state: 'synced' });
const refused = (version: number, parkedVersion: number): SyncState => ({
  ...holds(version),
  state: 'parked',
  parkedVersion,
});

/** A record at version 2 that changed so many minutes before the start. */
function entry(n: number, minutesOld: number, sync: Record<string, SyncState>): EntryWithProgress {
  const changedAt = new Date(START - minutesOld * MINUTE).toISOString();
  return { uuid: uuid(n), company: 'harbor-kayaks', guestKey: guestKeyFor(uuid(n)), version: 2, changedAt, sync };
}

/** A table's index, a clock, and what was hinted as `sink n`. */
function desk(lagging: EntryWithProgress[], parked: EntryWithProgress[] = []) {
  const hints: string[] = [];
  /** How many records were looked up at once. */
  const reads: number[] = [];
  const durations: Record<string, number> = {};
  const state = {
    at: START,
    lagging,
    backfill: [] as EntryWithProgress[],
    pauses: [] as Pause[],
    circuits: [] as Circuit[],
    failing: 'none',
    /** Every record has a newer version than the index shows. */
    movedOn: false,
  };
  const { log, meter, counts } = listening();
  const measuring: Meter = { ...meter, duration: (metric, ms) => Object.assign(durations, { [metric]: ms }) };
  const run = reconciler({
    sinks: ['crm', 'marketing'],
    listEntries: async (attention, changedBefore = '9') => {
      const entries = { lagging: state.lagging, parked, backfill: state.backfill }[attention];
      return entries.filter(({ changedAt }) => changedAt < changedBefore).map(({ sync: _, ...shown }) => shown);
    },
    readProgress: async (uuids) => {
      reads.push(uuids.length);
      const asked = new Set(uuids);
      const held = [...state.lagging, ...state.backfill].filter((one) => asked.has(one.uuid));
      const ahead = state.movedOn ? 1 : 0;
      return new Map(held.map(({ uuid: of, version, sync }) => [of, { version: version + ahead, sync }]));
    },
    readGate: async () => ({ pauses: state.pauses, circuits: state.circuits, allowances: [] }),
    hint: async (sink, hint) => {
      if (state.failing === sink) throw new Error('the queue is away');
      hints.push(`${sink} ${Number(hint.uuid.slice(-12))}`);
    },
    log,
    meter: measuring,
    now: () => new Date(state.at),
  });
  /** Runs once each minute for so long. */
  const forMinutes = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      state.at += MINUTE;
      await run();
    }
  };
  return { state, hints, reads, counts, durations, run, forMinutes };
}

const both = { crm: holds(1), marketing: holds(1) };

describe('what is hinted again', () => {
  it('each sink that is behind, the longest waiting first, and no other', async () => {
    const { run, hints } = desk([
      entry(1, 30, { crm: holds(0), marketing: holds(2) }),
      entry(2, 20, { crm: holds(2), marketing: holds(1) }),
      entry(3, 10, both),
    ]);
    await run();
    expect(hints).toEqual(['crm 1', 'marketing 2', 'crm 3', 'marketing 3']);
  });

  it('not a record whose first hints may still be on their way', async () => {
    const { run, hints, forMinutes } = desk([entry(1, 1.9, both)]);
    await run();
    expect(hints).toEqual([]);
    await forMinutes(1);
    expect(hints).toEqual(['crm 1', 'marketing 1']);
  });

  it('not a sink that refused this version for good, but one that refused an earlier one', async () => {
    const { run, hints } = desk([
      entry(1, 9, { crm: refused(1, 2), marketing: holds(1) }),
      entry(2, 8, { crm: refused(0, 1), marketing: holds(2) }),
    ]);
    await run();
    expect(hints).toEqual(['marketing 1', 'crm 2']);
  });

  it('a sink with nothing to do, where the index alone is wrong, so that it is put right', async () => {
    const { run, hints } = desk([
      entry(1, 9, { crm: holds(2), marketing: holds(2) }),
      entry(2, 8, { crm: refused(1, 2), marketing: holds(2) }),
      entry(3, 7, { crm: refused(1, 2), marketing: refused(1, 2) }),
    ]);
    await run();
    expect(hints).toEqual(['crm 1', 'marketing 2', 'crm 3']);
  });

  it('what waits for a bulk write only when it has waited a day: nobody goes on with that backfill', async () => {
    const { state, run, hints, counts } = desk([entry(1, 30, both)]);
    state.backfill = [entry(2, 24 * 60 + 1, both), entry(3, 24 * 60 - 1, both)];
    await run();
    expect(hints).toEqual(['crm 2', 'marketing 2', 'crm 1', 'marketing 1']);
    expect(counts.BookingsLagging).toBe(2);
  });

  it('not a paused sink; once it is resumed, at the next run', async () => {
    const { state, run, hints } = desk([entry(1, 30, both)]);
    state.pauses = [{ id: 'crm', by: 'kai', since: new Date(START).toISOString(), reason: 'a test' }];
    await run();
    expect(hints).toEqual(['marketing 1']);
    state.pauses = [];
    await run();
    expect(hints).toEqual(['marketing 1', 'crm 1']);
  });

  it('not a sink whose vendor is left alone for this company, unless nobody is left to try it', async () => {
    const { state, run, hints } = desk([entry(1, 30, both), { ...entry(2, 20, both), company: 'umi-tours' }]);
    state.circuits = [opened('crm', 'harbor-kayaks', { code: 'salesforce.timeout', waitSeconds: undefined }, START)];
    await run();
    expect(hints).toEqual(['marketing 1', 'crm 2', 'marketing 2']);
    state.at += 3 * MINUTE;
    await run();
    expect(hints).toContain('crm 1');
  });

  it('at most a thousand in a run; the rest in the next', async () => {
    const many = Array.from({ length: 1500 }, (_, n) => entry(n, 30, { crm: holds(1), marketing: holds(2) }));
    const { run, hints } = desk(many);
    await run();
    expect(hints).toHaveLength(1000);
    await run();
    expect(new Set(hints).size).toBe(1500);
  });

  it('less and less often while nothing moves, so that a dead vendor’s queue is not buried; but never not at all', async () => {
    const { hints, forMinutes } = desk([entry(1, 30, { crm: holds(1), marketing: holds(2) })]);
    await forMinutes(60);
    expect(hints.length).toBeGreaterThanOrEqual(5);
    expect(hints.length).toBeLessThanOrEqual(7);
  });

  it('at once again when the record has a new version, or has fallen behind again', async () => {
    const { state, hints, forMinutes } = desk([entry(1, 30, { crm: holds(1), marketing: holds(2) })]);
    await forMinutes(1);
    state.lagging = [{ ...entry(1, 30, { crm: holds(1), marketing: holds(3) }), version: 3 }];
    await forMinutes(1);
    state.lagging = [];
    await forMinutes(1);
    state.lagging = [{ ...entry(1, 30, { crm: holds(1), marketing: holds(3) }), version: 3 }];
    await forMinutes(1);
    expect(hints).toEqual(['crm 1', 'crm 1', 'crm 1']);
  });

  it('again in the next run, where a queue did not take it, which fails the run but stops no other hint', async () => {
    const { state, run, hints } = desk([entry(1, 30, both), entry(2, 20, both)]);
    state.failing = 'crm';
    await expect(run()).rejects.toThrow('the queue is away');
    expect(hints).toEqual(['marketing 1', 'marketing 2']);
    state.failing = 'none';
    await run();
    expect(hints).toEqual(['marketing 1', 'marketing 2', 'crm 1', 'crm 2']);
  });
});

describe('an outage of thousands', () => {
  const crmOnly = { crm: holds(1), marketing: holds(2) };
  const five = Array.from({ length: 5000 }, (_, n) => entry(n, 6000 - n, crmOnly));

  it('is looked up 2,000 a run, the longest waiting first, until each is known and has its hint', async () => {
    const { run, hints, reads, counts, durations } = desk(five);
    for (let runs = 0; runs < 5; runs += 1) await run();
    expect(reads).toEqual([2000, 2000, 2000, 2000, 2000]);
    expect(hints.slice(0, 2)).toEqual(['crm 0', 'crm 1']);
    expect(new Set(hints).size).toBe(5000);
    expect([counts.BookingsLagging, durations.CrmUnsyncedAge]).toEqual([25_000, 6000 * MINUTE]);
  });

  it('has every record looked up again in its turn, and a new version before the others', async () => {
    const { state, run, durations } = desk(five);
    for (let runs = 0; runs < 3; runs += 1) await run();
    expect(durations.MarketingUnsyncedAge).toBe(0);
    state.lagging = state.lagging.with(3000, { ...entry(3000, 3, both), version: 3 });
    await run();
    expect(durations.MarketingUnsyncedAge).toBe(3 * MINUTE);
    // Somebody wants the last of them written again, which the index does not show.
    state.lagging = state.lagging.with(4999, entry(4999, 1001, both));
    for (let runs = 0; runs < 3; runs += 1) await run();
    expect(durations.MarketingUnsyncedAge).toBe(1001 * MINUTE);
  });

  it('of which a record that has moved on since the index was read waits for the next run', async () => {
    const { state, run, hints } = desk([entry(1, 30, crmOnly)]);
    state.movedOn = true;
    await run();
    expect(hints).toEqual([]);
    state.movedOn = false;
    await run();
    expect(hints).toEqual(['crm 1']);
  });
});

describe('what is measured', () => {
  it('how many lag, are parked, are paused, and how long each sink’s longest waiting booking waits', async () => {
    const { state, run, counts, durations } = desk(
      [entry(1, 45, { crm: refused(1, 2), marketing: holds(1) }), entry(2, 5, both)],
      [entry(3, 600, { crm: refused(0, 2), marketing: holds(2) })],
    );
    state.pauses = [{ id: 'marketing', by: 'kai', since: new Date(START).toISOString(), reason: 'a test' }];
    const failure = { code: 'salesforce.timeout', waitSeconds: undefined };
    const open = opened('crm', 'harbor-kayaks', failure, START);
    state.circuits = [open, { ...open, company: 'umi-tours', state: 'closed' }];
    await run();
    expect(counts).toMatchObject({ BookingsLagging: 2, BookingsParked: 1, SinksPaused: 1, CircuitsOpen: 1 });
    expect(durations).toEqual({ CrmUnsyncedAge: 5 * MINUTE, MarketingUnsyncedAge: 45 * MINUTE });
  });

  it('nothing as nothing, so that the alarm ends', async () => {
    const { run, counts, durations } = desk([]);
    await run();
    expect(counts).toMatchObject({ BookingsLagging: 0, BookingsParked: 0, SinksPaused: 0 });
    expect(durations).toEqual({ CrmUnsyncedAge: 0, MarketingUnsyncedAge: 0 });
  });
});
