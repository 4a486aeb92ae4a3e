import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { modelAccess } from '../../../../functions/enrichment/understanding/model.ts';
import { type RunningVendor, serveVendor } from '../../../vendors/server.ts';

let server: RunningVendor | undefined;
afterEach(() => server?.close());

/** Secrets Manager as far as it is needed here: one secret. */
async function reading(secret: unknown) {
  server = await serveVendor({
    name: 'secrets',
    routes: [
      {
        name: 'get',
        method: 'POST',
        pattern: '/',
        handle: () => ({ status: 200, body: { Name: 'openai', SecretString: JSON.stringify(secret) } }),
      },
    ],
    state: () => ({}),
    reset: () => {},
  });
  const client = new SecretsManagerClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return modelAccess(client, 'openai');
}

describe('modelAccess', () => {
  it('gives a company’s own entry, else the one for all', async () => {
    const read = await reading({
      '*': { apiKey: 'sk-all' },
      one: { apiKey: 'sk-one', baseUrl: 'http://x.test', model: 'm' },
    });
    expect(await read('one')).toEqual({ apiKey: 'sk-one', baseUrl: 'http://x.test', model: 'm' });
    expect(await read('two')).toEqual({ apiKey: 'sk-all', baseUrl: undefined, model: undefined });
  });

  it('takes a missing or empty key for none', async () => {
    const read = await reading({ one: { apiKey: '' }, two: {} });
    expect([await read('one'), await read('two'), await read('three')]).toEqual([undefined, undefined, undefined]);
  });
});
