import { TRAFFIC } from './facts.ts';
import { LIMITS, type LimitName } from './limits.ts';
import type { Plant } from './plant.ts';
import { type Outcome, simulate } from './simulate.ts';
import { SINKS, WITHIN_SECONDS } from './world.ts';

/** The most that goes on for hours, and what keeps it from being more. */
export interface Ceiling {
  /** Webhooks a second over all companies. */
  readonly perSecond: number;
  /** Undefined where nothing did as far as was looked. */
  readonly bottleneck: LimitName | undefined;
  /** The run at that rate. */
  readonly outcome: Outcome;
}

/** Full, but for what chance leaves. */
const FULL = 0.92;
/** These limits are not simulated as queues, but held against what was used. */
const BY_SHARE: readonly LimitName[] = ['salesforce', 'index', 'budgetItem', 'notes', 'guest', 'sqs'];
/** Each comes again after a minute; FareHarbor may switch a webhook off that often fails. */
const MOST_REFUSED = 0.001;
/** What a queue may grow by in half of a run, as a part of what came in it: chance makes some. */
const GROWTH = 0.03;

/** What breaks in this run; undefined where nothing does. */
export function breaks(outcome: Outcome): LimitName | undefined {
  const { counts, delays } = outcome;
  const meanOf = (name: LimitName): number => LIMITS[name].shareOf(outcome).mean;
  const isFull = (name: LimitName): boolean => meanOf(name) > FULL;
  const byShare = BY_SHARE.find((name) => LIMITS[name].shareOf(outcome).mean > 1);
  if (counts.refused > MOST_REFUSED * counts.webhooks)
    return 2 * counts.crowded > counts.refused ? 'lambda' : 'throttle';
  if (byShare !== undefined) return byShare;
  const changes = Math.max(1, counts.changes);
  const grows = (queue: 'bookings' | 'crm' | 'marketing'): boolean =>
    outcome.backlog[queue] - outcome.halfway[queue] > Math.max(50, GROWTH * (changes / 2));
  const enriched = delays.enriched.quantile(0.99);
  if (enriched > WITHIN_SECONDS || grows('bookings')) {
    const areBatches = meanOf('enrichment') > Math.min(FULL, meanOf('fareHarbor'));
    return areBatches ? 'enrichment' : 'fareHarbor';
  }
  for (const sink of SINKS) {
    const isLate = counts.late[sink] > 0.01 * changes;
    if (isFull(sink) && (isLate || grows(sink))) return sink;
    // Places were free: it came late already, or waited behind others of its guest.
    if (isLate) return enriched > WITHIN_SECONDS / 2 ? 'fareHarbor' : 'group';
  }
  // One guest's bookings that fall behind for ever are few, and no less late.
  return isFull('group') ? 'group' : undefined;
}

/** The same, where moreover nothing may stay unverified: the notes must not grow. */
export function breaksOrBelieves(outcome: Outcome): LimitName | undefined {
  const { backlog, halfway, counts } = outcome;
  const grows = backlog.notes - halfway.notes > Math.max(20, GROWTH * (counts.webhooks / 2));
  return breaks(outcome) ?? (grows ? 'fareHarbor' : undefined);
}

/** Runs at an even rate. @param perSecond webhooks over all companies. */
export function atRate(
  plant: Plant,
  companies: number,
  { perSecond, seed }: { perSecond: number; seed: number },
): Outcome {
  const bookingsPerDay = (perSecond * 86_400) / TRAFFIC.webhooksPerBooking.value / companies;
  // Long enough to see a queue grow, and short where there is much to see.
  const until = Math.min(900, Math.max(150, 20_000 / perSecond));
  return simulate({ plant, companies, bookingsPerDay, daily: false, until, seed });
}

/** As close as this, as a part of the rate, is close enough. */
const CLOSE = 0.05;
/** Beyond, nothing is looked at: it would be some 50 million webhooks a day. */
export const MOST_PER_SECOND = 600;

export interface Search {
  readonly seed: number;
  /** Webhooks a second that are known to be good, or a first guess. */
  readonly from: number;
  /** What breaks in a run; `breaks` where nothing is said. */
  readonly judge?: (outcome: Outcome) => LimitName | undefined;
}

/**
 * The highest rate at which nothing breaks: by doubling, and then by halves.
 */
export function ceilingOf(plant: Plant, companies: number, search: Search): Ceiling {
  const { seed, from, judge = breaks } = search;
  let good: Outcome | undefined;
  let [low, high] = [0, from];
  let bottleneck: LimitName | undefined;
  const isGood = (perSecond: number): boolean => {
    const outcome = atRate(plant, companies, { perSecond, seed });
    const broken = judge(outcome);
    if (broken === undefined) [good, low] = [outcome, perSecond];
    else [bottleneck, high] = [broken, perSecond];
    return broken === undefined;
  };
  while (isGood(high) && high < MOST_PER_SECOND) high = Math.min(2 * high, MOST_PER_SECOND);
  if (bottleneck !== undefined) while (high - low > CLOSE * high) isGood((low + high) / 2);
  return { perSecond: low, bottleneck, outcome: good ?? atRate(plant, companies, { perSecond: high, seed }) };
}
