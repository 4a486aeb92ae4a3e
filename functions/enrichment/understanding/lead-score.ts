import { formatMoney, toMajorUnits } from '../../../shared/booking/money.ts';
import type { ScoreWeights } from '../../../shared/settings/scoring.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { Segment, Signals, Understanding } from '../../../shared/understanding/understanding.ts';
import type { Features } from './features.ts';
import { routeLead, routingLines } from './routing.ts';
import { clamp, counted, part, strongestFirst, sumOf } from './weighing.ts';

type LeadScore = Understanding['leadScore'];

/** One feature's part in the score: how much of its points a booking earns, and how a person reads it. */
interface Rule {
  readonly name: keyof ScoreWeights;
  /** 0–1. */
  readonly share: (features: Features, settings: CompanySettings) => number;
  readonly reason: (features: Features) => string;
}

/**
 * The features by name; the settings' `score.weights` has their points.
 * What sells by hand scores: many people, an organisation, much money, time to talk before the tour.
 */
const RULES: readonly Rule[] = [
  { name: 'base', share: () => 1, reason: () => 'every booking' },
  {
    name: 'partySize',
    // A couple earns nothing; twice the group size earns all.
    share: ({ partySize }, { segments }) => part(partySize - 2, 2 * segments.groupSize - 2),
    reason: ({ partySize }) => `party of ${partySize}`,
  },
  {
    name: 'bookingValue',
    share: ({ bookingValue }, { segments }) => part(toMajorUnits(bookingValue), segments.highValueSpend),
    reason: ({ bookingValue }) => `booking of ${formatMoney(bookingValue)}`,
  },
  {
    name: 'corporateEmail',
    share: ({ corporateEmail }) => (corporateEmail ? 1 : 0),
    reason: () => 'corporate e-mail domain',
  },
  {
    name: 'daysAhead',
    share: ({ daysAhead }) => part(daysAhead ?? 0, 60),
    reason: ({ daysAhead }) => `books ${daysAhead} ${daysAhead === 1 ? 'day' : 'days'} ahead`,
  },
  {
    name: 'earlierBookings',
    share: ({ earlierBookings }) => part(earlierBookings, 3),
    reason: ({ earlierBookings }) => counted(earlierBookings, 'earlier booking'),
  },
  {
    name: 'earlierSpend',
    share: ({ earlierSpend }, { segments }) => part(toMajorUnits(earlierSpend), segments.highValueSpend),
    reason: ({ earlierSpend }) => `${formatMoney(earlierSpend)} spent before`,
  },
  { name: 'privateTour', share: ({ privateTour }) => (privateTour ? 1 : 0), reason: () => 'private tour' },
  {
    name: 'children',
    share: ({ children }) => (children > 0 ? 1 : 0),
    reason: ({ children }) => counted(children, 'child', 'children'),
  },
  { name: 'weekend', share: ({ weekend }) => (weekend === true ? 1 : 0), reason: () => 'tour at the weekend' },
  {
    name: 'affiliate',
    share: ({ affiliate }) => (affiliate ? 1 : 0),
    reason: () => 'sold by an affiliate',
  },
  {
    name: 'unreachable',
    share: ({ reachable }) => (reachable ? 0 : 1),
    reason: () => 'neither e-mail nor telephone',
  },
  {
    name: 'earlierCancellations',
    share: ({ earlierCancellations }) => part(earlierCancellations, 3),
    reason: ({ earlierCancellations }) => counted(earlierCancellations, 'earlier cancellation'),
  },
  {
    name: 'earlierNoShows',
    share: ({ earlierNoShows }) => part(earlierNoShows, 2),
    reason: ({ earlierNoShows }) => counted(earlierNoShows, 'earlier no-show'),
  },
];

/** What was read in the guest's words, if anything. */
export interface Words {
  readonly signals: Signals;
  /** What the keywords find: only that is named among the reasons. */
  readonly plain: Signals;
  /** The guest wrote something at all. */
  readonly written: boolean;
}

/** What else the operator's routing rules may ask for. */
export interface Place {
  readonly segment: Segment;
  readonly itemPk: number | null;
}

/**
 * Scores a booking, 0–100, with its reasons, strongest first. Each reason's points are whole, so that they add up to
 * the score (where it is not cut off at 0 or 100).
 *
 * What the guest wrote, whoever read it, moves the score by at most `score.modelClamp` points and never over a line of
 * routing or of a band, in neither direction: a stranger's words cannot route sales work.
 */
export function scoreLead(features: Features, words: Words, place: Place, settings: CompanySettings): LeadScore {
  const { score } = settings;
  const parts = RULES.flatMap(({ name, share, reason }) => {
    const earned = Math.round(score.weights[name] * share(features, settings));
    return earned === 0 ? [] : [{ earned, reason: reason(features) }];
  });
  const byRules = clamp(sumOf(parts), 0, 100);
  const said = saidIn(words);
  const wished = clamp(
    said.reduce((sum, { points }) => sum + points, 0),
    -score.modelClamp,
    score.modelClamp,
  );
  const value = withinLines(byRules, byRules + wished, [...routingLines(score), score.hotLine, score.warmLine]);
  if (value !== byRules) {
    parts.push({
      earned: value - byRules,
      reason: `wrote of: ${named(said, saidIn({ ...words, signals: words.plain }))}`,
    });
  }
  return {
    value,
    byRules,
    band: byRules >= score.hotLine ? 'hot' : byRules >= score.warmLine ? 'warm' : 'cold',
    ...routeLead({ ...features, ...place, byRules }, score),
    reasons: strongestFirst(parts),
  };
}

/** Moves from `from` towards `to` as far as 0, 100 and the nearest line allow: the side of each line stays. */
function withinLines(from: number, to: number, lines: readonly number[]): number {
  const floor = Math.max(0, ...lines.filter((line) => line <= from));
  const ceiling = Math.min(100, ...lines.filter((line) => line > from).map((line) => line - 1));
  return clamp(to, floor, ceiling);
}

const OCCASION_POINTS = 2;
const GROUP_POINTS: Readonly<Partial<Record<Signals['groupKind'], number>>> = { corporate: 6, school: 4, private: 3 };

interface Point {
  readonly what: string;
  readonly points: number;
}

/** What of it the keywords find too, by name; a model's word for it is not repeated in a field that people go by. */
function named(said: readonly Point[], plain: readonly Point[]): string {
  const found = said.map(({ what }) => what).filter((what) => plain.some((point) => point.what === what));
  return [...found, ...(found.length < said.length ? ['what the model reads'] : [])].join(', ');
}

function saidIn({ signals, written }: Pick<Words, 'signals' | 'written'>): Point[] {
  const { occasion, groupKind, urgency, upsellAffinity, complaint } = signals;
  const group = GROUP_POINTS[groupKind];
  return [
    ...(written ? [{ what: 'a message', points: 2 }] : []),
    ...(occasion === 'none' ? [] : [{ what: occasion, points: occasion === 'wedding' ? 5 : OCCASION_POINTS }]),
    ...(group === undefined ? [] : [{ what: `${groupKind} group`, points: group }]),
    ...(urgency === 'high' ? [{ what: 'urgency', points: 3 }] : []),
    ...(upsellAffinity.length > 0 ? [{ what: 'a further tour', points: 3 }] : []),
    ...(complaint ? [{ what: 'a complaint', points: -6 }] : []),
  ];
}
