import { describe, expect, it } from 'vitest';
import { mergeFieldsOf } from '../../../functions/marketing-sync/merge-fields.ts';
import { summarise } from '../../../shared/guest/booking-summary.ts';
import { profileOf } from '../../../shared/guest/profile.ts';
import { totalsOf } from '../../../shared/guest/totals.ts';
import { AUTOMATIC } from '../acts/automatic.ts';
import { aBooking, at, usd, uuid } from '../shared/booking-fixture.ts';
import { aRecord, GUEST, NOW, understood } from './office.ts';

function guestWith(bookings: readonly ReturnType<typeof aBooking>[]) {
  const latest = aRecord(bookings[0] ?? aBooking());
  const summaries = bookings.map((booking) => summarise(booking, NOW));
  const profile = profileOf(totalsOf(summaries, NOW), NOW);
  return { key: GUEST, company: 'harbor-kayaks', profile, kept: undefined, latest };
}

const { contact } = aBooking();
const past = aBooking({
  uuid: uuid(2),
  availability: { pk: 2, startAt: at('2026-11-20T23:30:00-1000'), endAt: null, headline: null },
});

describe('merge fields', () => {
  it('show the guest over all bookings, days on the operator’s calendar', () => {
    expect(mergeFieldsOf(guestWith([aBooking(), past]), contact, AUTOMATIC)).toEqual({
      FNAME: 'Noa',
      LNAME: 'Kealoha',
      PHONE: '+12025550101',
      AI_SEGMENT: 'new',
      UPSELL: 'Whale watching',
      LAST_TOUR: '2026-11-20',
      NEXT_TOUR: '2026-12-20',
      BOOKINGS: 2,
      LTV: 400,
      CHURN: 'low',
    });
  });

  it('clear what no longer holds, but never a name or number that nobody gave', () => {
    const guest = guestWith([aBooking({ status: 'cancelled' })]);
    const latest = { ...guest.latest, understanding: { ...understood, upsell: null } };
    expect(mergeFieldsOf({ ...guest, latest }, { ...contact, name: ' ', phone: null }, AUTOMATIC)).toEqual({
      AI_SEGMENT: 'new',
      UPSELL: '',
      LAST_TOUR: '',
      NEXT_TOUR: '',
      BOOKINGS: 0,
      LTV: 0,
      CHURN: 'low',
    });
  });

  it.each([
    'Win at https://evil.test',
    'Noa www.evil.test',
    'evil.com, Noa',
    'Noa ｅｖｉｌ．ｃｏｍ',
    'evil.test/win Noa',
    'evil*|X|*.com',
    'evil\u200b.com',
  ])('greet nobody as %s: the operator’s mail would carry the link', (name) => {
    const fields = mergeFieldsOf(guestWith([aBooking()]), { ...contact, name }, AUTOMATIC);
    expect([fields.FNAME, fields.LNAME]).toEqual([undefined, undefined]);
  });

  it.each(['J.R. Smith', 'Dr.Ana Cruz', 'St.John O’Dwyer', 'Ana Cruz M.Sc.', 'Ana/Luis Cruz'])(
    'do greet %s',
    (name) => {
      expect(mergeFieldsOf(guestWith([aBooking()]), { ...contact, name }, AUTOMATIC).FNAME).toBe(name.split(' ')[0]);
    },
  );

  it('count money in its currency’s own decimals and add no other currency to it', () => {
    const yen = { amount: 25_000, currency: 'JPY' };
    const price = { total: yen, taxes: null, invoice: null, invoiceTaxes: null, paid: null, discount: null };
    const inYen = aBooking({ company: { shortname: 'umi-tours', name: 'Umi', currency: 'JPY' }, price });
    const inDollars = aBooking({ uuid: uuid(2), price: { ...price, total: usd(99_999_999) } });
    expect(mergeFieldsOf(guestWith([inYen, inDollars]), contact, AUTOMATIC).LTV).toBe(25_000);
  });

  it.each([
    ['Ana de la Cruz', 'Ana', 'de la Cruz'],
    ['Cruz, Ana', 'Ana', 'Cruz'],
    ['Cher', 'Cher', ''],
    ['ليلى 🌊 حدّاد', 'ليلى', '🌊 حدّاد'],
    ['Smith, Wesson, Co', 'Smith', 'Wesson Co'],
    ['*|HTML:|* Ana Cruz', 'Ana', 'Cruz'],
    ['*|A B|*', undefined, undefined],
    ['A*| B|*C D', 'AC', 'D'],
  ])('split %j into %j and %j', (name, first, last) => {
    const { FNAME, LNAME } = mergeFieldsOf(guestWith([aBooking()]), { ...contact, name }, AUTOMATIC);
    expect([FNAME, LNAME]).toEqual([first, last]);
  });

  it('clip first and last name each at 255 bytes', () => {
    const name = `${'é'.repeat(140)} ${'ü'.repeat(140)}`;
    const { FNAME, LNAME } = mergeFieldsOf(guestWith([aBooking()]), { ...contact, name }, AUTOMATIC);
    expect([FNAME, LNAME]).toEqual(['é'.repeat(127), 'ü'.repeat(127)]);
  });
});
