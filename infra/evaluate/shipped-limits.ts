import { FEATURES, type RiskFeature } from '../../shared/risk/model.ts';
import type { Column } from './binning.ts';
import { boost } from './boosting.ts';
import type { HotelBooking, HotelData } from './hotel-data.ts';
import { hotelColumns, nightsOf, peopleOf, riskFactsOfHotel, weekdayOf } from './hotel-features.ts';
import { regress } from './hotel-regression.ts';
import { aucOf, brierOf, type Forecasts, type Interval, measureDifference } from './measures.ts';
import { rowsOf, SEED, TRAINING_SHARE } from './reference.ts';
import { SHIPPED_FEATURES, soundOf } from './shipped.ts';
import { splitByBookingDay } from './split.ts';

/** What the shipped model of cancellations would reach with one thing changed, on the same split. */
export interface ShippedFinding {
  readonly changed: string;
  readonly auc: number;
  readonly brier: number;
  /** AUC gained over the shipped features, resampled together. */
  readonly gain: Interval;
  /** Why it is, or is not, in what is shipped. */
  readonly because: string;
}

const TREES = { trees: 80, maxLeaves: 8, learningRate: 0.08, seed: SEED } as const;
const STUMPS = { trees: 150, maxLeaves: 2, learningRate: 0.15, seed: SEED } as const;
const RESAMPLES = 200;

/** Features that come from one fact go together. */
const SHIPPED_FAMILIES: readonly (readonly [string, readonly RiskFeature[]])[] = [
  ['lead time', ['leadTime', 'leadBeyondMonth', 'sameDay']],
  ['party and children', ['partySize', 'children']],
  ["the guest's earlier bookings", ['earlierBookings', 'earlierMissed']],
  ['the affiliate', ['affiliate', 'affiliateDesk']],
  ["the affiliate's desk", ['affiliateDesk']],
  ['weekend', ['weekend']],
];

/**
 * What each fact is worth to the shipped model, and what it does without: the same features and rows, one thing changed
 * at a time. All are refitted alike, by the plain regression, so that only the change differs.
 * @param say takes a line on each finding as it comes.
 */
export function findShippedLimits({ bookings }: HotelData, say: (line: string) => void): ShippedFinding[] {
  const { before } = splitByBookingDay(bookings, TRAINING_SHARE);
  const [cut, from] = [before.length, before.length - soundOf(before).length];
  const outcomes = bookings.map(({ outcome }) => (outcome === 'cancelled' ? 1 : 0));
  const shipped = shippedColumns(bookings);
  const forecast = (columns: readonly Column[], learn: typeof regress): Forecasts => ({
    probabilities: learn(rowsOf(columns, from, cut), outcomes.slice(from, cut), rowsOf(columns, cut)),
    outcomes: outcomes.slice(cut),
  });
  const yardstick = forecast(shipped, regress);
  const found = ({ changed, because, columns, learn }: Question): ShippedFinding => {
    const forecasts = forecast(columns, learn);
    const { auc: gain } = measureDifference(forecasts, yardstick, SEED, RESAMPLES);
    const [auc, brier] = [aucOf(forecasts), brierOf(forecasts)];
    say(`${changed}: AUC ${auc.toFixed(3)}, Brier ${brier.toFixed(3)}`);
    return { changed, auc, brier, gain, because };
  };
  return questionsOf(bookings, shipped).map(found);
}

interface Question {
  readonly changed: string;
  readonly because: string;
  readonly columns: readonly Column[];
  readonly learn: typeof regress;
}

function questionsOf(bookings: readonly HotelBooking[], shipped: readonly Column[]): Question[] {
  const boosted =
    (settings: typeof TREES | typeof STUMPS): typeof regress =>
    (known, outcomes, ahead) =>
      boost({ columns: known, outcomes }, ahead, settings);
  return [
    { changed: 'nothing', because: 'the yardstick', columns: shipped, learn: regress },
    ...SHIPPED_FAMILIES.map(([family, names]) => ({
      changed: `without ${family}`,
      because: 'shipped',
      columns: shipped.filter(({ name }) => !names.some((one) => one === name)),
      learn: regress,
    })),
    ...tried(bookings).map(({ changed, because, added }) => ({
      changed,
      because,
      columns: [...shipped, ...added],
      learn: regress,
    })),
    { changed: 'boosted stumps', because: 'hardly more, no weights to read', columns: shipped, learn: boosted(STUMPS) },
    {
      changed: 'boosted trees',
      because: 'reasons are no longer one fact each',
      columns: shipped,
      learn: boosted(TREES),
    },
  ];
}

/** The features that this data fills, for every row. */
function shippedColumns(bookings: readonly HotelBooking[]): Column[] {
  const facts = bookings.map(riskFactsOfHotel);
  return SHIPPED_FEATURES.cancellation
    .filter((name) => name !== 'paidShare')
    .map((name): Column => ({ name, kind: 'number', values: facts.map((one) => FEATURES[name](one) ?? Number.NaN) }));
}

interface Tried {
  readonly changed: string;
  readonly because: string;
  readonly added: readonly Column[];
}

/** What was tried beside them: made of the data's own fields, and these fields themselves. */
function tried(bookings: readonly HotelBooking[]): Tried[] {
  const category = (name: string, of: (booking: HotelBooking) => number): Column[] => [
    { name, kind: 'category', values: bookings.map((booking) => String(of(booking))) },
  ];
  const number = (name: string, of: (booking: HotelBooking) => number): Column[] => [
    { name, kind: 'number', values: bookings.map(of) },
  ];
  return [
    {
      changed: 'with the month',
      because: 'adds nothing: two years hold each month once or twice',
      added: category('month', ({ arrivalDay }) => new Date(arrivalDay * 86_400_000).getUTCMonth()),
    },
    {
      changed: 'with the weekday',
      because: "hardly more, and a hotel's week is no tour's",
      added: category('weekday', ({ arrivalDay }) => weekdayOf(arrivalDay)),
    },
    {
      changed: 'with nights',
      because: 'a tour has none',
      added: number('log_nights', (one) => Math.log1p(nightsOf(one))),
    },
    {
      changed: 'with the price per person',
      because: "a hotel's prices say nothing of a tour's",
      added: number('log_price', (one) => Math.log1p(Math.max(0, priceOf(one) / Math.max(1, peopleOf(one))))),
    },
    ...givenFields(bookings),
  ];
}

const priceOf = ({ numbers }: HotelBooking): number => numbers.get('adr') ?? 0;

const GIVEN = [
  ['with the agency by name', 'agent', 'only an own history knows its agencies'],
  ['with the customer type', 'customer_type', 'tours have no contracts; an order does not say what else is in it'],
  ['with the number of special requests', 'total_of_special_requests', 'what a guest writes moves no number'],
  ['with the kind of deposit', 'deposit_type', 'put down after the fact: "non refund" is cancelled'],
] as const;

function givenFields(bookings: readonly HotelBooking[]): Tried[] {
  const columns = hotelColumns(bookings);
  return GIVEN.map(([changed, field, because]) => ({
    changed,
    because,
    added: columns.filter(({ name }) => name === field),
  }));
}
