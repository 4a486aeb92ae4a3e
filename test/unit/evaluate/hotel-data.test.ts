import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../infra/evaluate/csv.ts';
import { type HotelBooking, hotelDataOf, KNOWN_LATER } from '../../../infra/evaluate/hotel-data.ts';
import { hotelColumns, riskFactsOfHotel, seasonColumns, weekdayOf } from '../../../infra/evaluate/hotel-features.ts';
import { dateOf } from '../../../infra/evaluate/split.ts';
import { hotelCsv, hotelRow } from './hotel-sample.ts';

const read = (rows: readonly Record<string, string>[]) => hotelDataOf(parseCsv(hotelCsv(rows)));
const learntFrom = (bookings: readonly HotelBooking[]) => [
  hotelColumns(bookings),
  seasonColumns(bookings),
  bookings.map(riskFactsOfHotel),
];

describe('the hotel data', () => {
  it('dates a booking by its arrival less its lead time', () => {
    const [booking] = read([
      hotelRow({ lead_time: '10', arrival_date_month: 'March', arrival_date_day_of_month: '1' }),
    ]).bookings;
    expect(dateOf(booking?.arrivalDay ?? 0)).toBe('2016-03-01');
    expect(dateOf(booking?.bookedDay ?? 0)).toBe('2016-02-20');
    expect(weekdayOf(booking?.arrivalDay ?? 0)).toBe(2);
  });

  it('counts rows that are the same once, remembers how many were alike, and sorts by booking date', () => {
    const late = hotelRow({ lead_time: '2' });
    const early = hotelRow({ lead_time: '90' });
    const { rows, bookings } = read([late, early, early, early]);
    expect(rows).toBe(4);
    expect(bookings.map(({ numbers, alike }) => [numbers.get('lead_time'), alike])).toEqual([
      [90, 3],
      [2, 1],
    ]);
  });

  it('learns nothing from what is known later: changing it changes nothing', () => {
    // Each row differs in its price, so that none becomes a double of another.
    const rows = Array.from({ length: 40 }, (_, at) => hotelRow({ adr: String(50 + at), lead_time: String(at) }));
    const changed = rows.map((row, at) => ({
      ...row,
      ...Object.fromEntries(KNOWN_LATER.map((name) => [name, `x${at % 7}`])),
    }));
    expect(learntFrom(read(changed).bookings)).toEqual(learntFrom(read(rows).bookings));
  });

  it('does not need what is known later to be there at all', () => {
    const bare = Object.fromEntries(
      Object.entries(hotelRow()).filter(([name]) => !KNOWN_LATER.some((later) => later === name)),
    );
    expect(learntFrom(read([bare]).bookings)).toEqual(learntFrom(read([hotelRow()]).bookings));
  });

  it('learns nothing from the outcome', () => {
    const rows = Array.from({ length: 20 }, (_, at) => hotelRow({ adr: String(50 + at) }));
    const lost = rows.map((row) => ({ ...row, is_canceled: '1', reservation_status: 'Canceled' }));
    expect(learntFrom(read(lost).bookings)).toEqual(learntFrom(read(rows).bookings));
  });

  it('puts a price beside earlier bookings only', () => {
    const rows = Array.from({ length: 6 }, (_, at) => hotelRow({ adr: String(100 + at), lead_time: String(60 - at) }));
    const levels = (last: string) =>
      hotelColumns(read([...rows.slice(0, 4), { ...hotelRow({ adr: last, lead_time: '50' }) }]).bookings).find(
        ({ name }) => name === 'price_level',
      )?.values;
    expect(levels('105')?.slice(0, 4)).toEqual(levels('999')?.slice(0, 4));
    expect(levels('203')?.[4]).toBeCloseTo(2, 12);
    expect(levels('203')?.[0]).toBeNaN();
  });

  it.each([
    [{ lead_time: 'soon' }, 'line 3, lead_time: expected a number.'],
    [{ lead_time: '-4' }, 'line 3, lead_time: expected days, 0 or more.'],
    [{ arrival_date_month: 'Juli' }, "line 3, arrival_date_month: expected a month's English name."],
    [{ reservation_status: 'Gone' }, 'line 3, reservation_status: expected Check-Out, Canceled or No-Show.'],
    [{ is_canceled: '1' }, 'line 3, is_canceled: expected what reservation_status says.'],
  ])('names the line and column of %o', (wrong, message) => {
    expect(() => read([hotelRow(), hotelRow(wrong)])).toThrow(message);
  });

  it('says which columns are missing', () => {
    expect(() => hotelDataOf(parseCsv('hotel,lead_time\nCity Hotel,3\n'))).toThrow(/^line 1: .*deposit_type.* missing/);
  });
});

describe('reading CSV', () => {
  it('reads quoted cells with commas, quotes and line ends, Windows line ends and a byte order mark', () => {
    const { header, rows } = parseCsv('\uFEFFa,b\r\n"x, y","say ""hi"""\r\n\r\n"two\nlines",\n1,2\n');
    expect(header).toEqual(['a', 'b']);
    expect(rows).toEqual([
      { line: 2, cells: ['x, y', 'say "hi"'] },
      { line: 4, cells: ['two\nlines', ''] },
      { line: 6, cells: ['1', '2'] },
    ]);
  });

  it.each([
    ['', 'The file is empty'],
    ['a,b\n1,2\n1,2,3\n', 'line 3: 3 cells, but the first line names 2.'],
    ['a,b\n1,"2\n', 'line 2: a quote is opened and never closed.'],
    ['a,b\n1,"2"x\n', 'line 2: a quoted cell is followed by something else than a comma.'],
  ])('says what is wrong with %o', (text, message) => {
    expect(() => parseCsv(text)).toThrow(message);
  });
});
