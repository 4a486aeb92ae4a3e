import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BulkSinks } from '../../../infra/backfill/bulk-sinks.ts';
import { type BackfillDesk, openBackfillDesk, START } from './backfill-desk.ts';

let desk: BackfillDesk;
beforeEach(async () => {
  // FareHarbor's own limits are on.
  desk = await openBackfillDesk({});
});
afterEach(() => desk.close());

const once = (uuids: readonly string[]) => expect([...uuids].sort()).toEqual([...new Set(uuids)].sort());

describe('a backfill', { timeout: 120_000 }, () => {
  it('brings every booking of its days once, in bulk and without a word to anybody', async () => {
    const uuids = desk.fill(60);
    desk.fareHarbor.book({ startAt: '2025-12-31T09:00:00-1000' });
    desk.fareHarbor.book({ startAt: '2026-04-01T09:00:00-1000' });
    expect(await desk.run()).toBe('finished');
    expect(desk.bulkWrites.flat().sort()).toEqual([...uuids].sort());
    once(desk.bulkWrites.flat());
    expect(desk.hints).toEqual([]);
    for (const uuid of uuids) {
      const record = await desk.record(uuid);
      expect(record).toMatchObject({ version: 1, quietThrough: 1, source: 'api', understanding: { mode: 'rules' } });
      expect(record?.attention).toBeUndefined();
    }
    expect(await desk.list.all()).toEqual([]);
    expect(desk.figures.at(-1)).toMatchObject({ listed: 60, found: 60, verified: 60, brought: 60, left: 0, share: 1 });
  });

  it('keeps to FareHarbor’s limits, and uses nine tenths of what they permit', async () => {
    desk.fill(120);
    await desk.run();
    const { calledAt } = desk;
    const seconds = ((calledAt.at(-1) ?? START) - START) / 1000;
    expect(desk.fareHarbor.refusedForRate()).toBe(0);
    // 3,000 in five minutes are ten a second.
    expect(calledAt.length / seconds).toBeGreaterThanOrEqual(9);
  });

  it('leaves a call for every webhook, at once', async () => {
    desk.fill(100);
    const live = desk.budget();
    const refused: number[] = [];
    let turns = 0;
    const pause = async (ms: number) => {
      await desk.deps.pause(ms);
      turns += 1;
      // Four webhooks a second, two at a time.
      if (turns % 5 !== 0) return;
      for (const _ of [1, 2]) if (!(await live.take('live')).granted) refused.push(desk.clock.at);
    };
    expect(await desk.run({ pause })).toBe('finished');
    expect(turns).toBeGreaterThan(100);
    expect(refused).toEqual([]);
    expect(desk.fareHarbor.refusedForRate()).toBe(0);
  });

  it('has few questions in the queue at a time, so that no webhook waits behind them', async () => {
    desk.fill(80);
    const open = { now: 0, most: 0 };
    const later: (() => Promise<void>)[] = [];
    const notes: number[] = [];
    const ask: typeof desk.deps.ask = async (one) => {
      open.now += 1;
      open.most = Math.max(open.most, open.now);
      later.push(async () => {
        await desk.deps.ask(one);
        open.now -= 1;
      });
    };
    // Enrichment is slow: it takes up one question in half a second.
    let turns = 0;
    const pause = async (ms: number) => {
      await desk.deps.pause(ms);
      turns += 1;
      if (turns % 5 !== 0) return;
      notes.push((await desk.list.all()).length);
      await later.shift()?.();
    };
    expect(await desk.run({ ask, pause })).toBe('finished');
    expect(open.most).toBeLessThanOrEqual(20);
    // Nor does it list far ahead of the answers.
    expect(Math.max(...notes)).toBeLessThanOrEqual(30);
    expect(desk.bulkWrites.flat()).toHaveLength(80);
  });

  it('costs nothing for what we hold already, but for the lists', async () => {
    desk.fill(30);
    await desk.run();
    const asked = desk.retrieves();
    expect(await desk.run()).toBe('finished');
    expect(desk.retrieves()).toBe(asked);
    expect(desk.figures.at(-1)).toMatchObject({ listed: 30, found: 0, brought: 0 });
  });

  it('makes history of nothing that nobody was told of yet', async () => {
    const [uuid = ''] = desk.fill(1);
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    desk.hints.length = 0;
    desk.fareHarbor.cancel(uuid);
    await desk.run();
    const record = await desk.record(uuid);
    expect(record).toMatchObject({ version: 2, booking: { status: 'cancelled' }, attention: 'lagging' });
    expect(record?.quietThrough).toBeUndefined();
    expect(desk.hints.map(({ sink }) => sink).sort()).toEqual(['crm', 'marketing']);
  });

  it('a live change of what it brought is told of like any other', async () => {
    const [uuid = ''] = desk.fill(1);
    await desk.run();
    desk.fareHarbor.cancel(uuid);
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    expect(await desk.record(uuid)).toMatchObject({ version: 2, quietThrough: 1, attention: 'lagging' });
    expect(desk.hints.map(({ sink }) => sink).sort()).toEqual(['crm', 'marketing']);
  });
});

