import { PermanentError, RetryableError } from '../errors/errors.ts';
import { LEVELS, type Level, type LogConfig, readLogConfig } from './config.ts';
import { correlation, isSampled } from './correlation.ts';
import type { MetricName } from './metric-names.ts';

/**
 * Facts a log line may carry: ids, counts, stable words. Never a body, a name, an address, a number to call or a
 * secret; the type leaves no room for objects that could hold one.
 */
export type LogFacts = Readonly<Record<string, string | number | boolean | null | undefined>> & Taken;

/** What a line holds by itself: a fact of that name would take its place. */
type Taken = { readonly [Key in 'level' | 'message' | 'timestamp' | 'service' | 'correlationId']?: never };

export interface Log {
  /** Details: printed for the share of webhooks that a stage's settings name. */
  debug(event: string, facts?: LogFacts): void;
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

/**
 * Lambda's log: one JSON line per event, with the function's name and the id of what led to it. A webhook that is
 * sampled is told of in detail; what libraries would print at such a level, with all that they are given, never is.
 *
 * CloudWatch keeps and bills a time beside each line, so only what went wrong says it once more: Lambda believes the
 * level of a line that has one, and takes any other for INFO (which drops nothing, as long as nobody asks it to).
 */
export function lambdaLog(config: LogConfig = readLogConfig(), print: (line: string) => void = printLine): Log {
  const { service, level: least, debugShare } = config;
  const write = (level: Level, message: string, facts: LogFacts = {}): void => {
    const { id: correlationId, uuid } = correlation() ?? {};
    const isSample = level === 'DEBUG' && correlationId !== undefined && isSampled(correlationId, debugShare);
    if (!isSample && LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    const timestamp = level === 'WARN' || level === 'ERROR' ? new Date().toISOString() : undefined;
    print(JSON.stringify({ level, message, timestamp, service, correlationId, uuid, ...facts }));
  };
  return {
    debug: (event, facts) => write('DEBUG', event, facts),
    info: (event, facts) => write('INFO', event, facts),
    warn: (event, facts) => write('WARN', event, facts),
    error: (event, facts) => write('ERROR', event, facts),
  };
}

/** Past the console, to which Lambda would put what its log lines begin with: a line is JSON and nothing else. */
export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * What may be logged of an error: its class and code, and the message only of our own two families, whose messages
 * are written to hold nothing personal. A foreign error's message may quote what it was given.
 */
export function errorFacts(error: unknown): LogFacts {
  if (error instanceof RetryableError || error instanceof PermanentError) {
    return { error: error.name, code: error.code, why: error.message };
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
