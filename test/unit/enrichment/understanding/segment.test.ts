import { describe, expect, it } from 'vitest';
import { churnOf } from '../../../../functions/enrichment/understanding/churn.ts';
import { featuresOf } from '../../../../functions/enrichment/understanding/features.ts';
import { segmentOf } from '../../../../functions/enrichment/understanding/segment.ts';
import type { Booking } from '../../../../shared/booking/booking.ts';
import { aBooking, at, usd, uuid } from '../../shared/booking-fixture.ts';
import { BOOKED_AT, historyOf, NOW, people, privateGuest, settingsWith } from './understanding-fixture.ts';

const settings = settingsWith();

function tour(n: number, startAt: string, changes: Partial<Booking> = {}): Booking {
  const availability = { pk: n, startAt: at(startAt), endAt: null, headline: null };
  return aBooking({ uuid: uuid(n), contact: privateGuest, availability, ...changes });
}
const coming = (n: number, changes: Partial<Booking> = {}) => tour(n, '2026-12-20T09:00:00-1000', changes);
const priced = (amount: number) => ({ price: { ...aBooking().price, total: usd(amount) } });

function placeWithReasons(booking: Booking, ...others: Booking[]) {
  const profile = historyOf([booking, ...others]);
  const standing = { booking, profile, features: featuresOf(booking, profile, BOOKED_AT), settings, now: NOW };
  const churn = churnOf(standing);
  return { ...segmentOf({ ...standing, churn }), churn };
}

function place(booking: Booking, ...others: Booking[]) {
  const { segment, churn } = placeWithReasons(booking, ...others);
  return [segment, churn.risk];
}

describe('segmentOf and churnOf', () => {
  it('knows a new guest and a family', () => {
    expect(place(coming(1))).toEqual(['new', 'low']);
    expect(place(coming(1, { customers: [...people(2), ...people(2, 'Child')] }))).toEqual(['family', 'low']);
  });

  it('tells a group from a corporate group, from the operator’s size on', () => {
    expect(place(coming(1, { partySize: 9 }))[0]).toBe('new');
    expect(place(coming(1, { partySize: 10 }))[0]).toBe('group');
    const contact = { ...privateGuest, email: 'events@acme-robotics.test' };
    expect(place(coming(1, { partySize: 10, contact }))[0]).toBe('corporate-group');
  });

  it('knows a guest who returns, and one who is worth much', () => {
    const past = tour(2, '2026-08-01T09:00:00-1000');
    expect(place(coming(1), past)[0]).toBe('returning');
    expect(place(coming(1), tour(2, '2026-08-01T09:00:00-1000', priced(79900)))[0]).toBe('returning');
    expect(place(coming(1), tour(2, '2026-08-01T09:00:00-1000', priced(80000)))[0]).toBe('high-value-repeat');
  });

  it('counts a first booking of high value as new: there is nothing repeated', () => {
    expect(place(coming(1, priced(500000)))[0]).toBe('new');
  });

  it('knows who has lapsed, to the day, and who is worth winning back', () => {
    expect(place(tour(1, '2025-11-22T09:00:00-1000'))).toEqual(['new', 'medium']);
    expect(place(tour(1, '2025-11-21T09:00:00-1000'))).toEqual(['lapsed', 'high']);
    expect(place(tour(1, '2025-10-01T09:00:00-1000', priced(150000)))).toEqual(['win-back', 'high']);
    expect(place(tour(1, '2025-10-01T09:00:00-1000'), tour(2, '2024-10-01T09:00:00-1000'))[0]).toBe('win-back');
    expect(place(tour(1, '2025-10-01T09:00:00-1000'), coming(2))).toEqual(['returning', 'low']);
  });

  it('gives the facts that decided, with the operator’s lines', () => {
    const reasons = (...bookings: [Booking, ...Booking[]]) => placeWithReasons(...bookings).reasons;
    expect(reasons(coming(1))).toEqual(['first booking']);
    expect(reasons(coming(1, { customers: [...people(2), ...people(1, 'Child')] }))).toEqual([
      '1 child',
      'first booking',
    ]);
    expect(reasons(coming(1), tour(2, '2026-08-01T09:00:00-1000', priced(80000)))).toEqual([
      '1 earlier booking',
      'USD 1000.00 spent (high value from 1000)',
    ]);
    expect(reasons(tour(1, '2025-10-01T09:00:00-1000'), tour(2, '2024-10-01T09:00:00-1000'))).toEqual([
      '13 months since the last tour (lapsed from 12)',
      '2 bookings',
    ]);
    expect(reasons(coming(1, { status: 'cancelled' }))).toEqual(['1 of 1 booking cancelled (+80)']);
  });

  it('sees risk where nothing stands any more, or nobody came', () => {
    expect(place(coming(1, { status: 'cancelled' }))).toEqual(['at-risk', 'high']);
    expect(place(coming(1, { status: 'cancelled', partySize: 24 }))[0]).toBe('at-risk');
    const missed = { customers: [{ pk: 1, type: 'Adult', checkin: 'no-show' as const }] };
    expect(place(tour(1, '2026-11-10T09:00:00-1000', missed))).toEqual(['at-risk', 'high']);
    expect(place(coming(1), tour(2, '2026-11-10T09:00:00-1000', missed))).toEqual(['returning', 'medium']);
    expect(place(coming(1), coming(2, { status: 'cancelled' }))[1]).toBe('medium');
    expect(place(tour(1, '2026-05-21T09:00:00-1000'))[1]).toBe('medium');
    expect(place(tour(1, '2026-05-22T09:00:00-1000'))[1]).toBe('low');
  });
});
