import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logIn, openSession } from '../../functions/crm-sync/salesforce/connection.ts';
import { priceOf } from '../../functions/enrichment/model-economy/prices.ts';
import { askModel } from '../../functions/enrichment/understanding/model.ts';
import type { ModelApi } from '../../functions/enrichment/understanding/model-api.ts';
import { audiences } from '../../functions/marketing-sync/mailchimp/audiences.ts';
import { fareHarborSecretSchema } from '../../shared/fareharbor/access.ts';
import { retrieveBooking } from '../../shared/fareharbor/retrieve-booking.ts';
import { httpClient } from '../../shared/http/http-client.ts';
import { openTrap, type Trap } from './trap.ts';

/** A vendor's address that sends everybody on to a stranger. */
let stranger: Trap;
let vendor: Trap;
let status: number;

beforeEach(async () => {
  stranger = await openTrap();
  vendor = await openTrap((_, response) => {
    response.writeHead(status, { location: `${stranger.url}/stolen` }).end();
  });
});
afterEach(() => Promise.all([stranger.close(), vendor.close()]));

const settled = (work: Promise<unknown>) => work.catch((error: unknown) => error);

const askAt = (api: ModelApi) => {
  const access = { apiKey: 'sk-secret', baseUrl: `${vendor.url}/v1`, model: 'gpt-local' };
  const input = { facts: '{}', words: '{"note":"a guest’s words"}', catalogue: [] };
  return askModel(input, access, { model: 'gpt-local', api, timeoutMs: 2_000, prices: priceOf('gpt-local', {}) });
};

const CLIENTS: [string, () => Promise<unknown>][] = [
  [
    'FareHarbor',
    () => {
      const keys = { appKey: 'app-key', userKey: 'user-key', apiUrl: `${vendor.url}/api/external/v1` };
      const secret = async () => fareHarborSecretSchema.parse({ '*': keys });
      return retrieveBooking(secret, httpClient('fareharbor', 2_000))('harbor-kayaks', 'a-uuid');
    },
  ],
  [
    'Mailchimp',
    async () => {
      const account = { apiKey: 'mailchimp-key-us1', audienceId: 'audience', apiUrl: `${vendor.url}/3.0` };
      const audienceOf = audiences(async () => ({ '*': account }), httpClient('mailchimp', 2_000));
      return await (await audienceOf('harbor-kayaks')).doubleOptIn();
    },
  ],
  ['the model', () => askAt('responses')],
  ['the model, asked by chat', () => askAt('chat')],
  [
    'Salesforce, logging in',
    () => logIn({ loginUrl: vendor.url, clientId: 'client', clientSecret: 'client-secret' }, 2_000, new Date()),
  ],
  [
    'Salesforce, writing with a token that another environment got',
    () => {
      const part = { method: 'GET', url: '/services/data/v66.0/limits', referenceId: 'ref' } as const;
      return openSession({ instanceUrl: vendor.url, accessToken: 'token' }).composite([part], 2_000);
    },
  ],
];

describe.each([301, 302, 303, 307, 308])('a redirect (%i)', (given) => {
  it.each(CLIENTS)('from %s is not followed: no key and no word reaches the stranger', async (_, call) => {
    status = given;
    await settled(call());
    expect(vendor.caught).toHaveLength(1);
    expect(stranger.caught).toEqual([]);
  });
});

it('the trap catches whoever does follow', async () => {
  status = 307;
  await fetch(vendor.url, { method: 'POST', body: 'words' });
  expect(stranger.caught).toEqual([expect.stringContaining('POST /stolen')]);
});
