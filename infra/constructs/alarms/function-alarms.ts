import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Stage } from '../../stages.ts';
import type { Alarms } from './alarms.ts';

const MINUTE = Duration.minutes(1);
/** From so many calls a minute on, one that fails says little, and the share says what is meant. */
const BUSY = 100;
/** Percent of calls that may fail where there are many. */
const MAY_FAIL = 1;

/** Failures of a minute: all of them where calls are few, and where they are many, only if they are more than 1 %. */
export function failuresThatCount(label: string, failures: IMetric, calls: IMetric): MathExpression {
  return new MathExpression({
    label,
    expression: `IF(calls >= ${BUSY}, IF(100 * failures / calls > ${MAY_FAIL}, failures, 0), failures)`,
    usingMetrics: { failures, calls },
    period: MINUTE,
  });
}

/** A function, and what those who watch it must know of it. */
export interface WatchedFunction {
  readonly function: IFunction;
  readonly name: string;
  readonly timeout: Duration;
  /** What guests and staff notice when it does not work. */
  readonly impact: string;
  readonly logGroupName: string;
}

/** What may go wrong with any function: it fails, Lambda refuses to run it, or it runs into its timeout. */
export function watchFunction(scope: Construct, alarms: Alarms, watched: WatchedFunction): void {
  const { function: lambda, name, timeout, impact, logGroupName } = watched;
  const shared = { impact, logGroupNames: [logGroupName] };
  alarms.add(scope, 'Errors', {
    ...shared,
    name: `${name}-errors`,
    metric: failuresThatCount(
      'calls that failed',
      lambda.metricErrors({ period: MINUTE }),
      lambda.metricInvocations({ period: MINUTE }),
    ),
    threshold: 1,
    // A batch that ends a function comes back after its visibility timeout of three minutes: in 2 of 3 minutes it would
    // never be seen.
    periods: { breaching: 2, of: 5 },
    severity: 'page',
    runbook: 'Function errors',
    query: 'errors',
  });
  alarms.add(scope, 'Throttles', {
    ...shared,
    name: `${name}-throttles`,
    metric: lambda.metricThrottles({ period: MINUTE }),
    threshold: 1,
    severity: 'page',
    runbook: 'Function throttled',
    query: 'runs',
  });
  alarms.add(scope, 'Duration', {
    ...shared,
    name: `${name}-duration`,
    metric: lambda.metricDuration({ period: Duration.minutes(5), statistic: 'p99' }),
    threshold: 0.8 * timeout.toMilliseconds(),
    severity: 'ticket',
    runbook: 'Function near its timeout',
    query: 'runs',
  });
}

/** All functions of the account and region share its concurrency; when it is used up, webhooks are refused. */
export function watchConcurrency(scope: Construct, { accountConcurrency }: Stage['alarms'], alarms: Alarms): void {
  alarms.add(scope, 'Concurrency', {
    name: 'account-concurrency',
    // Of the whole account, so it has no dimension. What is reserved for somebody counts as used.
    metric: new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'ClaimedAccountConcurrency',
      statistic: 'Maximum',
      period: MINUTE,
    }),
    threshold: Math.ceil(0.8 * accountConcurrency),
    severity: 'ticket',
    impact: 'None yet. When the account has no concurrency left, webhooks are refused and bookings come late.',
    runbook: 'Account concurrency',
    query: 'runs',
  });
}
