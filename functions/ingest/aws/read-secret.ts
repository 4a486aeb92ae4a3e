import * as z from 'zod/mini';
import { RetryableError } from '../../../shared/errors/errors.ts';
import { type Caller, callAws, type Operation } from './aws-json.ts';

const GET_SECRET_VALUE: Operation = {
  service: 'secretsmanager',
  target: 'secretsmanager.GetSecretValue',
  protocol: '1.1',
};

const replySchema = z.object({ SecretString: z.optional(z.string()) });

/**
 * Where Secrets Manager is in a region.
 * @param region such as `eu-west-1`.
 */
export function secretsManagerEndpoint(region: string): string {
  return `https://secretsmanager.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/**
 * Reads a secret's text as it is now; undefined where it holds none.
 * @throws RetryableError as `callAws` does.
 */
export async function readSecret(caller: Caller, secretId: string): Promise<string | undefined> {
  const reply = replySchema.safeParse(await callAws(GET_SECRET_VALUE, caller, { SecretId: secretId }));
  // What zod would say of it could quote the secret.
  if (!reply.success) throw new RetryableError('secretsmanager.unreadable', 'GetSecretValue gave no text');
  return reply.data.SecretString;
}
