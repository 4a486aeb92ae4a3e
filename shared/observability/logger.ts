import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { PermanentError, RetryableError } from '../errors/errors.ts';
import { METRIC_NAMESPACE, type MetricName } from './metric-names.ts';

/**
 * Facts a log line may carry: ids, counts, stable words. Never a body, a name, an address, a number to call or a
 * secret; the type leaves no room for objects that could hold one.
 */
export type LogFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Log {
  info(event: string, facts?: LogFacts): void;
  warn(event: string, facts?: LogFacts): void;
  error(event: string, facts?: LogFacts): void;
}

export interface Meter {
  /** Adds to a count. Its one dimension is the function (`service`), so that alarms find it whatever the details. */
  count(metric: MetricName, by?: number): void;
  /** Records a duration in milliseconds. */
  duration(metric: MetricName, milliseconds: number): void;
}

/** Lambda's logger: one JSON line per event, with the function's name and level from its environment. */
export function lambdaLog(): Log {
  const logger = new Logger();
  return {
    info: (event, facts) => logger.info(event, { ...facts }),
    warn: (event, facts) => logger.warn(event, { ...facts }),
    error: (event, facts) => logger.error(event, { ...facts }),
  };
}

/** CloudWatch metrics by the embedded metric format: a log line each, no call. */
export function lambdaMeter(): Meter {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  return {
    count: (metric, by = 1) => metrics.singleMetric().addMetric(metric, MetricUnit.Count, by),
    duration: (metric, milliseconds) => metrics.singleMetric().addMetric(metric, MetricUnit.Milliseconds, milliseconds),
  };
}

/**
 * What may be logged of an error: its class and code, and the message only of our own two families, whose messages
 * are written to hold nothing personal. A foreign error's message may quote what it was given.
 */
export function errorFacts(error: unknown): LogFacts {
  if (error instanceof RetryableError || error instanceof PermanentError) {
    return { error: error.name, code: error.code, message: error.message };
  }
  if (!(error instanceof Error)) return { error: typeof error };
  return {
    error: error.name,
    at: error.stack
      ?.split('\n')
      .find((line) => /^\s+at /.test(line))
      ?.trim(),
  };
}
