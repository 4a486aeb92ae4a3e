import { formatMoney, toMajorUnits } from '../../../shared/booking/money.ts';
import { type CompanySettings, type ScoreFeature, scoreFeatureSchema } from '../../../shared/settings/settings.ts';
import type { Signals, Understanding } from '../../../shared/understanding/understanding.ts';
import type { Features } from './features.ts';

type LeadScore = Understanding['leadScore'];

/** One feature's part in the score: its full points, how much of them a booking earns, and how a person reads it. */
interface Rule {
  readonly points: number;
  /** 0–1. */
  readonly share: (features: Features, settings: CompanySettings) => number;
  readonly reason: (features: Features) => string;
}

/**
 * The rules by name, with their default points; the settings' `score.weights` replaces points by the same names.
 * What sells by hand scores: many people, an organisation, much money, time to talk before the tour.
 */
const RULES: Readonly<Record<ScoreFeature, Rule>> = {
  base: { points: 10, share: () => 1, reason: () => 'every booking' },
  partySize: {
    points: 25,
    // A couple earns nothing; twice the group size earns all.
    share: ({ partySize }, { segments }) => part(partySize - 2, 2 * segments.groupSize - 2),
    reason: ({ partySize }) => `party of ${partySize}`,
  },
  bookingValue: {
    points: 20,
    share: ({ bookingValue }, { segments }) => part(toMajorUnits(bookingValue), segments.highValueSpend),
    reason: ({ bookingValue }) => `booking of ${formatMoney(bookingValue)}`,
  },
  corporateEmail: {
    points: 15,
    share: ({ corporateEmail }) => (corporateEmail ? 1 : 0),
    reason: () => 'corporate e-mail domain',
  },
  daysAhead: {
    points: 10,
    share: ({ daysAhead }) => part(daysAhead ?? 0, 60),
    reason: ({ daysAhead }) => `books ${daysAhead} ${daysAhead === 1 ? 'day' : 'days'} ahead`,
  },
  earlierBookings: {
    points: 10,
    share: ({ earlierBookings }) => part(earlierBookings, 3),
    reason: ({ earlierBookings }) => counted(earlierBookings, 'earlier booking'),
  },
  earlierSpend: {
    points: 10,
    share: ({ earlierSpend }, { segments }) => part(toMajorUnits(earlierSpend), segments.highValueSpend),
    reason: ({ earlierSpend }) => `${formatMoney(earlierSpend)} spent before`,
  },
  privateTour: { points: 8, share: ({ privateTour }) => (privateTour ? 1 : 0), reason: () => 'private tour' },
  children: {
    points: 4,
    share: ({ children }) => (children > 0 ? 1 : 0),
    reason: ({ children }) => counted(children, 'child', 'children'),
  },
  weekend: { points: 0, share: ({ weekend }) => (weekend === true ? 1 : 0), reason: () => 'tour at the weekend' },
  affiliate: {
    points: -10,
    share: ({ affiliate }) => (affiliate ? 1 : 0),
    reason: () => 'sold by an affiliate',
  },
  unreachable: {
    points: -15,
    share: ({ reachable }) => (reachable ? 0 : 1),
    reason: () => 'neither e-mail nor telephone',
  },
  earlierCancellations: {
    points: -10,
    share: ({ earlierCancellations }) => part(earlierCancellations, 3),
    reason: ({ earlierCancellations }) => counted(earlierCancellations, 'earlier cancellation'),
  },
  earlierNoShows: {
    points: -10,
    share: ({ earlierNoShows }) => part(earlierNoShows, 2),
    reason: ({ earlierNoShows }) => counted(earlierNoShows, 'earlier no-show'),
  },
};

/** What was read in the guest's words, if anything. */
export interface Words {
  readonly signals: Signals;
  /** What the keywords find: only that is named among the reasons. */
  readonly plain: Signals;
  /** The guest wrote something at all. */
  readonly written: boolean;
}

/**
 * Scores a booking, 0–100, with its reasons, strongest first. Each reason's points are whole, so that they add up to
 * the score (where it is not cut off at 0 or 100).
 *
 * What the guest wrote, whoever read it, moves the score by at most `score.modelClamp` points and never over the
 * routing line or a band's line, in neither direction: a stranger's words cannot route sales work.
 */
export function scoreLead(features: Features, words: Words, settings: CompanySettings): LeadScore {
  const { score } = settings;
  const parts = scoreFeatureSchema.options.flatMap((name) => {
    const { points, share, reason } = RULES[name];
    const earned = Math.round((score.weights[name] ?? points) * share(features, settings));
    return earned === 0 ? [] : [{ earned, reason: reason(features) }];
  });
  const byRules = clamp(
    parts.reduce((sum, { earned }) => sum + earned, 0),
    0,
    100,
  );
  const said = saidIn(words);
  const wished = clamp(
    said.reduce((sum, { points }) => sum + points, 0),
    -score.modelClamp,
    score.modelClamp,
  );
  const value = withinLines(byRules, byRules + wished, [score.repLine, score.hotLine, score.warmLine]);
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
    routing: byRules >= score.repLine ? 'rep' : 'nurture',
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

function strongestFirst(parts: readonly { earned: number; reason: string }[]): string[] {
  return [...parts]
    .sort((a, b) => Math.abs(b.earned) - Math.abs(a.earned) || a.reason.localeCompare(b.reason))
    .map(({ earned, reason }) => `${reason} (${earned > 0 ? '+' : '−'}${Math.abs(earned)})`);
}

function part(value: number, whole: number): number {
  return clamp(value / whole, 0, 1);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
