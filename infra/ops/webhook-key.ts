import { randomInt } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type WebhookSecret, webhookSecretSchema } from '../../functions/ingest/webhook-key.ts';

/** As long as the key that the first deployment makes; letters and digits are safe in an address. */
const KEY_LENGTH = 48;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** What became of a wish to rotate. */
export type Rotation =
  /** The new key; the one before stays valid beside it. */
  | { readonly kind: 'rotated'; readonly key: string }
  /** An earlier rotation is not ended: a third key would shut out whoever still calls with the first. */
  | { readonly kind: 'under-way' }
  | { readonly kind: 'unknown-company' };

/**
 * Makes a new key for webhooks current, and keeps the one before it valid. Functions know both within a minute.
 * @param secretId the webhook secret's name.
 * @param company the company whose own key it is; the key for all where none is named.
 */
export async function rotateKey(
  client: SecretsManagerClient,
  secretId: string,
  company: string | undefined,
): Promise<Rotation> {
  const secret = await read(client, secretId);
  const pair = pairOf(secret, company);
  if (pair === undefined) return { kind: 'unknown-company' };
  if (pair.previous) return { kind: 'under-way' };
  const key = newKey();
  await write(client, secretId, withPair(secret, company, { current: key, previous: pair.current }));
  return { kind: 'rotated', key };
}

/**
 * Ends a rotation: the key before the current one is valid no more.
 * @returns whether there was one.
 */
export async function endRotation(
  client: SecretsManagerClient,
  secretId: string,
  company: string | undefined,
): Promise<boolean> {
  const secret = await read(client, secretId);
  const pair = pairOf(secret, company);
  if (!pair?.previous) return false;
  await write(client, secretId, withPair(secret, company, { current: pair.current }));
  return true;
}

type KeyPair = Pick<WebhookSecret, 'current' | 'previous'>;

function pairOf(secret: WebhookSecret, company: string | undefined): KeyPair | undefined {
  if (company === undefined) return secret;
  return Object.hasOwn(secret.companies ?? {}, company) ? secret.companies?.[company] : undefined;
}

function withPair(secret: WebhookSecret, company: string | undefined, pair: KeyPair): WebhookSecret {
  if (company !== undefined) return { ...secret, companies: { ...secret.companies, [company]: pair } };
  const { previous: _, ...rest } = secret;
  return { ...rest, ...pair };
}

function newKey(): string {
  return Array.from({ length: KEY_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

async function read(client: SecretsManagerClient, secretId: string): Promise<WebhookSecret> {
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  return webhookSecretSchema.parse(JSON.parse(SecretString));
}

async function write(client: SecretsManagerClient, secretId: string, secret: WebhookSecret): Promise<void> {
  const SecretString = JSON.stringify(secret);
  await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString }));
}
