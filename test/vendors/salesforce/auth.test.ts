import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DATA, postForm, startOrg } from './caller.ts';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

function assertion(claims: Record<string, unknown>, key = keys.privateKey): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const full = { iss: 'harborlight-local', sub: 'sync@harborlight.test', exp: now + 180, ...claims };
  const signed = `${encode({ alg: 'RS256' })}.${encode(full)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

const jwt = (text: string) => ({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: text });

describe('client credentials', () => {
  test('give a token with the instance to call, and no expiry', async () => {
    const { server } = await startOrg();
    const form = { grant_type: 'client_credentials', client_id: 'harborlight-local', client_secret: 'local-secret' };
    const { status, body } = await postForm(server.url, form);
    expect(status).toBe(200);
    expect(body).toMatchObject({ instance_url: server.url, token_type: 'Bearer', id: expect.stringContaining('/id/') });
    expect(body).not.toHaveProperty('expires_in');
  });

  test.each([
    [{ client_id: 'harborlight-local', client_secret: 'wrong' }, 'invalid_client'],
    [{ client_id: 'somebody', client_secret: 'local-secret' }, 'invalid_client_id'],
  ])('with a wrong pair give an OAuth error object', async (pair, error) => {
    const { server } = await startOrg();
    const { status, body } = await postForm(server.url, { grant_type: 'client_credentials', ...pair });
    expect(status).toBe(400);
    expect(body).toEqual({ error, error_description: expect.any(String) });
  });

  test('are refused beyond the login rate', async () => {
    const { server } = await startOrg({ loginsPerHour: 1 });
    const form = { grant_type: 'client_credentials', client_id: 'harborlight-local', client_secret: 'local-secret' };
    expect((await postForm(server.url, form)).body).toMatchObject({ error_description: 'login rate exceeded' });
  });

  test('other grants are not offered', async () => {
    const { server } = await startOrg();
    const { body } = await postForm(server.url, { grant_type: 'password' });
    expect(body).toMatchObject({ error: 'unsupported_grant_type' });
  });
});

describe('JWT bearer', () => {
  test('a signed assertion opens a session that works', async () => {
    const { server, call } = await startOrg({ publicKey: keys.publicKey });
    const { status, body } = await postForm(server.url, jwt(assertion({ aud: 'https://login.salesforce.com' })));
    expect(status).toBe(200);
    const token = body !== null && typeof body === 'object' && 'access_token' in body ? String(body.access_token) : '';
    const reply = await call('GET', '/sobjects', undefined, { authorization: `Bearer ${token}` });
    expect(reply.status).toBe(200);
  });

  test.each([
    ['of another audience', { aud: 'https://elsewhere.test' }, 'audience is invalid'],
    ['already expired', { exp: 1_700_000_000 }, 'expired authorization code'],
    ['valid for too long', { exp: Math.floor(Date.now() / 1000) + 600 }, 'expired authorization code'],
    ['for another user', { sub: 'other@harborlight.test' }, "user hasn't approved this consumer"],
    ['of another client', { iss: 'somebody' }, 'client identifier invalid'],
  ])('an assertion %s is refused', async (_, claims, description) => {
    const { server } = await startOrg({ publicKey: keys.publicKey });
    const { status, body } = await postForm(server.url, jwt(assertion({ aud: server.url, ...claims })));
    expect(status).toBe(400);
    expect(body).toMatchObject({ error_description: description });
  });

  test('an assertion signed with another key is refused', async () => {
    const { server } = await startOrg({ publicKey: keys.publicKey });
    const other = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const { body } = await postForm(server.url, jwt(assertion({ aud: server.url }, other.privateKey)));
    expect(body).toEqual({ error: 'invalid_grant', error_description: 'invalid assertion' });
  });
});

describe('a session', () => {
  test('once revoked gives 401 with an array of errors, and a new login works', async () => {
    const { org, call, login } = await startOrg();
    org.revokeSessions();
    const { status, body } = await call('GET', '/sobjects');
    expect(status).toBe(401);
    expect(body).toEqual([{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]);
    await login();
    expect((await call('GET', '/sobjects')).status).toBe(200);
  });

  test('that was never opened gives 401 and writes nothing', async () => {
    const { org, call } = await startOrg();
    const reply = await call('POST', '/sobjects/Account', { Name: 'Reef' }, { authorization: 'Bearer made-up' });
    expect(reply.status).toBe(401);
    expect(org.records('Account')).toEqual([]);
  });
});

describe('the limits of the API', () => {
  test('every reply tells the usage; a composite counts once', async () => {
    const { call } = await startOrg({ requestLimit: 500 });
    const parts = ['a', 'b'].map((name) => ({
      referenceId: name,
      method: 'GET',
      url: `${DATA}/query?q=SELECT+Id+FROM+Contact`,
    }));
    await call('POST', '/composite', { compositeRequest: parts });
    const { headers } = await call('GET', '/sobjects');
    expect(headers.get('sforce-limit-info')).toBe('api-usage=2/500');
  });

  test('beyond the limit every call gets 403 REQUEST_LIMIT_EXCEEDED', async () => {
    const { org, call } = await startOrg();
    org.setRequestLimit(0);
    const { status, body } = await call('POST', '/sobjects/Account', { Name: 'Reef' });
    expect(status).toBe(403);
    expect(body).toMatchObject([{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }]);
    expect(org.records('Account')).toEqual([]);
  });

  test('unknown paths and versions are NOT_FOUND', async () => {
    const { call } = await startOrg();
    for (const path of ['/services/data/v66.0/nothing/here', '/services/data/v40.0/sobjects/Account']) {
      const { status, body } = await call('POST', path, { Name: 'Reef' });
      expect(status).toBe(404);
      expect(body).toMatchObject([{ errorCode: 'NOT_FOUND' }]);
    }
  });
});
