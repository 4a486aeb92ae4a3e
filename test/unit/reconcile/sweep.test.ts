import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSettings } from '../../../shared/settings/settings.ts';
import { openSweepDesk, type SweepDesk, startIn } from './sweep-desk.ts';

let desk: SweepDesk;
beforeEach(async () => {
  desk = await openSweepDesk();
  // Seen, and swept once while there was nothing.
  await desk.slice();
  await desk.sweep();
  desk.laterBy(1);
});
afterEach(() => desk.close());

const book = (count: number, startAt = startIn(7)) =>
  Array.from({ length: count }, () => desk.fareHarbor.book({ startAt }).uuid);
const notedUuids = async () => (await desk.list.all()).map(({ uuid }) => String(uuid)).sort();
const retrieves = () => desk.routes().filter((route) => route === 'booking.get').length;

describe('bookings no webhook told us of', () => {
  it('are found, 20 of 20, brought as news, and counted once each', async () => {
    const uuids = [...book(8, startIn(-1)), ...book(6, startIn(1, '13:00')), ...book(6, startIn(12))];
    await desk.sweep();
    expect(await notedUuids()).toEqual(uuids.sort());
    await desk.verifyAll();
    for (const uuid of uuids) {
      const record = await desk.record(uuid);
      expect(record).toMatchObject({ version: 1, source: 'api' });
      expect(record?.quietThrough).toBeUndefined();
      for (const sink of ['crm', 'marketing'])
        expect(desk.hints).toContainEqual(expect.objectContaining({ uuid, sink }));
    }
    expect(desk.counts.BookingsFoundBySweep).toBe(20);
    expect(await notedUuids()).toEqual([]);

    const asked = retrieves();
    await desk.sweep();
    await desk.verifyAll();
    expect(retrieves()).toBe(asked);
    expect(desk.counts.BookingsFoundBySweep).toBe(20);
  });

  it('cost one retrieve each, and those we hold none', async () => {
    const [known = '', unknown = ''] = book(2);
    await desk.deliver([desk.fareHarbor.bodyOf(known)]);
    const before = retrieves();
    await desk.sweep();
    expect(await notedUuids()).toEqual([unknown]);
    await desk.verifyAll();
    expect(retrieves()).toBe(before + 1);
  });

  it('and changes of status are found, and told of like any other', async () => {
    const [uuid = ''] = book(1);
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    desk.fareHarbor.cancel(uuid);
    await desk.sweep();
    await desk.verifyAll();
    const record = await desk.record(uuid);
    expect(record).toMatchObject({ version: 2, booking: { status: 'cancelled' } });
    expect(record?.quietThrough).toBeUndefined();
    expect(desk.counts.BookingsFoundBySweep).toBe(1);
  });

  it('are not counted where the webhook comes before the answer', async () => {
    const [uuid = ''] = book(1);
    await desk.sweep();
    const note = await desk.list.all();
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    for (const one of note) await desk.list.add(one);
    await desk.verifyAll();
    expect(await desk.record(uuid)).toMatchObject({ version: 1 });
    expect(desk.counts.BookingsFoundBySweep).toBeUndefined();
  });

  it('are looked for on the days that the settings say, at most ten of them in a call', async () => {
    const inside = [...book(1, startIn(-1)), ...book(1, startIn(13))];
    book(1, startIn(-4));
    book(1, startIn(17));
    await desk.sweep();
    expect(await notedUuids()).toEqual(inside.sort());
    const ranges = desk.server.requests.flatMap(
      ({ path }) => /date-range\/([\d-]+)\/([\d-]+)\//.exec(path)?.slice(1, 3).map(Date.parse) ?? [],
    );
    expect(ranges.length).toBeGreaterThan(0);
    for (let n = 0; n < ranges.length; n += 2) {
      expect((ranges[n + 1] ?? 0) - (ranges[n] ?? 0)).toBeLessThanOrEqual(9 * 86_400_000);
    }
  });

  it('cost no second retrieve where the question comes twice', async () => {
    const [uuid = ''] = book(1);
    await desk.sweep();
    const [note] = await desk.list.all();
    await desk.verifyAll();
    const asked = retrieves();
    const body = JSON.stringify({ booking: { uuid, company: { shortname: note?.company } } });
    await desk.ask(body);
    expect(retrieves()).toBe(asked);
    expect(await desk.record(uuid)).toMatchObject({ version: 1 });
  });

  it('that FareHarbor no longer knows are nobody’s alarm', async () => {
    const [uuid = ''] = book(1);
    await desk.sweep();
    desk.fareHarbor.account.bookings.delete(uuid);
    await desk.verifyAll();
    expect(await notedUuids()).toEqual([]);
    expect(await desk.quarantined()).toEqual([]);
  });
});

