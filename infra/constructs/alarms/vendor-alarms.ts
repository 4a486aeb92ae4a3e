import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Vendor } from '../../../shared/observability/vendor-calls.ts';
import { VENDOR_METRICS } from '../../../shared/observability/vendor-metrics.ts';
import type { NodeFunction } from '../node-function.ts';
import type { Alarms } from './alarms.ts';

/** What is watched of a vendor, and what it means where it is noticed. */
export interface WatchedVendor {
  readonly vendor: Vendor;
  /** Its name as people write it. */
  readonly called: string;
  /** What guests and staff notice while it fails, limits us, or is slow. */
  readonly impact: Readonly<Record<'failing' | 'limiting' | 'slow', string>>;
  /** Milliseconds: nine of ten calls are done in this, or it is slow. Half of what a call may take. */
  readonly slowAboveMs: number;
}

/** Calls come in tens an hour at a small operator: a share says something only of an hour's. */
const HOUR = Duration.hours(1);
/** So many are no chance any more, and so many percent of an hour's calls no passing trouble. */
const FAILING = { atLeast: 3, percent: 10 } as const;
const LIMITING = { atLeast: 5, percent: 5 } as const;
/** Of fewer calls the slowest tenth is one call. */
const CALLS_TO_JUDGE = 10;

/**
 * Early signs of one vendor's trouble, all for the next working day: what keeps bookings from Salesforce or Mailchimp
 * pages by the alarm on the destination, once for whatever is noticed of it.
 */
export function watchVendor(caller: NodeFunction, alarms: Alarms, watched: WatchedVendor): void {
  const { vendor, called, impact, slowAboveMs } = watched;
  const metrics = VENDOR_METRICS[vendor];
  const calls = caller.metric(metrics.latency, 'SampleCount', HOUR);
  const many = (what: keyof typeof metrics, { atLeast, percent }: typeof FAILING | typeof LIMITING, label: string) =>
    new MathExpression({
      label,
      expression: `IF(bad >= ${atLeast} AND 100 * bad / calls >= ${percent}, bad, 0)`,
      usingMetrics: { bad: caller.metric(metrics[what], 'Sum', HOUR), calls },
      period: HOUR,
    });
  const shared = { severity: 'ticket', query: vendor, periods: { breaching: 1, of: 1 } } as const;
  alarms.add(caller, `${vendor}Failing`, {
    ...shared,
    name: `${caller.name}-${vendor}-failing`,
    metric: many('failed', FAILING, `calls that ${called} failed, where they are many`),
    threshold: FAILING.atLeast,
    impact: impact.failing,
    runbook: 'Vendor failing',
  });
  alarms.add(caller, `${vendor}Limiting`, {
    ...shared,
    name: `${caller.name}-${vendor}-limiting`,
    metric: many('throttled', LIMITING, `calls that ${called} refused for their number, where they are many`),
    threshold: LIMITING.atLeast,
    impact: impact.limiting,
    runbook: 'Vendor limits us',
  });
  alarms.add(caller, `${vendor}Slow`, {
    ...shared,
    name: `${caller.name}-${vendor}-slow`,
    metric: new MathExpression({
      label: `milliseconds that nine of ten calls of ${called} take`,
      expression: `IF(calls >= ${CALLS_TO_JUDGE}, slow, 0)`,
      usingMetrics: { calls, slow: caller.metric(metrics.latency, 'p90', HOUR) },
      period: HOUR,
    }),
    threshold: slowAboveMs,
    impact: impact.slow,
    runbook: 'Vendor slow',
  });
}
