import { DEFAULT_RISK_MODEL } from './default-model.ts';
import { FEATURES, type OutcomeModel, type RiskFacts, type RiskFeature, type RiskModel } from './model.ts';

/** One fact that moves the risk away from a typical booking's. */
export interface RiskReason {
  /** For people: "booked 120 days ahead". */
  readonly text: string;
  /** What the odds are multiplied by because of it: above 1 raises the risk, below 1 lowers it. */
  readonly oddsFactor: number;
}

export interface OutcomeRisk {
  /** 0–1, both ends excluded. */
  readonly probability: number;
  /** Strongest first; what hardly matters (under 5 % of the odds) is left out. */
  readonly reasons: readonly RiskReason[];
}

export interface Risk {
  readonly modelVersion: string;
  readonly cancellation: OutcomeRisk;
  /** Given that the booking is not cancelled. */
  readonly noShow: OutcomeRisk;
  /** That the places stay empty, whichever way: 0–1. */
  readonly absence: number;
}

/**
 * How likely a booking is to be cancelled, and nobody to come, as it was when it was made. The same facts always give
 * the same answer; an unknown fact counts as a typical one, so no value can make the answer anything but a probability.
 *
 * @param model the default's probabilities are those of hotels: see `atBaseRate`.
 */
export function riskOf(facts: RiskFacts, model: RiskModel = DEFAULT_RISK_MODEL): Risk {
  const cancellation = outcomeRisk(facts, model.cancellation);
  const noShow = outcomeRisk(facts, model.noShow);
  const absence = 1 - (1 - cancellation.probability) * (1 - noShow.probability);
  return { modelVersion: model.version, cancellation, noShow, absence };
}

/** What an operator has seen of one outcome so far. */
export interface SeenRate {
  readonly bookings: number;
  readonly events: number;
}

/**
 * The model with its level moved to what an operator sees: a tour is not cancelled as often as a hotel room. That the
 * same facts raise and lower the risk of both is assumed, until the operator's own history can be asked. The trained rate
 * counts as `PRIOR_BOOKINGS` bookings, so that the first few of an operator do not throw it about.
 */
export function atBaseRate(model: OutcomeModel, { bookings, events }: SeenRate): OutcomeModel {
  const seen = Math.max(0, bookings);
  const rate = (Math.min(seen, Math.max(0, events)) + model.baseRate * PRIOR_BOOKINGS) / (seen + PRIOR_BOOKINGS);
  return { ...model, intercept: model.intercept + logit(rate) - logit(model.baseRate), baseRate: rate };
}

const PRIOR_BOOKINGS = 100;
const WORTH_SAYING = Math.log(1.05);
/** Probabilities stay inside this, so that no caller meets a certain 0 or 1. */
const EDGE = 1e-6;

const logit = (rate: number): number => Math.log(rate / (1 - rate));

/** The probability alone, for where many are wanted: training and evaluation. */
export function probabilityOf(facts: RiskFacts, model: OutcomeModel): number {
  let logOdds = model.intercept;
  for (const name of termsOf(model)) logOdds += contribution(facts, model, name);
  return Math.min(1 - EDGE, Math.max(EDGE, 1 / (1 + Math.exp(-logOdds))));
}

function outcomeRisk(facts: RiskFacts, model: OutcomeModel): OutcomeRisk {
  const moved = REASONS.map(({ features, text }) => {
    const logFactor = features.reduce((sum, name) => sum + contribution(facts, model, name), 0);
    return { text: text(facts), logFactor };
  });
  const reasons = moved
    .filter(({ logFactor }) => Math.abs(logFactor) >= WORTH_SAYING)
    .sort((a, b) => Math.abs(b.logFactor) - Math.abs(a.logFactor))
    .map(({ text, logFactor }) => ({ text, oddsFactor: Math.round(Math.exp(logFactor) * 100) / 100 }));
  return { probability: probabilityOf(facts, model), reasons };
}

const termsOf = (model: OutcomeModel): RiskFeature[] =>
  REASONS.flatMap(({ features }) => features).filter((name) => model.terms[name] !== undefined);

function contribution(facts: RiskFacts, model: OutcomeModel, name: RiskFeature): number {
  const term = model.terms[name];
  const value = FEATURES[name](facts);
  return term === undefined || value === null ? 0 : term.weight * (value - term.typical);
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** Features that come from one fact are one reason. */
const REASONS: readonly { readonly features: readonly RiskFeature[]; readonly text: (facts: RiskFacts) => string }[] = [
  {
    features: ['leadTime', 'leadBeyondMonth', 'sameDay'],
    text: ({ leadDays }) =>
      leadDays !== null && leadDays < 1
        ? 'booked for the same day'
        : `booked ${counted(leadDays ?? 0, 'day', 'days')} ahead`,
  },
  { features: ['partySize'], text: ({ partySize }) => `party of ${partySize}` },
  { features: ['children'], text: ({ children }) => (children > 0 ? 'with children' : 'no children') },
  {
    features: ['earlierBookings'],
    text: ({ earlierBookings }) =>
      earlierBookings > 0
        ? `came on ${counted(earlierBookings, 'earlier booking', 'earlier bookings')}`
        : 'no earlier booking',
  },
  {
    features: ['earlierMissed'],
    text: ({ earlierCancellations, earlierNoShows }) =>
      earlierCancellations + earlierNoShows === 0
        ? 'no earlier cancellation or no-show'
        : `${counted(earlierCancellations, 'earlier cancellation', 'earlier cancellations')}, ${counted(earlierNoShows, 'no-show', 'no-shows')}`,
  },
  {
    features: ['affiliate', 'affiliateDesk'],
    text: ({ affiliate, affiliateDesk }) => {
      if (!affiliate) return 'booked with the operator';
      return affiliateDesk ? "sold at an affiliate's desk" : 'sold by an affiliate online';
    },
  },
  { features: ['weekend'], text: ({ weekend }) => (weekend ? 'at a weekend' : 'on a working day') },
  {
    features: ['paidShare'],
    text: ({ paidShare }) => `${Math.round(100 * (paidShare ?? 0))} % paid when it was made`,
  },
];
