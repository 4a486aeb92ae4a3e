import { BadInput, type Csv, type CsvRow } from './csv.ts';

/**
 * Columns that are known only after the booking was made. They are never read; what they say of a booking is what a
 * forecast would have to guess. (`is_canceled` and `reservation_status` are the truth, and read as nothing else.)
 */
export const KNOWN_LATER = [
  'reservation_status_date',
  'assigned_room_type',
  'country',
  'booking_changes',
  'required_car_parking_spaces',
  'days_in_waiting_list',
] as const;

export const NUMBERS = [
  'lead_time',
  'stays_in_weekend_nights',
  'stays_in_week_nights',
  'adults',
  'children',
  'babies',
  'is_repeated_guest',
  'previous_cancellations',
  'previous_bookings_not_canceled',
  'adr',
  'total_of_special_requests',
] as const;

export const WORDS = [
  'hotel',
  'meal',
  'market_segment',
  'distribution_channel',
  'reserved_room_type',
  'deposit_type',
  'agent',
  'company',
  'customer_type',
] as const;

const ARRIVAL = ['arrival_date_year', 'arrival_date_month', 'arrival_date_day_of_month'] as const;
const TRUTH = ['is_canceled', 'reservation_status'] as const;

export type NumberColumn = (typeof NUMBERS)[number];
export type WordColumn = (typeof WORDS)[number];
type ReadColumn = NumberColumn | WordColumn | (typeof ARRIVAL)[number] | (typeof TRUTH)[number];

/** One booking of the public hotel data as it was on the day it was made, and what became of it. */
export interface HotelBooking {
  readonly numbers: ReadonlyMap<NumberColumn, number>;
  readonly words: ReadonlyMap<WordColumn, string>;
  /** Days since 1970-01-01. */
  readonly arrivalDay: number;
  /** Arrival less the lead time, in days since 1970-01-01. */
  readonly bookedDay: number;
  /** Rooms booked that day with all the same facts, this one included. */
  readonly alike: number;
  readonly outcome: 'came' | 'cancelled' | 'no-show';
}

export interface HotelData {
  /** Rows of the file. */
  readonly rows: number;
  /** Distinct rows, by rising booking date. */
  readonly bookings: readonly HotelBooking[];
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const OUTCOMES: ReadonlyMap<string, HotelBooking['outcome']> = new Map([
  ['Check-Out', 'came'],
  ['Canceled', 'cancelled'],
  ['No-Show', 'no-show'],
]);
/** `NULL` and an empty cell are how the data says "none". */
const MISSING = new Set(['NA', 'NULL', '']);

/** Stands between the cells of a key; no cell has it. */
const BETWEEN = '\u001f';

type Reader = (row: CsvRow, column: ReadColumn) => string;

/**
 * Reads the "Hotel booking demand datasets" (Antonio, Almeida and Nunes 2019). Rows that are the same in every cell count once.
 * @throws BadInput naming a missing column, or the line and column of a cell that does not fit.
 */
export function hotelDataOf({ header, rows }: Csv): HotelData {
  const reader = readerOf(header);
  const copies = new Map<string, number>();
  const distinct = new Map<string, { readonly facts: string; readonly booking: Omit<HotelBooking, 'alike'> }>();
  for (const row of rows) {
    const facts = factsOf(row, reader);
    copies.set(facts, (copies.get(facts) ?? 0) + 1);
    const whole = row.cells.join(BETWEEN);
    if (!distinct.has(whole)) distinct.set(whole, { facts, booking: bookingOf(row, reader) });
  }
  const bookings = [...distinct.values()].map(({ facts, booking }) => ({ ...booking, alike: copies.get(facts) ?? 1 }));
  // The sort is stable: bookings of one day keep the order they have in the file.
  return { rows: rows.length, bookings: bookings.sort((a, b) => a.bookedDay - b.bookedDay) };
}

function readerOf(header: readonly string[]): Reader {
  const wanted: readonly ReadColumn[] = [...NUMBERS, ...WORDS, ...ARRIVAL, ...TRUTH];
  const missing = wanted.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new BadInput(
      `line 1: ${missing.join(', ')} missing; is this the hotel booking demand data (hotel_bookings.csv)?`,
    );
  }
  const places = new Map(wanted.map((name) => [name, header.indexOf(name)]));
  return (row, column) => (row.cells[places.get(column) ?? -1] ?? '').trim();
}

const factsOf = (row: CsvRow, read: Reader): string =>
  [...NUMBERS, ...WORDS, ...ARRIVAL].map((column) => read(row, column)).join(BETWEEN);

function bookingOf(row: CsvRow, read: Reader): Omit<HotelBooking, 'alike'> {
  const number = (column: ReadColumn): number => {
    const text = read(row, column);
    const value = MISSING.has(text) ? 0 : Number(text);
    if (!Number.isFinite(value)) throw wrong(row, column, 'a number');
    return value;
  };
  const arrivalDay = arrivalDayOf(row, read, number);
  const outcome = OUTCOMES.get(read(row, 'reservation_status'));
  if (outcome === undefined) throw wrong(row, 'reservation_status', 'Check-Out, Canceled or No-Show');
  if ((outcome === 'came') !== (number('is_canceled') === 0))
    throw wrong(row, 'is_canceled', 'what reservation_status says');
  const leadTime = number('lead_time');
  if (leadTime < 0) throw wrong(row, 'lead_time', 'days, 0 or more');
  return {
    numbers: new Map(NUMBERS.map((column) => [column, number(column)])),
    words: new Map(WORDS.map((column) => [column, read(row, column)])),
    arrivalDay,
    bookedDay: arrivalDay - leadTime,
    outcome,
  };
}

function arrivalDayOf(row: CsvRow, read: Reader, number: (column: ReadColumn) => number): number {
  const month = MONTHS.indexOf(read(row, 'arrival_date_month'));
  if (month < 0) throw wrong(row, 'arrival_date_month', "a month's English name");
  return Math.round(Date.UTC(number('arrival_date_year'), month, number('arrival_date_day_of_month')) / 86_400_000);
}

const wrong = ({ line }: CsvRow, column: string, expected: string): BadInput =>
  new BadInput(`line ${line}, ${column}: expected ${expected}.`);
