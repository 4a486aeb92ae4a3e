import type * as z from 'zod';
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
export async function readSecret<Schema extends z.ZodType>(
  aws: AwsAccount,
  stage: string,
  name: string,
  schema: Schema,
): Promise<FoundSecret<z.output<Schema>>> {
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
  const parsed = schema.safeParse(json);
  if (!parsed.success) return gone('wrong', `${id}: ${describeIssues(parsed.error)}`);
  return { finding: { what, state: 'ok', note: id }, value: parsed.data };
}

/** The webhook's keys, which the deployment makes: FareHarbor is told the one that is current. */
export async function checkWebhookSecret(aws: AwsAccount, stage: string): Promise<Finding> {
  const { finding, value } = await readSecret(aws, stage, 'webhook', webhookSecretSchema);
  if (value === undefined) return finding;
  const rotating = Object.values({ '*': value, ...value.companies }).some(({ previous }) => previous);
  return rotating ? { ...finding, note: `${finding.note}: the previous key is still valid` } : finding;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