describe('a backfill that is ended', { timeout: 120_000 }, () => {
  it('at any moment goes on with the next run, and brings each booking once', async () => {
    const uuids = desk.fill(60);
    for (let kill = 1; kill < 9; kill += 1) {
      let turns = kill * 5;
      const pause = async (ms: number) => {
        turns -= 1;
        if (turns === 0) throw new Error('killed');
        await desk.deps.pause(ms);
      };
      await desk.run({ pause }).catch((error: Error) => expect(error.message).toBe('killed'));
    }
    expect(await desk.run()).toBe('finished');
    expect(new Set(desk.bulkWrites.flat())).toEqual(new Set(uuids));
    expect(desk.retrieves()).toBe(60);
    expect(desk.hints).toEqual([]);
    for (const uuid of uuids) expect(await desk.record(uuid)).toMatchObject({ version: 1, quietThrough: 1 });
  });

  it('does not list again what it had listed', async () => {
    desk.fill(60);
    const stopping = new AbortController();
    const pause = async (ms: number) => {
      await desk.deps.pause(ms);
      if (desk.clock.at > START + 4_000) stopping.abort();
    };
    expect(await desk.run({ pause }, stopping.signal)).toBe('stopped');
    const lists = () => desk.server.requests.filter(({ route }) => route === 'availability.bookings');
    const before = lists().length;
    expect(before).toBeGreaterThan(3);
    expect(await desk.run()).toBe('finished');
    once(lists().map(({ path }) => path));
    expect(lists().length).toBeGreaterThan(before);
  });

  it('leaves notes that anybody can work off', async () => {
    desk.fill(20);
    const stopping = new AbortController();
    const ask = async () => {};
    const pause = async (ms: number) => {
      await desk.deps.pause(ms);
      if ((await desk.list.all()).length > 5) stopping.abort();
    };
    expect(await desk.run({ ask, pause }, stopping.signal)).toBe('stopped');
    for (const one of await desk.list.all()) {
      desk.clock.at += 200;
      await desk.deps.ask(one);
    }
    expect((await desk.list.all()).length).toBe(0);
  });
});

describe('trouble', () => {
  it('of FareHarbor is waited out, and told', async () => {
    desk.fill(20);
    desk.server.fault({ route: '*', status: 503, times: 15 });
    expect(await desk.run()).toBe('finished');
    expect(desk.bulkWrites.flat()).toHaveLength(20);
    expect(desk.figures.some(({ trouble }) => trouble?.includes('fareharbor.unavailable'))).toBe(true);
  });

  it('of a destination is waited out, then left to another run', async () => {
    desk.fill(5);
    const bulk: BulkSinks = { bring: async ({ length }) => ({ brought: 0, left: 0, waiting: length }) };
    expect(await desk.run({ bulk })).toBe('stuck');
    expect(desk.figures.at(-1)).toMatchObject({ brought: 0, waiting: 5, trouble: expect.stringContaining('bulk') });
    expect(await desk.run()).toBe('finished');
    expect(desk.bulkWrites.flat()).toHaveLength(5);
  });

  it('of the keys ends it, with what to do', async () => {
    desk.server.fault({ route: '*', status: 403, body: { code: 'user-key-invalid', status: 403 } });
    await expect(desk.run()).rejects.toMatchObject({ code: 'fareharbor.keys-rejected', remedy: expect.any(String) });
  });
});
