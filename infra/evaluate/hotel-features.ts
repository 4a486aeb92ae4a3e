import type { RiskFacts } from '../../shared/risk/model.ts';
import type { Column } from './binning.ts';
import { type HotelBooking, NUMBERS, type NumberColumn, WORDS, type WordColumn } from './hotel-data.ts';

type Numeric = (booking: HotelBooking) => number;

const given =
  (column: NumberColumn): Numeric =>
  ({ numbers }) =>
    numbers.get(column) ?? 0;

const word = ({ words }: HotelBooking, column: WordColumn): string => words.get(column) ?? '';

export const nightsOf: Numeric = (booking) =>
  given('stays_in_weekend_nights')(booking) + given('stays_in_week_nights')(booking);

export const peopleOf: Numeric = (booking) =>
  given('adults')(booking) + given('children')(booking) + given('babies')(booking);

/** ISO weekday of a day counted from 1970-01-01, a Thursday: 1 Monday … 7 Sunday. */
export const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

const dayOfYear = (day: number): number => {
  const date = new Date(day * 86_400_000);
  return day - Math.round(Date.UTC(date.getUTCFullYear(), 0, 1) / 86_400_000);
};

/**
 * What trees and the reference regression learn from, all of it known on the day of the booking: the data's own fields,
 * and a few made of them.
 *
 * @param bookings by rising booking date: the price level is that of bookings made before each one.
 */
export function hotelColumns(bookings: readonly HotelBooking[]): Column[] {
  const numeric: readonly (readonly [string, Numeric])[] = [
    ...NUMBERS.map((name): readonly [string, Numeric] => [name, given(name)]),
    ['nights', nightsOf],
    ['people', peopleOf],
    ['arrival_weekday', ({ arrivalDay }) => weekdayOf(arrivalDay)],
    ['booking_weekday', ({ bookedDay }) => weekdayOf(bookedDay)],
    ['rooms_alike', ({ alike }) => alike],
  ];
  return [
    ...numeric.map(([name, of]): Column => ({ name, kind: 'number', values: bookings.map(of) })),
    { name: 'price_level', kind: 'number', values: priceLevels(bookings) },
    ...WORDS.map(
      (name): Column => ({ name, kind: 'category', values: bookings.map((booking) => word(booking, name)) }),
    ),
  ];
}

/** The season, kept apart: with hardly two years of data it teaches what happened to one of each, and harms the forecast. */
export const seasonColumns = (bookings: readonly HotelBooking[]): Column[] => [
  { name: 'day_of_year', kind: 'number', values: bookings.map(({ arrivalDay }) => dayOfYear(arrivalDay)) },
];

const LEVEL_BOOKINGS = 30;
const LEVEL_LEAST = 3;

/**
 * Price against the median of the last bookings made for the same hotel, room type and week of the year.
 * It looks at prices only, and only at earlier bookings; not a number where there are too few.
 */
function priceLevels(bookings: readonly HotelBooking[]): number[] {
  const recent = new Map<string, number[]>();
  return bookings.map((booking) => {
    const week = Math.floor(dayOfYear(booking.arrivalDay) / 7);
    const key = `${word(booking, 'hotel')} ${word(booking, 'reserved_room_type')} ${week}`;
    const prices = recent.get(key) ?? [];
    const price = given('adr')(booking);
    const median = prices.length < LEVEL_LEAST ? Number.NaN : medianOf(prices);
    recent.set(key, [...prices, price].slice(-LEVEL_BOOKINGS));
    return median > 0 ? price / median : Number.NaN;
  });
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0];
  return (low + high) / 2;
}

const AGENCIES = new Set(['TA/TO', 'GDS']);
/** Known when the booking is made, as the channel is: whose sale it was. All other agencies' sales went through a person. */
const ONLINE_AGENCY = 'Online TA';

/**
 * The facts that a tour's booking has too. What was paid is left out: in this data "Non Refund" is put down after the
 * fact, and nearly all of those were cancelled, which is the reverse of what paying does.
 */
export function riskFactsOfHotel(booking: HotelBooking): RiskFacts {
  return {
    leadDays: given('lead_time')(booking),
    partySize: peopleOf(booking),
    children: given('children')(booking) + given('babies')(booking),
    earlierBookings: given('previous_bookings_not_canceled')(booking),
    earlierCancellations: given('previous_cancellations')(booking),
    // The data does not tell them from cancellations.
    earlierNoShows: 0,
    affiliate: AGENCIES.has(word(booking, 'distribution_channel')),
    affiliateDesk:
      AGENCIES.has(word(booking, 'distribution_channel')) && word(booking, 'market_segment') !== ONLINE_AGENCY,
    weekend: weekdayOf(booking.arrivalDay) >= 6,
    paidShare: null,
  };
}
