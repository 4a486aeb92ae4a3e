import * as core from 'zod/v4/core';
import { ConfigurationError } from '../errors/errors.ts';
import { describeIssues } from './issues.ts';

/**
 * Parses a function's environment. Each function's config.ts says what it needs; this is the one way it fails.
 * @param schema of zod or of its small sister `zod/mini`.
 * @throws ConfigurationError naming each missing or wrong variable and what is expected, never its value.
 */
export function parseEnvironment<Schema extends core.$ZodType>(
  schema: Schema,
  environment: unknown,
): core.output<Schema> {
  const parsed = core.safeParse(schema, environment);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(`environment: ${describeIssues(parsed.error)}`);
}
