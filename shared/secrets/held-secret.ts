import * as core from 'zod/v4/core';
import { ConfigurationError } from '../errors/errors.ts';
import { describeIssues } from '../settings/issues.ts';

/** Gives a secret's value, parsed; read again once it is older than the reader's time to live. */
export type SecretReader<Value> = () => Promise<Value>;

/** A rotated key is in use this long after it was written, at the latest. */
const TIME_TO_LIVE_MS = 60_000;

/**
 * Holds a JSON secret: it is read at most once a minute and execution environment. While reading fails, the last good
 * value serves on.
 *
 * @param read the secret's text as it is now; undefined where it has none.
 * @param schema of zod or of its small sister `zod/mini`.
 * @throws ConfigurationError when the secret is not JSON or lacks a key: it names the secret and the key, never a value.
 */
export function heldSecret<Schema extends core.$ZodType>(
  read: () => Promise<string | undefined>,
  secretId: string,
  schema: Schema,
): SecretReader<core.output<Schema>> {
  let held: { value: core.output<Schema>; until: number } | undefined;
  return async () => {
    if (held !== undefined && Date.now() < held.until) return held.value;
    try {
      held = { value: parseSecret(secretId, schema, (await read()) ?? ''), until: Date.now() + TIME_TO_LIVE_MS };
      return held.value;
    } catch (error) {
      if (held === undefined || error instanceof ConfigurationError) throw error;
      return held.value;
    }
  };
}

function parseSecret<Schema extends core.$ZodType>(
  secretId: string,
  schema: Schema,
  text: string,
): core.output<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(`secret ${secretId}: is not JSON`, { cause: stripped(cause) });
  }
  const parsed = core.safeParse(schema, json);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(`secret ${secretId}: ${describeIssues(parsed.error)}`);
}

/** JSON.parse quotes what it could not read: that may be the secret itself. */
function stripped(cause: unknown): string {
  return cause instanceof Error ? cause.name : 'unreadable';
}
