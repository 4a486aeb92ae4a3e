import type { Column } from './binning.ts';
import { boost } from './boosting.ts';
import type { HotelBooking, HotelData } from './hotel-data.ts';
import { hotelColumns, seasonColumns } from './hotel-features.ts';
import { aucOf, brierOf } from './measures.ts';
import { randomFrom } from './random.ts';
import { lostOf, type Reference, rowsOf, TRAINING_SHARE, weightsOf } from './reference.ts';
import { splitByBookingDay } from './split.ts';

/** What the boosted trees reach with one thing changed. */
export interface Finding {
  readonly changed: string;
  readonly auc: number;
  readonly brier: number;
}

type Chosen = Reference['chosen'];

/** Features that tell of one thing go together: each alone would be made up for by the others. */
export const FAMILIES: readonly (readonly [string, readonly string[]])[] = [
  ['lead time', ['lead_time']],
  ['agent and company', ['agent', 'company']],
  ['market segment and channel', ['market_segment', 'distribution_channel']],
  ['customer type', ['customer_type']],
  ['deposit type', ['deposit_type']],
  ['special requests', ['total_of_special_requests']],
  ['price and price level', ['adr', 'price_level']],
  ['history of the guest', ['previous_cancellations', 'previous_bookings_not_canceled', 'is_repeated_guest']],
  ['party', ['adults', 'children', 'babies', 'people']],
  ['length of stay', ['nights', 'stays_in_weekend_nights', 'stays_in_week_nights']],
  ['weekdays', ['arrival_weekday', 'booking_weekday']],
  ['hotel, room and meal', ['hotel', 'reserved_room_type', 'meal']],
  ['rooms booked alike', ['rooms_alike']],
];

/**
 * Why the AUC is what it is: what is lost without each family of features, and what other splits would pretend.
 * @param say takes a line on each finding as it comes.
 */
export function findLimits({ bookings }: HotelData, chosen: Chosen, say: (line: string) => void): Finding[] {
  const columns = hotelColumns(bookings);
  const cut = splitByBookingDay(bookings, TRAINING_SHARE).before.length;
  const usual = (changed: string, used: readonly Column[]): Finding =>
    findingOf(changed, bookings.slice(0, cut), bookings.slice(cut), rowsOf(used, 0, cut), rowsOf(used, cut), chosen);
  const questions = [
    () => usual('nothing', columns),
    () => ended(bookings, columns, cut, chosen),
    () => monthly(bookings, columns, cut, chosen),
    () => shuffled(bookings, columns, chosen),
    ...FAMILIES.map(([family, names]) => {
      const others = columns.filter(({ name }) => !names.includes(name));
      return () => usual(`without ${family}`, others);
    }),
    () => usual('with the day of the year', [...columns, ...seasonColumns(bookings)]),
  ];
  return questions.map((ask) => {
    const finding = ask();
    say(`${finding.changed}: AUC ${finding.auc.toFixed(3)}, Brier ${finding.brier.toFixed(3)}`);
    return finding;
  });
}

function findingOf(
  changed: string,
  training: readonly HotelBooking[],
  test: readonly HotelBooking[],
  known: readonly Column[],
  ahead: readonly Column[],
  chosen: Chosen,
): Finding {
  const weights = weightsOf(training, chosen.halfLifeDays);
  const probabilities = boost({ columns: known, outcomes: lostOf(training), weights }, ahead, chosen);
  const forecasts = { probabilities, outcomes: lostOf(test) };
  return { changed, auc: aucOf(forecasts), brier: brierOf(forecasts) };
}

/** Only from bookings whose stay had begun by the day of the cut, so that every end was known on that day. */
function ended(bookings: readonly HotelBooking[], columns: readonly Column[], cut: number, chosen: Chosen): Finding {
  const changed = 'learnt only from stays begun before the split';
  const day = bookings[cut]?.bookedDay ?? 0;
  const rows = [...bookings.keys()].filter((row) => row < cut && (bookings[row]?.arrivalDay ?? day) < day);
  const training = pick(bookings, rows);
  return findingOf(changed, training, bookings.slice(cut), pickRows(columns, rows), rowsOf(columns, cut), chosen);
}

/** Learnt anew before each month from the stays begun by then, as a system in use could. */
function monthly(bookings: readonly HotelBooking[], columns: readonly Column[], cut: number, chosen: Chosen): Finding {
  const changed = 'learnt anew every 30 days, from stays begun by then';
  const probabilities: number[] = [];
  for (let from = cut; from < bookings.length; ) {
    const day = bookings[from]?.bookedDay ?? 0;
    const next = bookings.findIndex(({ bookedDay }) => bookedDay >= day + 30);
    const to = next === -1 ? bookings.length : next;
    const rows = [...bookings.keys()].filter((row) => row < from && (bookings[row]?.arrivalDay ?? day) < day);
    const training = pick(bookings, rows);
    const weights = weightsOf(training, chosen.halfLifeDays);
    const known = pickRows(columns, rows);
    probabilities.push(
      ...boost({ columns: known, outcomes: lostOf(training), weights }, rowsOf(columns, from, to), chosen),
    );
    from = to;
  }
  const forecasts = { probabilities, outcomes: lostOf(bookings.slice(cut)) };
  return { changed, auc: aucOf(forecasts), brier: brierOf(forecasts) };
}

/** Split by chance instead of time: what one would be told by an evaluation that may look at the future. */
function shuffled(bookings: readonly HotelBooking[], columns: readonly Column[], chosen: Chosen): Finding {
  const changed = 'split by chance instead of by time (not honest)';
  const random = randomFrom(chosen.seed);
  const known: number[] = [];
  const ahead: number[] = [];
  for (const row of bookings.keys()) (random() < TRAINING_SHARE ? known : ahead).push(row);
  const [training, test] = [pick(bookings, known), pick(bookings, ahead)];
  return findingOf(changed, training, test, pickRows(columns, known), pickRows(columns, ahead), {
    ...chosen,
    halfLifeDays: null,
  });
}

const pick = <Row>(all: readonly Row[], rows: readonly number[]): Row[] => rows.flatMap((row) => all[row] ?? []);

const pickRows = (columns: readonly Column[], rows: readonly number[]): Column[] =>
  columns.map((column) =>
    column.kind === 'number'
      ? { ...column, values: rows.map((row) => column.values[row] ?? Number.NaN) }
      : { ...column, values: rows.map((row) => column.values[row] ?? '') },
  );
