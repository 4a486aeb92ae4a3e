import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BookingSummary, summarise } from '../../../shared/guest/booking-summary.ts';
import { profileOf as totalled } from '../../../shared/guest/profile.ts';
import { totalsOf } from '../../../shared/guest/totals.ts';
import { aBooking, at, usd, uuid } from './booking-fixture.ts';

const NOW = '2026-11-21T12:00:00.000Z';
const tour = (n: number, startAt: string, changes: Parameters<typeof aBooking>[0] = {}) =>
  summarise(
    aBooking({ uuid: uuid(n), availability: { pk: n, startAt: at(startAt), endAt: null, headline: null }, ...changes }),
    NOW,
  );

const profileOf = (summaries: readonly BookingSummary[], now: string) => totalled(totalsOf(summaries, now), now);

const payment = (paid: number, refunded: number) => ({
  pk: paid,
  type: 'card',
  status: 'succeeded' as const,
  amount: usd(paid),
  at: null,
  refunds: [{ pk: paid + 1, amount: usd(refunded), at: null }],
});
const priced = (total: number) => ({ ...aBooking().price, total: usd(total) });

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

  it('counts money paid and given back over all bookings, and what a rebooking takes along only once', () => {
    const moved = payment(20000, 1000);
    const old = tour(1, '2026-12-20T17:00:00-1000', { payments: [moved] });
    const next = tour(2, '2026-12-22T17:00:00-1000', { rebookedFrom: uuid(1), payments: [moved] });
    const toldOf = tour(1, '2026-12-20T17:00:00-1000', { status: 'rebooked', rebookedTo: uuid(2), payments: [moved] });
    const off = tour(3, '2026-12-24T17:00:00-1000', { status: 'cancelled', payments: [payment(5000, 5000)] });
    for (const first of [old, toldOf]) {
      expect(profileOf([first, next, off], NOW)).toMatchObject({
        paid: [usd(25000)],
        refunded: [usd(6000)],
        bookings: 1,
      });
    }
    // The booking it went on as is another guest's.
    expect(profileOf([toldOf], NOW)).toMatchObject({ paid: [], refunded: [], bookings: 0, allBookings: 1 });
  });

  it('tells what an average booking is worth in each currency, and leaves out what brings nothing', () => {
    const cheap = tour(7, '2026-12-20T17:00:00-1000', { price: priced(3333) });
    const dear = tour(8, '2026-12-20T17:00:00-1000', { price: priced(10000) });
    const off = tour(9, '2026-12-20T17:00:00-1000', { price: priced(99999), status: 'cancelled', payments: [] });
    expect(profileOf([cheap, dear, off], NOW)).toMatchObject({ averageValue: [usd(6667)], spend: [usd(13333)] });
  });

  it('tells kinds of party, weekdays and months on the operator’s calendar, and lead time', () => {
    const people = (count: number, ...types: (string | null)[]) =>
      Array.from({ length: count }, (_, index) => ({
        pk: index,
        type: types[index % types.length] ?? null,
        checkin: null,
      }));
    const profile = profileOf(
      [
        // A Sunday in Honolulu, and Monday in UTC.
        tour(1, '2026-11-29T17:00:00-1000', { customers: people(4, 'Adult', 'Kind (6-11)'), partySize: 4 }),
        tour(2, '2026-12-02T09:00:00-1000', { customers: people(2, 'Adult'), partySize: 2 }),
        tour(3, '2026-12-02T09:00:00-1000', { customers: people(1, 'Private charter'), partySize: 24 }),
        tour(4, '2026-12-02T09:00:00-1000', { customers: people(2, null), partySize: 2 }),
        tour(5, '2026-12-02T09:00:00-1000', { status: 'cancelled' }),
      ],
      NOW,
    );
    expect(profile).toMatchObject({
      parties: { family: 1, adults: 1, group: 1, unknown: 1 },
      weekdays: [0, 0, 3, 0, 0, 0, 1],
      months: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3],
      averagePartySize: 8,
    });
  });

  it('lists all that was booked: items, and along with them whatever had a price of its own', () => {
    const answer = (question: string, value: string, type: string, amount?: number) => ({
      question,
      value,
      type,
      customerPk: null,
      ...(amount !== undefined && { cost: usd(amount) }),
    });
    const bought = [
      answer('Add a photo package?', 'Yes', 'yes-no', 2500),
      answer('Lunch', 'Bento', 'extended-option', 1200),
      answer('Lunch', 'Bento', 'extended-option', 1200),
      answer('Allergies', 'Nuts', 'short'),
    ];
    const profile = profileOf(
      [
        tour(1, '2026-11-29T17:00:00-1000', { answers: bought }),
        tour(2, '2026-12-02T09:00:00-1000', { answers: bought.slice(0, 1), item: { pk: 12, name: 'Reef Snorkel' } }),
        tour(3, '2026-12-02T09:00:00-1000'),
        tour(4, '2026-12-02T09:00:00-1000', { answers: bought, status: 'cancelled' }),
      ],
      NOW,
    );
    expect(profile.addOns).toEqual([
      { name: 'Add a photo package?', bookings: 2 },
      { name: 'Bento', bookings: 1 },
    ]);
    expect(profile.items).toEqual([
      { pk: 11, name: 'Sunset Kayak', bookings: 2 },
      { pk: 12, name: 'Reef Snorkel', bookings: 1 },
    ]);
  });
});
