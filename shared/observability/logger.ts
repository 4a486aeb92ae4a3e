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
  /** Adds to a count. */
  count(metric: MetricName, dimensions?: Readonly<Record<string, string>>, by?: number): void;
  /** Records a duration in milliseconds. */
  duration(metric: MetricName, milliseconds: number, dimensions?: Readonly<Record<string, string>>): void;
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
  const single = (dimensions: Readonly<Record<string, string>> = {}) => {
    const metric = metrics.singleMetric();
    metric.addDimensions({ ...dimensions });
    return metric;
  };
  return {
    count: (metric, dimensions, by = 1) => single(dimensions).addMetric(metric, MetricUnit.Count, by),
    duration: (metric, milliseconds, dimensions) =>
      single(dimensions).addMetric(metric, MetricUnit.Milliseconds, milliseconds),
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
