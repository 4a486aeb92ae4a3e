import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acceptKey, webhookSecretSchema } from '../../../functions/ingest/webhook-key.ts';
import { type RunningSecrets, startSecrets } from '../../../infra/local/secrets.ts';
import { endRotation, rotateKey } from '../../../infra/ops/webhook-key.ts';
import { eventOf } from '../../fuzz/requests.ts';

const NAME = 'harborlight/dev/webhook';
const FIRST = 'the-first-key-of-the-deployment';
const HARBOR = 'the-own-key-of-harbor-kayaks';

let server: RunningSecrets;
let client: SecretsManagerClient;

beforeEach(async () => {
  const arn = `arn:aws:secretsmanager:us-east-1:000000000000:secret:${NAME}-aLocal`;
  const value = {
    current: FIRST,
    companies: { 'harbor-kayaks': { current: HARBOR } },
    relaySecret: 'a-relay-secret-kept',
  };
  server = await startSecrets([{ name: NAME, arn }], new Map([[NAME, value]]));
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new SecretsManagerClient({ endpoint: server.url, region: 'us-east-1', credentials });
});

afterEach(async () => {
  client.destroy();
  await server.close();
});

async function secret() {
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: NAME }));
  return webhookSecretSchema.parse(JSON.parse(SecretString));
}

/** Whose key it is and how old, as ingest finds it out. */
async function accepted(key: string) {
  const request = { path: key, query: undefined, headers: {}, body: Buffer.alloc(0) };
  const rest = { method: 'POST', encoding: 'text', keyCompany: undefined, signature: 'none' } as const;
  return acceptKey(eventOf({ ...request, ...rest }, 'request-1='), await secret());
}

test('the new key is current, and the one before stays valid', async () => {
  const rotation = await rotateKey(client, NAME, undefined);
  const key = rotation.kind === 'rotated' ? rotation.key : '';
  expect(key).toMatch(/^[A-Za-z0-9]{48}$/);
  expect(await accepted(key)).toEqual({ company: '*', age: 'current' });
  expect(await accepted(FIRST)).toEqual({ company: '*', age: 'previous' });
});

test('a second rotation is refused until the first is ended: it would shut the first key out', async () => {
  await rotateKey(client, NAME, undefined);
  const before = await secret();
  expect(await rotateKey(client, NAME, undefined)).toEqual({ kind: 'under-way' });
  expect(await secret()).toEqual(before);
});

test('an ended rotation leaves only the new key', async () => {
  const rotation = await rotateKey(client, NAME, undefined);
  expect(await endRotation(client, NAME, undefined)).toBe(true);
  expect(await accepted(FIRST)).toBeUndefined();
  expect(await accepted(rotation.kind === 'rotated' ? rotation.key : '')).toEqual({ company: '*', age: 'current' });
  expect(await endRotation(client, NAME, undefined)).toBe(false);
});

test('one company’s key is rotated by itself; all else in the secret stays', async () => {
  const rotation = await rotateKey(client, NAME, 'harbor-kayaks');
  expect(await accepted(rotation.kind === 'rotated' ? rotation.key : '')).toEqual({
    company: 'harbor-kayaks',
    age: 'current',
  });
  expect(await accepted(HARBOR)).toEqual({ company: 'harbor-kayaks', age: 'previous' });
  expect(await secret()).toMatchObject({ current: FIRST, relaySecret: 'a-relay-secret-kept' });
  expect((await secret()).previous).toBeUndefined();
});

test('a company without a key of its own is told so, and nothing changes', async () => {
  const before = await secret();
  expect(await rotateKey(client, NAME, 'umi-tours')).toEqual({ kind: 'unknown-company' });
  expect(await rotateKey(client, NAME, 'toString')).toEqual({ kind: 'unknown-company' });
  expect(await secret()).toEqual(before);
});
