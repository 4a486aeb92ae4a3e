import { describe, expect, it } from 'vitest';
import { summarise } from '../../../shared/guest/booking-summary.ts';
import { earlierOf, riskFactsOf } from '../../../shared/risk/booking-facts.ts';
import { aBooking, at, usd, uuid } from '../shared/booking-fixture.ts';

const MADE = '2026-11-20T19:00:00.000Z';
const NONE = { earlierBookings: 0, earlierCancellations: 0, earlierNoShows: 0 };
const tour = (n: number, startAt: string, changes: Parameters<typeof aBooking>[0] = {}) =>
  summarise(
    aBooking({ uuid: uuid(n), availability: { pk: n, startAt: at(startAt), endAt: null, headline: null }, ...changes }),
    MADE,
  );
const payment = (amount: number, paidAt: string | null) => ({
  pk: amount,
  type: 'card',
  status: 'succeeded' as const,
  amount: usd(amount),
  at: paidAt === null ? null : at(paidAt),
  refunds: [],
});

describe('a booking’s facts', () => {
  it('are those of the operator’s calendar', () => {
    expect(riskFactsOf(aBooking(), MADE, 1, { ...NONE, earlierBookings: 2 })).toEqual({
      leadDays: 30,
      partySize: 2,
      children: 1,
      earlierBookings: 2,
      earlierCancellations: 0,
      earlierNoShows: 0,
      affiliate: false,
      affiliateDesk: false,
      // A Sunday in Honolulu, already Monday in UTC.
      weekend: true,
      paidShare: null,
    });
  });

  it('tell what an affiliate’s person sold from what its website did, and from the operator’s own desk', () => {
    const sold = (changes: Parameters<typeof aBooking>[0]) => {
      const { affiliate, affiliateDesk } = riskFactsOf(aBooking(changes), MADE, 0, NONE);
      return [affiliate, affiliateDesk];
    };
    const affiliate = { shortname: 'concierge', name: 'Concierge' };
    expect(sold({ affiliate })).toEqual([true, false]);
    expect(sold({ affiliate, agent: 'Lani' })).toEqual([true, true]);
    expect(sold({ affiliate, desk: 'Lobby' })).toEqual([true, true]);
    expect(sold({ agent: 'Lani', desk: 'Lobby' })).toEqual([false, false]);
  });

  it('are unknown where the tour has no time, and never negative ahead', () => {
    const open = aBooking({ availability: { pk: null, startAt: null, endAt: null, headline: null } });
    expect(riskFactsOf(open, MADE, 0, NONE)).toMatchObject({ leadDays: null, weekend: null });
    expect(riskFactsOf(aBooking(), '2027-02-01T00:00:00.000Z', 0, NONE).leadDays).toBe(0);
  });

  it('count what was paid with the booking, not what was paid later', () => {
    const share = (payments: ReturnType<typeof payment>[]) =>
      riskFactsOf(aBooking({ payments }), MADE, 0, NONE).paidShare;
    expect(share([payment(5000, '2026-11-20T09:01:00-1000'), payment(15000, '2026-12-01T09:00:00-1000')])).toBe(0.25);
    expect(share([])).toBe(0);
    expect(share([payment(5000, null)])).toBeNull();
  });
});

describe('a guest’s earlier bookings', () => {
  const missed = { customers: [{ pk: 61, type: 'Adult', checkin: 'no-show' as const }] };

  it('count once they are over: their ends were known', () => {
    const rows = [
      tour(2, '2026-06-01T09:00:00-1000'),
      tour(3, '2026-07-01T09:00:00-1000', { status: 'cancelled' }),
      tour(4, '2026-08-01T09:00:00-1000', missed),
    ];
    expect(earlierOf(rows, MADE)).toEqual({ earlierBookings: 1, earlierCancellations: 1, earlierNoShows: 1 });
  });

  it('do not count while their end lay ahead, the booking itself among them', () => {
    const rows = [
      tour(1, '2026-12-20T17:00:00-1000', { status: 'cancelled' }),
      tour(5, '2026-11-21T09:00:00-1000', { status: 'cancelled' }),
    ];
    expect(earlierOf(rows, MADE)).toEqual(NONE);
  });

  it('do not count where they were rebooked', () => {
    const rows = [
      tour(6, '2026-05-01T09:00:00-1000', { status: 'rebooked', rebookedTo: uuid(7) }),
      tour(8, '2026-05-02T09:00:00-1000'),
      tour(9, '2026-12-02T09:00:00-1000', { rebookedFrom: uuid(8) }),
    ];
    expect(earlierOf(rows, MADE)).toEqual(NONE);
  });
});
