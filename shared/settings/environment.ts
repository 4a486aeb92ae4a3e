import * as z from 'zod';
import { ConfigurationError } from '../errors/errors.ts';
import { describeIssues } from './issues.ts';

/**
 * Parses a function's environment. Each function's config.ts says what it needs; this is the one way it fails.
 * @throws ConfigurationError naming each missing or wrong variable and what is expected, never its value.
 */
export function parseEnvironment<Schema extends z.ZodType>(schema: Schema, environment: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(`environment: ${describeIssues(parsed.error)}`);
}

/** A variable that must hold some text. */
export const requiredText = z.string({ error: 'is not set' }).min(1, 'is empty');

/** A variable that holds JSON. */
export function jsonVariable<Schema extends z.ZodType>(schema: Schema) {
  return requiredText
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
