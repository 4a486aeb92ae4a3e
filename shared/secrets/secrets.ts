import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { ConfigurationError } from '../errors/errors.ts';
import { describeIssues } from '../settings/issues.ts';

/** Gives a secret's value, parsed; read again once it is older than the reader's time to live. */
export type SecretReader<Value> = () => Promise<Value>;

/** A rotated key is in use this long after it was written, at the latest. */
const TIME_TO_LIVE_MS = 60_000;

/**
 * Reads a JSON secret of Secrets Manager, at most once a minute and execution environment. While Secrets Manager
 * fails, the last good value serves on.
 *
 * @throws ConfigurationError when the secret is not JSON or lacks a key: it names the secret and the key, never a value.
 */
export function secretReader<Schema extends z.ZodType>(
  client: SecretsManagerClient,
  secretId: string,
  schema: Schema,
): SecretReader<z.infer<Schema>> {
  let held: { value: z.infer<Schema>; until: number } | undefined;
  return async () => {
    if (held !== undefined && Date.now() < held.until) return held.value;
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
      held = { value: parseSecret(secretId, schema, SecretString ?? ''), until: Date.now() + TIME_TO_LIVE_MS };
      return held.value;
    } catch (error) {
      if (held === undefined || error instanceof ConfigurationError) throw error;
      return held.value;
    }
  };
}

function parseSecret<Schema extends z.ZodType>(secretId: string, schema: Schema, text: string): z.infer<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(`secret ${secretId}: is not JSON`, { cause: stripped(cause) });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(`secret ${secretId}: ${describeIssues(parsed.error)}`);
}

/** JSON.parse quotes what it could not read: that may be the secret itself. */
function stripped(cause: unknown): string {
  return cause instanceof Error ? cause.name : 'unreadable';
}

/** A secret that holds one entry per company, `*` for all the others. */
export function perCompany<Schema extends z.ZodType>(entry: Schema) {
  return z.record(z.string(), entry);
}

/** The company's own entry, else the one for all; undefined when there is neither. */
export function entryFor<Entry>(entries: Readonly<Record<string, Entry>>, company: string): Entry | undefined {
  return (Object.hasOwn(entries, company) ? entries[company] : undefined) ?? entries['*'];
}
