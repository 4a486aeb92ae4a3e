import { describe, expect, it } from 'vitest';
import type { FareHarborLists, Listed } from '../../../shared/fareharbor/lists.ts';
import { type Position, type Step, type WalkRequest, walk } from '../../../shared/fareharbor/walk.ts';
import { uuid } from '../shared/booking-fixture.ts';

/** Day → availability of item 1 or 2; each has one booking of its own pk. */
const AVAILABILITIES = [
  { item: 2, pk: 27, day: '2026-01-25' },
  { item: 1, pk: 15, day: '2026-01-01' },
  { item: 1, pk: 12, day: '2026-01-10' },
  { item: 1, pk: 13, day: '2026-01-11' },
  { item: 2, pk: 21, day: '2026-01-05' },
  { item: 1, pk: 19, day: '2026-02-01' },
];
const ALL = [12, 13, 15, 21, 27];
const REQUEST: WalkRequest = { company: 'harbor-kayaks', days: { from: '2026-01-01', to: '2026-01-31' } };

function lists(calls: string[] = [], items: readonly number[] = [2, 3, 1]): FareHarborLists {
  return {
    companies: async () => {
      calls.push('companies');
      return ['harbor-kayaks'];
    },
    items: async () => {
      calls.push('items');
      return items;
    },
    availabilities: async (_, item, { from, to }) => {
      calls.push(`${item} ${from} ${to}`);
      return AVAILABILITIES.filter((one) => one.item === item && one.day >= from && one.day <= to).map(({ pk }) => pk);
    },
    bookings: async (_, pk): Promise<Listed[]> => {
      calls.push(String(pk));
      return [{ uuid: uuid(pk), status: 'booked' }];
    },
  };
}

/** All steps from there, at most so many. */
async function steps(source: FareHarborLists, position?: Position, most = 100): Promise<Step[]> {
  const walking = walk(source, { ...REQUEST, position });
  const made: Step[] = [];
  while (made.length < most && made.at(-1)?.done !== true) made.push(await walking.step());
  return made;
}
const found = (made: readonly Step[]) =>
  made.flatMap(({ bookings }) => bookings.map((one) => Number(one.uuid.slice(-12)))).sort((a, b) => a - b);

describe('a walk', () => {
  it('lists every booking of the days once, ten days at a time, a call a step', async () => {
    const calls: string[] = [];
    const made = await steps(lists(calls));
    expect(found(made)).toEqual(ALL);
    expect(made).toHaveLength(calls.length);
    expect(calls.slice(0, 7)).toEqual([
      'companies',
      'items',
      '1 2026-01-01 2026-01-10',
      '12',
      '15',
      '1 2026-01-11 2026-01-20',
      '13',
    ]);
    expect(calls).toContain('3 2026-01-31 2026-01-31');
  });

  it('goes on from wherever it was left, and lists nothing twice that it need not', async () => {
    const whole = await steps(lists());
    for (let most = 1; most < whole.length; most += 1) {
      const first = await steps(lists(), undefined, most);
      const rest = await steps(lists(), first.at(-1)?.position);
      expect(
        [...found(first), ...found(rest)].sort((a, b) => a - b),
        `left after ${most}`,
      ).toEqual(ALL);
    }
  });

  it('goes on behind an item that is gone meanwhile', async () => {
    const made = await steps(lists([], [2, 3]), { item: 1, from: '2026-01-11', after: 12 });
    expect(found(made)).toEqual([21, 27]);
  });

  it('makes a call that failed again', async () => {
    const source = lists();
    let failing = true;
    const walking = walk(
      {
        ...source,
        bookings: async (...of) => {
          if (failing) throw new Error('busy');
          return await source.bookings(...of);
        },
      },
      REQUEST,
    );
    for (const _ of [1, 2, 3]) await walking.step();
    await expect(walking.step()).rejects.toThrow('busy');
    failing = false;
    expect(found([await walking.step()])).toEqual([12]);
  });

  it('says how much of the way is made, from nothing to all, never less than before', async () => {
    const shares = (await steps(lists())).map(({ share }) => share);
    expect(shares[0]).toBe(0);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  it('is over at once where the company sells nothing', async () => {
    expect((await steps(lists([], []))).at(-1)).toMatchObject({ done: true, bookings: [] });
  });

  it('is impossible with keys for other companies', async () => {
    const walking = walk({ ...lists(), companies: async () => ['umi-tours'] }, REQUEST);
    await expect(walking.step()).rejects.toMatchObject({
      code: 'fareharbor.unreadable-company',
      message: expect.stringContaining('umi-tours'),
    });
  });
});
