import { DEFAULT_RISK_MODEL } from '../../shared/risk/default-model.ts';
import type { OutcomeModel, RiskModel } from '../../shared/risk/model.ts';
import { atBaseRate } from '../../shared/risk/risk.ts';
import {
  type Forecasts,
  type Measures,
  measure,
  measureDifference,
  type ReliabilityRow,
  reliabilityOf,
} from './measures.ts';
import { endedSo, forecastsOf, type KnownBooking, type RiskOutcome, trainOutcome } from './risk-training.ts';
import { dateOf, splitByBookingDay } from './split.ts';

/** Bookings that ended so (cancelled, or nobody came) below which a model of one's own is not tried: ten per weight and more. */
export const LEAST_EVENTS = { training: 150, test: 50 } as const;

/** No facts of the day a booking is made tell its end so well: above this, some column was changed by the end. */
const TOO_GOOD = 0.9;

const TRAINING_SHARE = 0.75;
const SEED = 20_161_107;

export interface OutcomeVerdict {
  readonly outcome: RiskOutcome;
  readonly trainingEvents: number;
  readonly testEvents: number;
  /** On the later part; the default has its level moved to the operator's. Undefined where there is too little to say. */
  readonly measured:
    | {
        readonly own: Measures;
        readonly default: Measures;
        readonly gain: Measures;
        readonly reliability: readonly ReliabilityRow[];
      }
    | undefined;
  readonly replaces: boolean;
  /** For a person: why, or why not. */
  readonly because: string;
}

export interface OwnVerdict {
  readonly bookings: number;
  readonly testFrom: string;
  readonly verdicts: readonly OutcomeVerdict[];
  /** What to use from now on: each part learnt from the whole history where it replaces the default's, else the default's at the operator's level. */
  readonly model: RiskModel;
}

/**
 * Says whether an operator's own history is enough to replace the default, for each outcome apart: enough events to
 * learn from, and on the later quarter of the bookings, an AUC that is surely higher than the default's (the whole 95 % interval of
 * the difference is above 0) with a lower Brier score. What is too good to be true is refused: it comes from the outcome.
 * @throws RangeError when the bookings are not of at least two days.
 */
export function judgeOwnHistory(bookings: readonly KnownBooking[]): OwnVerdict {
  const { before, after, firstDay } = splitByBookingDay(bookings, TRAINING_SHARE);
  const verdicts = (['cancellation', 'noShow'] as const).map((outcome) => judge(outcome, before, after));
  const partOf = (outcome: RiskOutcome): OutcomeModel =>
    verdicts.some((verdict) => verdict.outcome === outcome && verdict.replaces)
      ? trainOutcome(bookings, outcome)
      : defaultAt(bookings, outcome);
  const model = {
    version: versionOf(verdicts, bookings),
    cancellation: partOf('cancellation'),
    noShow: partOf('noShow'),
  };
  return { bookings: bookings.length, testFrom: dateOf(firstDay), verdicts, model };
}

function versionOf(verdicts: readonly OutcomeVerdict[], bookings: readonly KnownBooking[]): string {
  const last = dateOf(Math.max(...bookings.map(({ bookedDay }) => bookedDay)));
  return verdicts.some(({ replaces }) => replaces)
    ? `own-${last}`
    : `${DEFAULT_RISK_MODEL.version}-at-own-level-${last}`;
}

function defaultAt(bookings: readonly KnownBooking[], outcome: RiskOutcome): OutcomeModel {
  const ended = bookings.map((booking) => endedSo(outcome, booking)).filter((one) => one !== undefined);
  return atBaseRate(DEFAULT_RISK_MODEL[outcome], { bookings: ended.length, events: eventsOf(ended) });
}

const eventsOf = (ended: readonly number[]): number => ended.filter((one) => one === 1).length;

function judge(outcome: RiskOutcome, before: readonly KnownBooking[], after: readonly KnownBooking[]): OutcomeVerdict {
  const events = (bookings: readonly KnownBooking[]): number =>
    bookings.filter((booking) => endedSo(outcome, booking) === 1).length;
  const found = { outcome, trainingEvents: events(before), testEvents: events(after) };
  if (found.trainingEvents < LEAST_EVENTS.training || found.testEvents < LEAST_EVENTS.test) {
    const needed = `${LEAST_EVENTS.training} in the earlier three quarters and ${LEAST_EVENTS.test} in the last are needed`;
    const because = `too few: ${found.trainingEvents} and ${found.testEvents}; ${needed}`;
    return { ...found, measured: undefined, replaces: false, because };
  }
  const own = forecastsOf(trainOutcome(before, outcome), after, outcome);
  const other = forecastsOf(defaultAt(before, outcome), after, outcome);
  const gain = measureDifference(own, other, SEED);
  const measured = { own: measure(own, SEED), default: measure(other, SEED), gain, reliability: reliabilityOf(own, 5) };
  return { ...found, measured, ...decide(measured, own) };
}

function decide(
  { own, gain }: { readonly own: Measures; readonly gain: Measures },
  { outcomes }: Forecasts,
): { readonly replaces: boolean; readonly because: string } {
  if (own.auc.value > TOO_GOOD) {
    const auc = own.auc.value.toFixed(3);
    return {
      replaces: false,
      because: `an AUC of ${auc} is too good to be true: compare party, days and payment of those that ended so with the others; something was written after the end`,
    };
  }
  if (!(gain.auc.low > 0)) {
    return {
      replaces: false,
      because: `it does not surely tell them apart better than the default (${outcomes.length} bookings compared)`,
    };
  }
  if (!(gain.brier.value < 0))
    return { replaces: false, because: 'its probabilities are further from the truth than the default’s' };
  return {
    replaces: true,
    because: 'it tells them apart better than the default, and its probabilities are closer to the truth',
  };
}