describe('a company that was just connected', () => {
  it('is swept some hours later, and what was there before us is brought without telling anybody', async () => {
    const fresh = await openSweepDesk();
    try {
      const { uuid } = fresh.fareHarbor.book({ startAt: startIn(3) });
      await fresh.slice();
      fresh.laterBy(5.9);
      await fresh.slice();
      expect(fresh.routes()).toEqual([]);
      fresh.laterBy(0.1);
      await fresh.slice();
      await fresh.verifyAll();
      expect(await fresh.record(uuid)).toMatchObject({ version: 1, quietThrough: 1, understanding: { mode: 'rules' } });
      expect(fresh.hints).toHaveLength(2);
      expect(fresh.counts.BookingsFoundBySweep).toBeUndefined();
    } finally {
      await fresh.close();
    }
  });

  it('keeps a sweep that another run noted while this one asked for its keys', async () => {
    const fresh = await openSweepDesk();
    try {
      const day = fresh.deps.now().toISOString();
      const others = {
        company: 'harbor-kayaks',
        startedAt: day,
        round: 3,
        from: '2026-01-01',
        to: '2026-01-02',
        noted: 7,
      };
      const hasAccess = async () => {
        await fresh.sweeps.write(others);
        return true;
      };
      await fresh.slice({ hasAccess });
      expect(await fresh.sweeps.read()).toEqual([others]);
    } finally {
      await fresh.close();
    }
  });

  it('without API access is not swept', async () => {
    desk.switches.apiAccess = false;
    const before = desk.routes().length;
    await desk.sweep();
    expect(desk.routes()).toHaveLength(before);
  });
});

describe('a slice', () => {
  /** A sweep with much to list: six days with a tour and two bookings each. */
  const many = () => [0, 1, 2, 5, 11, 12].flatMap((day) => book(2, startIn(day))).sort();

  it('that is over goes on where it stopped, with the lists it was in and no other read again', async () => {
    const uuids = many();
    const before = desk.routes().length;
    desk.laterBy(6);
    desk.calls.left = 4;
    await desk.slice({ withinMs: 1_000 });
    const first = desk.routes().length - before;
    for (let slices = 0; slices < 10; slices += 1) {
      desk.calls.left = 4;
      await desk.slice({ withinMs: 1_000 });
    }
    expect(first).toBe(4);
    expect(await notedUuids()).toEqual(uuids);
    const sweep = (await desk.sweeps.read())[0];
    expect(sweep).toMatchObject({ round: 2, noted: 12, finishedAt: expect.any(String) });
    const listed = desk.server.requests.slice(before).filter(({ route }) => route === 'availability.bookings');
    expect(new Set(listed.map(({ path }) => path)).size).toBe(6);
    expect(listed).toHaveLength(6);
  });

  it('that is cut off at any moment loses nothing', async () => {
    const uuids = many();
    desk.laterBy(6);
    const { sweeps } = desk.deps;
    for (let writes = 0; writes < 30; writes += 1) {
      let left = 3 + (writes % 3);
      const write: typeof sweeps.write = async (sweep) => {
        if (left === 0) throw new Error('killed');
        left -= 1;
        await sweeps.write(sweep);
      };
      await desk.slice({ sweeps: { ...sweeps, write } }).catch(() => undefined);
    }
    expect(await notedUuids()).toEqual(uuids);
    await desk.verifyAll();
    expect(desk.counts.BookingsFoundBySweep).toBe(12);
  });

  it('leaves off while FareHarbor does not answer, and goes on when it does', async () => {
    const uuids = many();
    desk.server.fault({ route: 'availability.bookings', status: 503 });
    await desk.sweep();
    expect((await desk.sweeps.read())[0]?.finishedAt).toBeUndefined();
    await desk.slice();
    expect(await notedUuids()).toEqual(uuids);
  });

  it('makes no more calls than the budget grants, and waits for one as long as it may', async () => {
    many();
    desk.laterBy(6);
    desk.calls.left = 3;
    const before = desk.routes().length;
    await desk.slice({ withinMs: 500 });
    expect(desk.routes().length - before).toBe(3);
  });

  it('gives each company its turn where there is not time for all', async () => {
    const [own = 'harbor-kayaks'] = Object.keys(desk.deps.settings.companies);
    const companies = { ...desk.deps.settings.companies, 'umi-tours': desk.deps.settings.companies[own] };
    const parsed = parseSettings({ companies: JSON.parse(JSON.stringify(companies)) });
    for (let slices = 0; slices < 24; slices += 1) {
      desk.laterBy(6);
      desk.calls.left = 3;
      await desk.slice({ settings: parsed });
    }
    const rounds = new Map((await desk.sweeps.read()).map(({ company, round }) => [company, round]));
    expect(rounds.get('umi-tours')).toBeGreaterThan(1);
    expect(rounds.get('harbor-kayaks')).toBeGreaterThan(2);
  });

  it('tells of a company whose keys are refused, and goes on with the others', async () => {
    const umi = desk.fareHarbor.book({ company: 'umi-tours' }).uuid;
    const { settings } = desk.deps;
    const company = settings.companies['harbor-kayaks'];
    if (company === undefined) throw new Error('no settings');
    const both = { companies: { 'not-theirs': company, 'umi-tours': company } };
    await desk.slice({ settings: both });
    desk.laterBy(6);
    await desk.slice({ settings: both });
    expect(await notedUuids()).toEqual([umi]);
    const told = desk.lines.find(({ event }) => event === 'sweep.impossible');
    expect(told?.facts).toMatchObject({ company: 'not-theirs', code: 'fareharbor.unreadable-company' });
  });
});
