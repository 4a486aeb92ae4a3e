import * as core from 'zod/v4/core';
import { webhookSecretSchema } from '../../functions/ingest/webhook-key.ts';
import { describeIssues } from '../../shared/settings/issues.ts';
import type { Finding } from '../provision/finding.ts';
import { type AwsAccount, nameOf } from './aws-account.ts';

/** A secret as it was found: its value where it is of use. */
export interface FoundSecret<Value> {
  readonly finding: Finding;
  readonly value: Value | undefined;
}

/**
 * Reads a secret and checks its shape; its values are never told.
 * @param stage whose, such as `prod`.
 */
export async function readSecret<Schema extends core.$ZodType>(
  aws: AwsAccount,
  stage: string,
  name: string,
  schema: Schema,
): Promise<FoundSecret<core.output<Schema>>> {
  const id = `harborlight/${stage}/${name}`;
  const what = `secret ${name}`;
  const gone = (state: 'missing' | 'wrong', note: string) => ({ finding: { what, state, note }, value: undefined });
  let text: string | undefined;
  try {
    text = await aws.secret(id);
  } catch (error) {
    return gone(
      'wrong',
      `${id} could not be read (${nameOf(error)}): the identity needs secretsmanager:GetSecretValue`,
    );
  }
  if (text === undefined)
    return gone('missing', `${id} is made by the first deployment: deploy, fill it, run this again`);
  const json = jsonOf(text);
  if (json === undefined) return gone('wrong', `${id} is not JSON: put it again, as the README shows`);
  const parsed = core.safeParse(schema, json);
  if (!parsed.success) return gone('wrong', `${id}: ${describeIssues(parsed.error)}`);
  return { finding: { what, state: 'ok', note: id }, value: parsed.data };
}

/** The webhook's keys, which the deployment makes: FareHarbor is told the one that is current. */
export async function checkWebhookSecret(
  aws: AwsAccount,
  stage: string,
  companies: readonly string[],
): Promise<Finding[]> {
  const { finding, value } = await readSecret(aws, stage, 'webhook', webhookSecretSchema);
  if (value === undefined) return [finding];
  const rotating = Object.values({ '*': value, ...value.companies }).some(({ previous }) => previous);
  const found = rotating ? { ...finding, note: `${finding.note}: the previous key is still valid` } : finding;
  return [found, ...strangers('webhook', value.companies, companies)];
}

/** An entry under a name that no company has is never used; the company it was meant for uses another, or none. */
export function strangers(secret: string, entries: object | undefined, companies: readonly string[]): Finding[] {
  const names = Object.keys(entries ?? {}).filter((name) => name !== '*' && !companies.includes(name));
  if (names.length === 0) return [];
  const note = `${names.join(', ')}: no company of the settings is called so; they are ${companies.join(', ') || 'none yet'}`;
  return [{ what: `secret ${secret}: entries`, state: 'wrong', note }];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Entries that say where and as whom, and open nothing. */
const NOT_SECRET = ['loginUrl', 'apiUrl', 'baseUrl', 'audienceId', 'model', 'username'];
/** Shorter texts would be found in innocent words. */
const SHORTEST = 6;

/** All texts in a secret's value that must not be shown, whatever the secret's shape. */
export function secretTexts(text: string): string[] {
  const leaves = (value: unknown, name: string): string[] => {
    if (typeof value === 'string') return value.length < SHORTEST || NOT_SECRET.includes(name) ? [] : [value];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inside]) => leaves(inside, key));
  };
  return leaves(jsonOf(text), '');
}
