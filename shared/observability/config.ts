import { ConfigurationError } from '../errors/errors.ts';

/** Levels of log lines, the least important first. */
export const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type Level = (typeof LEVELS)[number];

export interface LogConfig {
  /** The function, as it stands in every line and metric. */
  readonly service: string;
  /** The least important level that is printed. */
  readonly level: Level;
  /** The share of webhooks, 0–1, that is told of in detail, whatever the level. */
  readonly debugShare: number;
}

/**
 * Read by hand: all functions start with this, and one of them needs no library of schemas otherwise.
 * @throws ConfigurationError naming the variable that is missing or wrong.
 */
export function readLogConfig(environment: NodeJS.ProcessEnv = process.env): LogConfig {
  const { SERVICE_NAME: service, LOG_LEVEL = 'INFO', LOG_DEBUG_SHARE = '0' } = environment;
  if (!service) throw new ConfigurationError('environment: SERVICE_NAME is not set');
  const level = LEVELS.find((one) => one === LOG_LEVEL);
  if (level === undefined) throw new ConfigurationError(`environment: LOG_LEVEL is none of ${LEVELS.join(', ')}`);
  const debugShare = Number(LOG_DEBUG_SHARE);
  if (debugShare >= 0 && debugShare <= 1) return { service, level, debugShare };
  throw new ConfigurationError('environment: LOG_DEBUG_SHARE is no number from 0 to 1');
}

/** What Lambda lets the function use, MB; undefined where it says nothing. */
export function readMemoryMb(environment: NodeJS.ProcessEnv = process.env): number | undefined {
  const memoryMb = Number(environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  return memoryMb > 0 ? memoryMb : undefined;
}
