import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { entryFor, perCompany, secretReader } from '../../../shared/secrets/secrets.ts';
import { serveVendor } from '../../vendors/server.ts';

const schema = z.object({ apiKey: z.string() });
let value: string;
let server: Awaited<ReturnType<typeof serveVendor>>;
let client: SecretsManagerClient;
beforeAll(async () => {
  server = await serveVendor({
    name: 'secrets',
    routes: [
      { name: 'get', method: 'POST', pattern: '/', handle: () => ({ status: 200, body: { SecretString: value } }) },
    ],
    state: () => ({}),
    reset: () => {},
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new SecretsManagerClient({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
});
beforeEach(() => server.reset());
afterAll(() => server.close());

describe('a secret', () => {
  it('is read once a minute and environment, not once a request (trap 8)', async () => {
    value = '{"apiKey":"k"}';
    const read = secretReader(client, 'harborlight/test/vendor', schema);
    await read();
    await read();
    expect(server.requests).toHaveLength(1);
  });

  it.each(['{"apiKey": 7}', '{}', 'not json: key-0123456789'])(
    'that is wrong names the key and never a value: %s',
    async (text) => {
      value = text;
      const failed = secretReader(client, 'harborlight/test/vendor', schema)();
      await expect(failed).rejects.toThrow(/secret harborlight\/test\/vendor: (apiKey|is not JSON)/);
      const error: unknown = await failed.catch((reason: unknown) => reason);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('key-0123456789');
    },
  );

  it('gives a company its own entry, else the one for all, and nobody the prototype’s', () => {
    const entries = perCompany(schema).parse({ '*': { apiKey: 'all' }, kayaks: { apiKey: 'own' } });
    expect(entryFor(entries, 'kayaks')).toEqual({ apiKey: 'own' });
    expect(entryFor(entries, 'constructor')).toEqual({ apiKey: 'all' });
    expect(entryFor({}, 'toString')).toBeUndefined();
  });
});
