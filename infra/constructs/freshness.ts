import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC, METRIC_NAMESPACE } from '../../shared/observability/metric-names.ts';
import type { Alarms } from './alarms.ts';
import type { NodeFunction } from './node-function.ts';

/** The aim: so many percent of bookings are in the destination within so many milliseconds of their webhook. */
export const FRESHNESS = { percent: 99, withinMs: 60_000 } as const;
/**
 * At this speed the late ones that a month allows are used up within two days, so that somebody should look now. A
 * slower burn shows on the dashboard.
 */
const BURN = 14.4;
/** Fewer late ones in an hour than this are chance: an operator has hours with three bookings. */
const LEAST_LATE = 5;

/**
 * An alarm on the freshness of one destination, over an hour. A percentage alone would wake somebody for the one slow
 * booking of a quiet night, so it counts as well.
 */
export function watchFreshness(sync: NodeFunction, vendor: string, alarms: Alarms): void {
  const period = Duration.hours(1);
  const latency = (statistic: string) =>
    new Metric({
      namespace: METRIC_NAMESPACE,
      metricName: METRIC.syncLatency,
      dimensionsMap: { service: sync.name },
      statistic,
      period,
    });
  const burning = BURN * (100 - FRESHNESS.percent);
  alarms.add(sync, 'Freshness', {
    name: `${sync.name}-freshness`,
    metric: new MathExpression({
      label: 'late bookings of the hour, where they are too many',
      expression: `IF(100 - fresh >= ${burning}, brought * (100 - fresh) / 100, 0)`,
      usingMetrics: { fresh: latency(`PR(:${FRESHNESS.withinMs})`), brought: latency('SampleCount') },
      period,
    }),
    threshold: LEAST_LATE,
    periods: { breaching: 1, of: 1 },
    severity: 'ticket',
    impact: `More bookings than the aim allows reach ${vendor} over a minute late.`,
    runbook: 'Bookings late',
    logGroupName: sync.logGroupName,
  });
}
