import { randomFrom } from '../../../infra/evaluate/random.ts';

/** An invented row in the form of the public hotel data; change what the test is about. */
export const hotelRow = (changes: Record<string, string> = {}): Record<string, string> => ({
  hotel: 'City Hotel',
  is_canceled: '0',
  lead_time: '30',
  arrival_date_year: '2016',
  arrival_date_month: 'September',
  arrival_date_week_number: '37',
  arrival_date_day_of_month: '9',
  stays_in_weekend_nights: '0',
  stays_in_week_nights: '2',
  adults: '2',
  children: 'NA',
  babies: '0',
  meal: 'BB',
  country: 'PRT',
  market_segment: 'Online TA',
  distribution_channel: 'TA/TO',
  is_repeated_guest: '0',
  previous_cancellations: '0',
  previous_bookings_not_canceled: '0',
  reserved_room_type: 'A',
  assigned_room_type: 'A',
  booking_changes: '0',
  deposit_type: 'No Deposit',
  agent: '9',
  company: 'NULL',
  days_in_waiting_list: '0',
  customer_type: 'Transient',
  adr: '101.5',
  required_car_parking_spaces: '0',
  total_of_special_requests: '1',
  reservation_status: 'Check-Out',
  reservation_status_date: '2016-09-11',
  ...changes,
});

export function hotelCsv(rows: readonly Record<string, string>[]): string {
  const header = Object.keys(rows[0] ?? {});
  return [header, ...rows.map((row) => header.map((name) => row[name] ?? ''))]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'];

/** So many invented bookings of 2016, of which those made long ahead are cancelled more often. */
export function hotelRows(count: number, seed: number): Record<string, string>[] {
  const random = randomFrom(seed);
  const pick = (most: number) => Math.floor(random() * most);
  return Array.from({ length: count }, (_, at) => {
    const lead = pick(120);
    const status = random() < 0.1 + lead / 200 ? 'Canceled' : random() < 0.05 ? 'No-Show' : 'Check-Out';
    return hotelRow({
      lead_time: String(lead),
      arrival_date_month: MONTHS[pick(MONTHS.length)] ?? 'May',
      arrival_date_day_of_month: String(1 + pick(28)),
      adults: String(1 + pick(3)),
      adr: String(80 + at / 100),
      agent: String(pick(5)),
      is_canceled: status === 'Check-Out' ? '0' : '1',
      reservation_status: status,
    });
  });
}
