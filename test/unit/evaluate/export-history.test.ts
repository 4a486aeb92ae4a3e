import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../infra/evaluate/csv.ts';
import { exportedRows, readBooking } from '../../../infra/evaluate/export-history.ts';
import { csvLineOf, OWN_HEADER, ownHistoryOf } from '../../../infra/evaluate/own-history.ts';
import type { Booking } from '../../../shared/booking/booking.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { earlierOf } from '../../../shared/risk/booking-facts.ts';
import { aBooking, at, usd, uuid } from '../shared/booking-fixture.ts';

const NOW = '2027-01-10T12:00:00.000Z';
const MADE = '2026-11-20T19:00:00.000Z';
const guest = guestKeyFor(uuid(1));
const tour = (day: string) => ({ pk: 21, startAt: at(`${day}T17:00:00-1000`), endAt: null, headline: null });
const exported = (changes: Partial<Booking> = {}, others: readonly Booking[] = [], now = NOW) =>
  exportedRows(
    [aBooking(changes), ...others].map((one) => readBooking(one, guest, MADE)),
    now,
  );

describe('a row of an operator’s own history', () => {
  it('holds what was known when the booking was made, its end, and nothing personal', () => {
    const earlier = aBooking({ uuid: uuid(2), status: 'cancelled', availability: tour('2026-06-01') });
    const payments = [
      {
        pk: 1,
        type: 'card',
        status: 'succeeded' as const,
        amount: usd(10000),
        at: at('2026-11-20T09:00:10-1000'),
        refunds: [],
      },
    ];
    const affiliate = { shortname: 'concierge', name: 'Concierge' };
    const customers = ['Adult', 'Child (5-11)'].map((type, pk) => ({ pk, type, checkin: null }));
    const { rows } = exported({ payments, customers, note: 'secret', affiliate, agent: 'Lani' }, [earlier]);
    expect(rows.at(-1)).toEqual({
      booking: '1',
      booked_on: '2026-11-20',
      tour_on: '2026-12-20',
      party_size: '2',
      children: '1',
      earlier_bookings: '0',
      earlier_cancellations: '1',
      earlier_no_shows: '0',
      affiliate: '1',
      affiliate_desk: '1',
      paid_share: '0.5',
      outcome: 'came',
    });
    expect(JSON.stringify(rows)).not.toMatch(/noa|kealoha|202555|secret|concierge|lani|0000-4000/i);
  });

  it('says what became of it', () => {
    expect(exported({ status: 'cancelled' }).rows[0]?.outcome).toBe('cancelled');
    expect(exported({ customers: [{ pk: 1, type: null, checkin: 'no-show' }] }).rows[0]?.outcome).toBe('no-show');
  });

  it('is left out until the tour is over, cancelled or not: the early ends would all be cancellations', () => {
    const during = '2026-12-21T05:00:00.000Z';
    for (const status of ['cancelled', 'booked'] as const) {
      const { rows, leftOut } = exported({ status }, [], during);
      expect([rows.length, leftOut.tourNotOver]).toEqual([0, 1]);
    }
    expect(exported({}, [], '2026-12-21T10:00:00.000Z').rows).toHaveLength(1);
  });

  it('is left out where the booking was rebooked, has no time, or was first seen after its tour', () => {
    expect(exported({ status: 'rebooked', rebookedTo: uuid(3) }).leftOut.rebooked).toBe(1);
    const successor = aBooking({ uuid: uuid(3), rebookedFrom: uuid(1) });
    expect(exported({}, [successor])).toMatchObject({ rows: [{ outcome: 'came' }], leftOut: { rebooked: 1 } });
    const timeless = { pk: null, startAt: null, endAt: null, headline: null };
    expect(exported({ availability: timeless }).leftOut.unknownDays).toBe(1);
    expect(exported({ createdAt: null, availability: tour('2026-01-05') }).leftOut.unknownDays).toBe(1);
  });

  it('comes back from the file as it went', () => {
    const lines = exported().rows.map(csvLineOf);
    expect(ownHistoryOf(parseCsv(`${[OWN_HEADER, ...lines].join('\n')}\n`))).toEqual([
      {
        bookedDay: Date.UTC(2026, 10, 20) / 86_400_000,
        outcome: 'came',
        facts: { ...readBooking(aBooking(), guest, MADE).facts },
      },
    ]);
  });

  it('stands in an order that its own words give: no uuid shows in it', () => {
    const bookings = [3, 1, 2].map((n) => aBooking({ uuid: uuid(n), partySize: 4 - n, displayId: null }));
    const read = bookings.map((one, index) => readBooking(one, guestKeyFor(uuid(index + 10)), MADE));
    expect(exportedRows(read, NOW)).toEqual(exportedRows(read.toReversed(), NOW));
  });

  it('counts each guest’s earlier bookings as the pipeline’s own rule does, whatever their number', () => {
    const one = fc.record({
      guest: fc.constantFrom(1, 2),
      made: fc.integer({ min: 1, max: 300 }),
      ahead: fc.integer({ min: 0, max: 60 }),
      status: fc.constantFrom<Booking['status']>('booked', 'booked', 'cancelled'),
      noShow: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (drawn) => {
        const read = drawn.map(({ made, ahead, status, noShow, guest: n }, index) => {
          const day = (days: number) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10);
          const customers = [{ pk: 1, type: null, checkin: noShow ? ('no-show' as const) : null }];
          const createdAt = at(`${day(made)}T09:00:00-1000`);
          const booking = { uuid: uuid(index), createdAt, status, customers, availability: tour(day(made + ahead)) };
          return readBooking(aBooking(booking), guestKeyFor(uuid(n)), MADE);
        });
        const expected = read.map((booking) => {
          const own = read.filter((other) => other.guest === booking.guest);
          return Object.values(earlierOf(own, booking.bookedAt)).join();
        });
        const counted = exportedRows(read, '2028-01-01T00:00:00.000Z').rows.map((row) =>
          [row.earlier_bookings, row.earlier_cancellations, row.earlier_no_shows].join(),
        );
        expect([...counted].sort()).toEqual([...expected].sort());
      }),
    );
  });
});
