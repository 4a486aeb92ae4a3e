import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NOTHING_SEEN } from '../../../../functions/enrichment/standing/distribution.ts';
import { countersOf } from '../../../../functions/enrichment/standing/standing-counts.ts';
import { distributions, standingNotes } from '../../../../functions/enrichment/standing/standing-table.ts';
import type { Booking } from '../../../../shared/booking/booking.ts';
import { summarise } from '../../../../shared/guest/booking-summary.ts';
import { totalsOf } from '../../../../shared/guest/totals.ts';
import type { GuestTotals } from '../../../../shared/guest/totals-shape.ts';
import { aBooking, at, uuid } from '../../shared/booking-fixture.ts';
import { listening } from '../../shared/quiet.ts';
import { createTable, openDynamoDb } from '../../shared/tables.ts';

const COMPANY = 'harbor-kayaks';
const clock = { now: new Date('2026-11-21T12:00:00.000Z') };
let engine: Awaited<ReturnType<typeof openDynamoDb>>;
let table = '';
let tables = 0;

beforeAll(async () => {
  engine = await openDynamoDb();
});
afterAll(() => engine.close());
beforeEach(async () => {
  tables += 1;
  table = `operations-${tables}`;
  await createTable(engine.dynamo, table, ['kind', 'id']);
});

const totals = (...bookings: Booking[]): GuestTotals =>
  totalsOf(
    bookings.map((booking) => summarise(booking, '2026-11-20T19:00:00.000Z')),
    clock.now.toISOString(),
  );
const note = (before: GuestTotals | undefined, after: GuestTotals, company = COMPANY) =>
  standingNotes(engine.dynamo, table)(before, after, company);
const reader = (ears = listening()) => distributions(engine.dynamo, table, { log: ears.log, now: () => clock.now });

const one = aBooking();
const two = aBooking({ uuid: uuid(2), createdAt: at('2026-10-01T09:00:00-1000') });

describe('the operator’s distribution', () => {
  it('counts guests, and moves them as their history changes', async () => {
    await note(undefined, totals(one));
    await note(undefined, totals(two));
    await note(totals(one), totals(one, aBooking({ uuid: uuid(3) })));
    const { recency, frequency, money, rates } = await reader()(COMPANY);
    expect(Object.values(recency)).toEqual([1, 1]);
    expect(frequency).toEqual({ 1: 1, 2: 1 });
    expect(Object.values(money.USD ?? {}).filter((guests) => guests > 0)).toEqual([1, 1]);
    expect(rates.cancellation).toEqual({ bookings: 3, events: 0 });
  });

  it('takes out a guest none of whose bookings stands any more, and keeps the rates', async () => {
    const cancelled = aBooking({ status: 'cancelled' });
    await note(undefined, totals(one));
    await note(totals(one), totals(cancelled));
    const { frequency, rates } = await reader()(COMPANY);
    expect(Object.values(frequency)).toEqual([0]);
    expect(rates).toEqual({ cancellation: { bookings: 1, events: 1 }, noShow: { bookings: 0, events: 0 } });
  });

  it('is the same whichever change was counted first', async () => {
    const steps: [GuestTotals | undefined, GuestTotals][] = [
      [undefined, totals(one)],
      [totals(one), totals(one, two)],
      [undefined, totals(two)],
    ];
    for (const [before, after] of steps) await note(before, after);
    for (const [before, after] of steps.toReversed()) await note(before, after, 'umi-tours');
    expect(await reader()('umi-tours')).toEqual(await reader()(COMPANY));
  });

  it('keeps companies and currencies apart', async () => {
    const yen = { company: { ...one.company, currency: 'JPY' } };
    const price = { ...one.price, total: { amount: 20_000, currency: 'JPY' } };
    await note(undefined, totals(aBooking({ ...yen, price })), 'umi-tours');
    await note(undefined, totals(one));
    expect(Object.keys((await reader()(COMPANY)).money)).toEqual(['USD']);
    expect(Object.keys((await reader()('umi-tours')).money)).toEqual(['JPY']);
  });

  it('writes nothing where no counter moves', async () => {
    const moved = aBooking({ availability: { ...one.availability, startAt: at('2026-12-21T17:00:00-1000') } });
    await standingNotes(engine.dynamo, 'no-such-table')(totals(one), totals(moved), COMPANY);
    await expect(standingNotes(engine.dynamo, 'no-such-table')(undefined, totals(one), COMPANY)).rejects.toThrow();
  });

  it('holds no word about a guest', () => {
    expect(Object.keys(countersOf(totals(one, two))).join(' ')).toMatch(
      /^standing cancelled noShows recency_\d+ frequency_2 money_USD_\d+$/,
    );
  });
});

describe('reading it', () => {
  it('asks once a minute', async () => {
    const read = reader();
    expect(await read(COMPANY)).toEqual(NOTHING_SEEN);
    await note(undefined, totals(one));
    expect(await read(COMPANY)).toEqual(NOTHING_SEEN);
    clock.now = new Date(clock.now.getTime() + 60_000);
    expect((await read(COMPANY)).frequency).toEqual({ 1: 1 });
  });

  it('goes on with nothing seen where the table cannot be read, and says so', async () => {
    const ears = listening();
    const read = distributions(engine.dynamo, 'no-such-table', { log: ears.log, now: () => clock.now });
    expect(await read(COMPANY)).toEqual(NOTHING_SEEN);
    expect(ears.events()).toEqual(['standing.unreadable']);
  });
});
