import { describe, expect, it } from 'vitest';
import { featuresOf } from '../../../../functions/enrichment/understanding/features.ts';
import { isCorporateEmail } from '../../../../functions/enrichment/understanding/mail-domains.ts';
import { aBooking, at, usd, uuid } from '../../shared/booking-fixture.ts';
import { BOOKED_AT, historyOf, people } from './understanding-fixture.ts';

describe('isCorporateEmail', () => {
  it.each(['ana@acme-robotics.test', 'ana@it.acme-robotics.co.uk', 'ana@live-events.test'])('%s is', (email) => {
    expect(isCorporateEmail(email)).toBe(true);
  });

  it.each([
    'ana@gmail.com',
    'ana@yahoo.co.jp',
    'ana@hotmail.fr',
    'ana@web.de',
    'ana@t-online.de',
    'ana@btinternet.com',
    'ana@docomo.ne.jp',
    'x1y2@guest.booking.com',
    'ana@mail.test',
    'ana@localhost',
    'ana',
    null,
  ])('%s is not', (email) => {
    expect(isCorporateEmail(email)).toBe(false);
  });
});

describe('featuresOf', () => {
  it('counts days on the operator’s calendar, not UTC’s', () => {
    // Booked at 23:30 on the 20th in Honolulu, which is the 21st in UTC; the tour is on the 22nd there.
    const booking = aBooking({
      availability: { pk: 1, startAt: at('2026-11-22T08:00:00-1000'), endAt: null, headline: null },
    });
    const features = featuresOf(booking, historyOf([booking]), '2026-11-21T09:30:00.000Z');
    expect(features).toMatchObject({ daysAhead: 2, weekend: true, month: 11 });
  });

  it('leaves the booking itself out of the guest’s history', () => {
    const booking = aBooking();
    const earlier = aBooking({ uuid: uuid(2), price: { ...booking.price, total: usd(70000) } });
    const alone = featuresOf(booking, historyOf([booking]), BOOKED_AT);
    expect(alone).toMatchObject({ earlierBookings: 0, earlierSpend: usd(0), bookingValue: usd(20000) });
    const again = featuresOf(booking, historyOf([booking, earlier]), BOOKED_AT);
    expect(again).toMatchObject({ earlierBookings: 1, earlierSpend: usd(70000) });
  });

  it('does not take a cancellation of this booking for an earlier one', () => {
    const booking = aBooking({ status: 'cancelled' });
    const other = aBooking({ uuid: uuid(2) });
    expect(featuresOf(booking, historyOf([booking, other]), BOOKED_AT)).toMatchObject({
      earlierCancellations: 0,
      earlierBookings: 1,
      earlierSpend: usd(20000),
      bookingValue: usd(20000),
    });
    const noShow = aBooking({ customers: [{ pk: 1, type: 'Adult', checkin: 'no-show' }] });
    expect(featuresOf(noShow, historyOf([noShow]), BOOKED_AT).earlierNoShows).toBe(0);
  });

  it.each(['Child (5-11)', 'Niño', 'Enfant', 'Kind', '子供', 'Kids under 6'])('takes %s for a child', (type) => {
    const booking = aBooking({ customers: [...people(2), ...people(1, type)] });
    expect(featuresOf(booking, historyOf([booking]), BOOKED_AT).children).toBe(1);
  });

  it.each(['Mankind Museum', 'Adult', 'Senior'])('takes %s for no child', (type) => {
    const booking = aBooking({ customers: people(1, type) });
    expect(featuresOf(booking, historyOf([booking]), BOOKED_AT).children).toBe(0);
  });

  it('holds nothing personal', () => {
    const booking = aBooking({ voucher: 'GIFT-7788', note: 'Call Noa on 202 555 0101' });
    const text = JSON.stringify(featuresOf(booking, historyOf([booking]), BOOKED_AT)).toLowerCase();
    for (const secret of ['noa', 'kealoha', '0101', '7788', booking.uuid]) expect(text).not.toContain(secret);
  });
});
