import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../infra/evaluate/csv.ts';
import { csvLineOf, exportRow, OWN_COLUMNS, OWN_HEADER, ownHistoryOf } from '../../../infra/evaluate/own-history.ts';
import type { Booking } from '../../../shared/booking/booking.ts';
import { summarise } from '../../../shared/guest/profile.ts';
import { aBooking, at, usd, uuid } from '../shared/booking-fixture.ts';

const NOW = '2027-01-10T12:00:00.000Z';
const MADE = '2026-11-20T19:00:00.000Z';
const exported = (changes: Partial<Booking> = {}, guest: readonly Booking[] = [], now = NOW) => {
  const booking = aBooking(changes);
  const rows = [booking, ...guest].map((one) => summarise(one, MADE));
  return exportRow(booking, summarise(booking, MADE), rows, 1, now);
};
const LINE = 'b1,2026-05-01,2026-05-31,4,2,1,0,1,1,0.5,cancelled';

describe('a row of an operator’s own history', () => {
  it('holds what was known when the booking was made, its end, and nothing personal', () => {
    const earlier = aBooking({
      uuid: uuid(2),
      status: 'cancelled',
      availability: { pk: 2, startAt: at('2026-06-01T09:00:00-1000'), endAt: null, headline: null },
    });
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
    const row = exported({ payments, note: 'secret', affiliate: { shortname: 'concierge', name: 'Concierge' } }, [
      earlier,
    ]);
    expect(row).toEqual({
      booking: uuid(1),
      booked_on: '2026-11-20',
      tour_on: '2026-12-20',
      party_size: '2',
      children: '1',
      earlier_bookings: '0',
      earlier_cancellations: '1',
      earlier_no_shows: '0',
      affiliate: '1',
      paid_share: '0.5',
      outcome: 'came',
    });
    expect(JSON.stringify(row)).not.toMatch(/noa|kealoha|202555|secret|concierge/i);
  });

  it('says what became of it', () => {
    expect(exported({ status: 'cancelled' })?.outcome).toBe('cancelled');
    expect(exported({ customers: [{ pk: 1, type: null, checkin: 'no-show' }] })?.outcome).toBe('no-show');
  });

  it('is left out until the tour is over, cancelled or not: the early ends would all be cancellations', () => {
    const during = '2026-12-21T05:00:00.000Z';
    expect(exported({ status: 'cancelled' }, [], during)).toBeUndefined();
    expect(exported({}, [], during)).toBeUndefined();
    expect(exported({}, [], '2026-12-21T10:00:00.000Z')).toBeDefined();
  });

  it('is left out where the booking was rebooked, has no time, or was first seen after its tour', () => {
    expect(exported({ status: 'rebooked', rebookedTo: uuid(3) })).toBeUndefined();
    expect(exported({}, [aBooking({ uuid: uuid(3), rebookedFrom: uuid(1) })])).toBeUndefined();
    expect(exported({ availability: { pk: null, startAt: null, endAt: null, headline: null } })).toBeUndefined();
    const old = { pk: 1, startAt: at('2026-01-05T09:00:00-1000'), endAt: null, headline: null };
    expect(exported({ createdAt: null, availability: old })).toBeUndefined();
  });

  it('comes back from the file as it went', () => {
    const row = exported();
    if (row === undefined) throw new TypeError('the booking must be exported');
    const [known] = ownHistoryOf(parseCsv(`${OWN_HEADER}\n${csvLineOf(row)}\n`));
    expect(known).toEqual({
      bookedDay: Date.UTC(2026, 10, 20) / 86_400_000,
      outcome: 'came',
      facts: {
        leadDays: 30,
        partySize: 2,
        children: 1,
        earlierBookings: 0,
        earlierCancellations: 0,
        earlierNoShows: 0,
        affiliate: false,
        weekend: true,
        paidShare: null,
      },
    });
  });
});

describe('an operator’s own file', () => {
  const read = (line: string, header = OWN_HEADER) => ownHistoryOf(parseCsv(`${header}\n${line}\n`));

  it('names every column in its first line', () => {
    expect(OWN_HEADER.split(',').sort()).toEqual(Object.keys(OWN_COLUMNS).sort());
  });

  it('may have its columns in any order, and others, which are not looked at', () => {
    const [plain] = read(LINE);
    const header = `country,${OWN_HEADER.split(',').reverse().join(',')}`;
    expect(read(`PRT,${LINE.split(',').reverse().join(',')}`, header)).toEqual([plain]);
  });

  it.each([
    ['b1,2026-04-31,2026-05-31,4,2,1,0,1,1,0.5,came', 'line 2: booked_on: expected a day such as 2026-05-31.'],
    ['b1,2026-06-01,2026-05-31,4,2,1,0,1,1,0.5,came', 'line 2: tour_on: expected no day before booked_on.'],
    ['b1,2026-05-01,2026-05-31,-4,2,1,0,1,1,0.5,came', 'line 2: party_size: expected a whole number, 0 or more.'],
    ['b1,2026-05-01,2026-05-31,4,,1,0,1,1,0.5,came', 'line 2: children: expected a whole number, 0 or more.'],
    ['b1,2026-05-01,2026-05-31,4,2,1,0,1,yes,0.5,came', 'line 2: affiliate: expected 0 or 1.'],
    ['b1,2026-05-01,2026-05-31,4,2,1,0,1,1,50,came', 'line 2: paid_share: expected 0 to 1, or nothing.'],
    ['b1,2026-05-01,2026-05-31,4,2,1,0,1,1,,left', 'line 2: outcome: expected came, cancelled or no-show.'],
    [',2026-05-01,2026-05-31,4,2,1,0,1,1,,came', 'line 2: booking: expected a value.'],
    [`${LINE}\n${LINE}`, 'line 3: the booking of line 2 again.'],
  ])('is answered with the line and what was expected: %s', (line, message) => {
    expect(() => read(line)).toThrow(message);
  });

  it('is told which columns are missing', () => {
    expect(() => read('b1,came', 'booking,outcome')).toThrow(/^line 1: booked_on, .* missing/);
  });
});
