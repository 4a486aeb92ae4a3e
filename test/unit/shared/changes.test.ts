import { describe, expect, it } from 'vitest';
import type { Booking } from '../../../shared/booking/booking.ts';
import { deriveChanges } from '../../../shared/booking/changes.ts';
import { aBooking, at, usd, uuid } from './booking-fixture.ts';

const kinds = (before: Booking | undefined, after: Booking) => deriveChanges(before, after).map(({ kind }) => kind);
const base = aBooking();
const paying = (amount: number, refunded = 0) => [
  {
    pk: 1,
    type: 'card',
    status: 'succeeded' as const,
    amount: usd(amount),
    at: null,
    refunds: refunded === 0 ? [] : [{ pk: 9, amount: usd(refunded), at: null }],
  },
];

describe('changes', () => {
  it('are none where only the cost of an answer is known now: records of earlier days do not hold it', () => {
    const answer = { question: 'Photos', type: 'yes-no', value: 'Yes', customerPk: null };
    expect(kinds(aBooking({ answers: [answer] }), aBooking({ answers: [{ ...answer, cost: usd(2500) }] }))).toEqual([]);
  });

  it('are none between equal states', () => {
    expect(deriveChanges(base, structuredClone(base))).toEqual([]);
  });

  const cases: [string, Booking | undefined, Booking, string[]][] = [
    ['a first sighting', undefined, base, ['booked', 'paid']],
    ['first seen cancelled', undefined, aBooking({ status: 'cancelled' }), ['booked', 'paid', 'cancelled']],
    [
      'first seen as the new half of a rebooking',
      undefined,
      aBooking({ rebookedFrom: uuid(9), price: { ...base.price, paid: null } }),
      ['rebooked_from'],
    ],
    [
      'first seen rebooked away',
      undefined,
      aBooking({ status: 'rebooked', rebookedTo: uuid(2), price: { ...base.price, paid: null } }),
      ['booked', 'rebooked_away'],
    ],
    ['cancelled', base, aBooking({ status: 'cancelled' }), ['cancelled']],
    ['reinstated', aBooking({ status: 'cancelled' }), base, ['reinstated']],
    ['rebooked away', base, aBooking({ status: 'rebooked', rebookedTo: uuid(2) }), ['rebooked_away']],
    ['learning later what it was rebooked from', base, aBooking({ rebookedFrom: uuid(9) }), ['rebooked_from']],
    [
      'another time',
      base,
      aBooking({ availability: { ...base.availability, startAt: at('2026-12-21T17:00:00-1000') } }),
      ['rescheduled'],
    ],
    ['another tour', base, aBooking({ item: { pk: 12, name: 'Reef Snorkel' } }), ['item_changed']],
    ['one more person', base, aBooking({ partySize: 3 }), ['party_changed']],
    [
      'a person of another type',
      base,
      aBooking({
        customers: [base.customers[0] ?? { pk: 1, type: null, checkin: null }, { pk: 2, type: 'Child', checkin: null }],
      }),
      ['party_changed'],
    ],
    ['another price', base, aBooking({ price: { ...base.price, total: usd(21000) } }), ['price_changed']],
    ['a payment', aBooking({ price: { ...base.price, paid: usd(0) } }), base, ['paid']],
    ['a refund', aBooking({ payments: paying(20000) }), aBooking({ payments: paying(20000, 500) }), ['refunded']],
    [
      'less paid by a body without payments, where others tell of them: they tell of the refund as well',
      aBooking({ payments: paying(20000) }),
      aBooking({ price: { ...base.price, paid: usd(15000) } }),
      ['paid'],
    ],
    ['less paid, without payments told', base, aBooking({ price: { ...base.price, paid: usd(15000) } }), ['refunded']],
    [
      'a corrected address',
      base,
      aBooking({ contact: { ...base.contact, email: 'n@kealoha.test' } }),
      ['contact_changed'],
    ],
    [
      'consent taken back',
      base,
      aBooking({ contact: { ...base.contact, emailConsent: false } }),
      ['contact_changed', 'consent_withdrawn'],
    ],
    ['a note', base, aBooking({ note: 'window seat' }), ['note_changed']],
    [
      'an answer',
      base,
      aBooking({ answers: [{ question: 'Diet', type: 'short', value: 'vegan', customerPk: null }] }),
      ['answers_changed'],
    ],
    [
      'a check-in',
      base,
      aBooking({
        customers: [
          { pk: 1, type: 'Adult', checkin: 'checked-in' },
          { pk: 2, type: 'Adult', checkin: 'no-show' },
        ],
      }),
      ['checked_in', 'no_show'],
    ],
    ['a pickup', base, aBooking({ pickup: 'Hotel lobby' }), ['details_changed']],
  ];
  it.each(cases)('of %s', (_, before, after, expected) => {
    expect(kinds(before, after)).toEqual(expected);
  });

  it('see a check-in taken back', () => {
    const checked = aBooking({
      customers: [
        { pk: 1, type: 'Adult', checkin: 'checked-in' },
        { pk: 2, type: 'Adult', checkin: null },
      ],
    });
    expect(kinds(checked, base)).toEqual(['checkin_undone']);
  });

  it('name each refund by its own number, also on the booking that was rebooked with it', () => {
    const refunds = [
      { pk: 9, amount: usd(500), at: null },
      { pk: 10, amount: usd(700), at: null },
    ];
    const payments = paying(20000).map((payment) => ({ ...payment, refunds }));
    const nine = { kind: 'refunded', amount: usd(500), refundPk: 9 };
    const ten = { kind: 'refunded', amount: usd(700), refundPk: 10 };
    const refunded = (before: Booking | undefined, after: Booking) =>
      deriveChanges(before, after).filter(({ kind }) => kind === 'refunded');
    expect(refunded(aBooking({ payments: paying(20000, 500) }), aBooking({ payments }))).toEqual([ten]);
    expect(refunded(undefined, aBooking({ uuid: uuid(2), rebookedFrom: uuid(1), payments }))).toEqual([nine, ten]);
    expect(refunded(aBooking({ payments }), aBooking({ payments: paying(20000, 500) }))).toEqual([
      { ...ten, amount: usd(-700) },
    ]);
  });

  it('carry the amounts', () => {
    expect(deriveChanges(aBooking({ price: { ...base.price, paid: usd(5000) } }), base)).toEqual([
      { kind: 'paid', amount: usd(15000) },
    ]);
  });
});
