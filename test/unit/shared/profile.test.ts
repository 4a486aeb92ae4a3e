import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileOf, summarise } from '../../../shared/guest/profile.ts';
import { aBooking, at, usd, uuid } from './booking-fixture.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const tour = (n: number, startAt: string, changes: Parameters<typeof aBooking>[0] = {}) =>
  summarise(
    aBooking({ uuid: uuid(n), availability: { pk: n, startAt: at(startAt), endAt: null, headline: null }, ...changes }),
    NOW,
  );

const history = [
  tour(1, '2025-06-01T09:00:00-1000'),
  tour(2, '2026-08-01T09:00:00-1000', { item: { pk: 12, name: 'Reef Snorkel' } }),
  tour(3, '2026-12-20T17:00:00-1000'),
  tour(4, '2027-03-01T17:00:00-1000', { status: 'cancelled' }),
  tour(5, '2026-12-01T17:00:00-1000', { status: 'rebooked', rebookedTo: uuid(3) }),
  tour(6, '2026-10-01T09:00:00+0200', {
    company: { shortname: 'bateau-mouette', name: 'Bateau Mouette', currency: 'EUR' },
    price: {
      total: { amount: 9000, currency: 'EUR' },
      taxes: null,
      invoice: null,
      invoiceTaxes: null,
      paid: null,
      discount: null,
    },
    customers: [{ pk: 61, type: 'Adult', checkin: 'no-show' }],
  }),
];

describe('a guest’s profile', () => {
  it('counts what stands: cancelled and rebooked-away bookings bring neither tours nor money', () => {
    expect(profileOf(history, NOW)).toMatchObject({
      bookings: 4,
      cancellations: 1,
      noShows: 1,
      firstTour: '2025-06-01',
      lastTour: '2026-10-01',
      nextTour: '2026-12-20',
      spend: [usd(60000), { amount: 9000, currency: 'EUR' }],
      favouriteItems: ['Sunset Kayak', 'Reef Snorkel'],
      itemPks: [11, 12],
    });
  });

  it('is the same whichever order the bookings come in', () => {
    const whole = profileOf(history, NOW);
    fc.assert(
      fc.property(fc.shuffledSubarray(history, { minLength: history.length }), (shuffled) => {
        expect(profileOf(shuffled, NOW)).toEqual(whole);
      }),
    );
  });

  it('counts one half of a rebooking, also while only the new half has told of it (trap 13)', () => {
    const old = tour(1, '2026-12-20T17:00:00-1000');
    const next = tour(2, '2026-12-22T17:00:00-1000', { rebookedFrom: uuid(1) });
    expect(profileOf([old, next], NOW)).toMatchObject({ bookings: 1, spend: [usd(20000)], nextTour: '2026-12-22' });
  });

  it('of nobody is empty', () => {
    expect(profileOf([], NOW)).toMatchObject({ bookings: 0, spend: [], nextTour: null, averageLeadDays: null });
  });
});
