import { describe, expect, it } from 'vitest';
import { askInPace } from '../../../functions/reconcile/verify/ask-in-pace.ts';
import { verifyPending } from '../../../functions/reconcile/verify/verify.ts';
import type { Pending, VerifyReason } from '../../../shared/webhook/verification.ts';
import { uuid } from '../shared/booking-fixture.ts';
import { listening } from '../shared/quiet.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
const PACE = { perSecond: 10, burst: 5, window: 20, patienceMs: 60_000 };

const note = (n: number, reason: VerifyReason, minutesOld = 1): Pending => ({
  company: 'harbor-kayaks',
  uuid: uuid(n),
  notedAt: new Date(START - minutesOld * 60_000).toISOString(),
  reason,
  tries: 0,
});
const many = (count: number) => Array.from({ length: count }, (_, n) => note(n + 1, 'unverified'));

/** Notes, a clock that passes while pausing, and the moments at which each booking was asked for. */
function desk(notes: readonly Pending[]) {
  const held = new Map(notes.map((one) => [one.uuid, one]));
  const asked: { n: number; at: number }[] = [];
  const clock = { at: START };
  const { log, meter, counts } = listening();
  const run = (answer: (pending: Pending) => 'answered' | 'tried' | 'lost', withinMs = 600_000) =>
    verifyPending({
      list: {
        all: async () => [...held.values()],
        still: async (pendings) => new Map([...held].filter(([key]) => pendings.some((one) => one.uuid === key))),
      },
      async ask(pending) {
        asked.push({ n: Number(pending.uuid.slice(-12)), at: clock.at });
        const became = answer(pending);
        if (became === 'answered') held.delete(pending.uuid);
        if (became === 'tried') held.set(pending.uuid, { ...pending, tries: pending.tries + 1 });
      },
      withinMs,
      log,
      meter,
      now: () => new Date(clock.at),
      pause: async (ms) => {
        clock.at += ms;
      },
      pace: PACE,
    });
  return { held, asked, clock, counts, run };
}

it('questions that nothing answers are put less and less often, and at full pace again after an answer', async () => {
  const clock = { at: START };
  const tries = new Map<string, number>();
  let down = true;
  let asked = 0;
  const asker = askInPace({
    list: {
      still: async (pendings) => {
        const held = pendings.filter((one) => down || tries.get(one.uuid) === one.tries);
        return new Map(held.map((one) => [one.uuid, { ...one, tries: tries.get(one.uuid) ?? 0 }]));
      },
    },
    async ask(pending) {
      asked += 1;
      if (down) tries.set(pending.uuid, pending.tries + 1);
    },
    now: () => new Date(clock.at),
    pace: PACE,
  });
  asker.offer(many(300));
  const forSeconds = async (seconds: number) => {
    const before = asked;
    for (let tick = 0; tick < seconds * 10; tick += 1) {
      const { unanswered } = await asker.tick();
      asker.offer(unanswered);
      clock.at += 100;
    }
    return asked - before;
  };
  expect(await forSeconds(120)).toBeLessThan(200);
  down = false;
  tries.clear();
  await forSeconds(60);
  asker.offer(many(300));
  expect(await forSeconds(20)).toBeGreaterThan(150);
});

describe('noted bookings', () => {
  it('are asked for as they are urgent, the longest waiting first', async () => {
    const { asked, run } = desk([
      note(1, 'backfill', 30),
      note(2, 'before-us', 9),
      note(3, 'unverified', 1),
      note(4, 'missed', 5),
      note(5, 'unverified', 3),
    ]);
    await run(() => 'answered');
    expect(asked.map(({ n }) => n)).toEqual([5, 3, 4, 2, 1]);
  });

  it('of a backfill are left to it while it works, and counted for nobody', async () => {
    const { asked, counts, run } = desk([note(1, 'backfill', 9), note(2, 'backfill', 11), note(3, 'missed', 1)]);
    await run(() => 'answered');
    expect(asked.map(({ n }) => n)).toEqual([3, 2]);
    expect(counts.VerificationsPending).toBe(1);
  });

  it('are asked for at the pace of the budget, not all at once', async () => {
    const { asked, held, run } = desk(many(100));
    await run(() => 'answered');
    expect(held.size).toBe(0);
    const first = asked.filter(({ at }) => at < START + 1_000).length;
    expect(first).toBeLessThanOrEqual(15);
    expect(asked.at(-1)?.at).toBeGreaterThanOrEqual(START + 9_000);
    expect(asked.at(-1)?.at).toBeLessThanOrEqual(START + 11_000);
  });

  it('are never more than a window ahead of the answers', async () => {
    const { asked, run } = desk(many(100));
    await run(() => 'lost', 30_000);
    expect(asked).toHaveLength(PACE.window);
  });

  it('are left for the next run when nothing answers', async () => {
    const { asked, clock, held, run } = desk(many(100));
    await run(() => 'tried');
    expect(asked.length).toBeLessThanOrEqual(2 * PACE.window);
    expect(clock.at).toBeLessThan(START + 10_000);
    expect(held.size).toBe(100);
  });

  it('take no longer than the run has', async () => {
    const { clock, run } = desk(many(1000));
    await run(() => 'answered', 18_000);
    expect(clock.at - START).toBeLessThanOrEqual(18_200);
  });
});
