import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { heldSecret, type SecretReader } from './held-secret.ts';

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
  const read = async () => (await client.send(new GetSecretValueCommand({ SecretId: secretId }))).SecretString;
  return heldSecret(read, secretId, schema);
}

/** A secret that holds one entry per company, `*` for all the others. */
export function perCompany<Schema extends z.ZodType>(entry: Schema) {
  return z.record(z.string(), entry);
}

/** The company's own entry, else the one for all; undefined when there is neither. */
export function entryFor<Entry>(entries: Readonly<Record<string, Entry>>, company: string): Entry | undefined {
  return (Object.hasOwn(entries, company) ? entries[company] : undefined) ?? entries['*'];
}
