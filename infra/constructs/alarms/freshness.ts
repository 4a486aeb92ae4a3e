import { Duration } from 'aws-cdk-lib';
import { type Alarm, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import type { NodeFunction } from '../node-function.ts';
import type { Alarms } from './alarms.ts';

/** The aim: so many percent of bookings are in the destination within so many milliseconds of their webhook. */
export const FRESHNESS = { percent: 99, withinMs: 60_000 } as const;

/** One look at how fast the late ones that a month allows are used up. */
interface Window {
  readonly name: string;
  readonly over: Duration;
  /** 1 uses them up in exactly a month; 14.4 a fiftieth of them in an hour. */
  readonly burn: number;
  /** Fewer late ones than this are chance: an operator has hours with three bookings. */
  readonly leastLate: number;
  readonly periods: { readonly breaching: number; readonly of: number };
}

const ONCE = { breaching: 1, of: 1 } as const;
/** Much was late within the hour … */
const HOUR: Window = { name: 'hour', over: Duration.hours(1), burn: 14.4, leastLate: 10, periods: ONCE };
/**
 * … and still is: in any five minutes of the last half hour, since at ten bookings an hour most five minutes have none.
 * Without this, the hour would ring on for an hour after all is well.
 */
const NOW: Window = {
  name: 'now',
  over: Duration.minutes(5),
  burn: 14.4,
  leastLate: 1,
  periods: { breaching: 1, of: 6 },
};
/** A ticket is read in the morning: for these it does no harm to stay on for hours, so they have no second window. */
const SLOW: readonly Window[] = [
  { name: '6h', over: Duration.hours(6), burn: 6, leastLate: 5, periods: ONCE },
  { name: '3d', over: Duration.days(3), burn: 1, leastLate: 10, periods: ONCE },
];

/**
 * Alarms on the freshness of one destination. A percentage alone would tell somebody of the one slow booking of a quiet
 * night, so each counts the late ones as well.
 * @returns the two that have to be on together for a page; the destination's own alarm tells of them.
 */
export function watchFreshness(sync: NodeFunction, vendor: string, alarms: Alarms): readonly Alarm[] {
  const watch = (window: Window, isPart: boolean): Alarm =>
    alarms.add(sync, `Freshness-${window.name}`, {
      name: `${sync.name}-freshness-${window.name}`,
      metric: lateOnes(sync, window),
      threshold: window.leastLate,
      periods: window.periods,
      severity: isPart ? 'page' : 'ticket',
      impact: `More bookings than the aim allows reach ${vendor} over a minute late.`,
      runbook: 'Bookings late',
      query: 'late',
      logGroupNames: [sync.logGroupName],
      isPart,
    });
  for (const window of SLOW) watch(window, false);
  return [watch(HOUR, true), watch(NOW, true)];
}

/** The late bookings of a window, where they are more than its burn rate allows; else none. */
function lateOnes(sync: NodeFunction, { over, burn, name }: Window): MathExpression {
  const latency = (statistic: string) => sync.metric(METRIC.syncLatency, statistic, over);
  return new MathExpression({
    label: `late bookings (${name}), where they are too many`,
    expression: `IF(100 - fresh >= ${burn * (100 - FRESHNESS.percent)}, brought * (100 - fresh) / 100, 0)`,
    usingMetrics: { fresh: latency(`PR(:${FRESHNESS.withinMs})`), brought: latency('SampleCount') },
    period: over,
  });
}
