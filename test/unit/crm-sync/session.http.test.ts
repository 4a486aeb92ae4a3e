import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { query } from '../../../functions/crm-sync/salesforce/composite.ts';
import { credentialsSchema } from '../../../functions/crm-sync/salesforce/credentials.ts';
import type { CrmDesk } from './crm-desk.ts';
import { open } from './open-desk.ts';
import { aRecord, NOW } from './record-fixture.ts';

const LOOK = [query('look', 'SELECT Id FROM Contact LIMIT 1')];
const call = (desk: CrmDesk) => desk.client.within(20_000)('harbor-kayaks', LOOK);
const tokens = (desk: CrmDesk) => desk.server.requests.filter(({ route }) => route === 'token').length;

describe('sessions', () => {
  test('are shared by calls at once, and entered anew once when one ends', async () => {
    const desk = await open();
    await Promise.all([call(desk), call(desk), call(desk)]);
    expect(tokens(desk)).toBe(1);
    desk.vendor.revokeSessions();
    await call(desk);
    expect(tokens(desk)).toBe(2);
  });

  test('refused again and again are no endless loop: one new login, then the booking is parked and the rest wait', async () => {
    const desk = await open();
    const body = [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }];
    desk.server.fault({ route: 'composite', status: 401, body, times: 50 });
    await expect(call(desk)).rejects.toMatchObject({ name: 'PermanentError', code: 'salesforce.session' });
    expect(desk.composites()).toHaveLength(2);
    expect(tokens(desk)).toBe(2);
    const waiting = { name: 'RetryableError', code: 'salesforce.session', waitSeconds: 60 };
    for (let more = 0; more < 5; more += 1) await expect(call(desk)).rejects.toMatchObject(waiting);
    expect(tokens(desk)).toBe(2);
    desk.server.clearFaults();
    desk.clock.now = new Date(NOW.getTime() + 60_001);
    await call(desk);
  });

  test('of a JWT: the assertion is signed for the user and the login address', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const jwt = { clientId: 'harborlight-local', username: 'sync@harborlight.test', privateKey };
    const desk = await open({ org: { publicKey }, credentials: (loginUrl) => ({ loginUrl, ...jwt }) });
    // The stand-in compares the assertion's end with the real time.
    desk.clock.now = new Date();
    await desk.bring(aRecord());
    expect(desk.vendor.records('Opportunity')).toHaveLength(1);
  });

  test('a private key that is none parks, and is not quoted', async () => {
    const jwt = { clientId: 'harborlight-local', username: 'sync@harborlight.test', privateKey: 'not-a-key' };
    const desk = await open({ credentials: (loginUrl) => ({ loginUrl, ...jwt }) });
    const error = await desk.park(aRecord());
    expect(error.code).toBe('salesforce.private-key');
    expect(`${error.message} ${error.remedy} ${error.cause}`).not.toContain('not-a-key');
  });

  const oauth = (error: string, error_description: string) => ({ status: 400, body: { error, error_description } });
  test.each([
    [
      'wrong secret',
      oauth('invalid_client', 'invalid client credentials'),
      'PermanentError',
      'salesforce.login-refused',
    ],
    ['unknown user', oauth('invalid_grant', "user hasn't approved"), 'PermanentError', 'salesforce.login-refused'],
    ['too many logins', oauth('invalid_grant', 'login rate exceeded'), 'RetryableError', 'salesforce.login-rate'],
    ['in progress', oauth('invalid_grant', 'already being processed'), 'RetryableError', 'salesforce.unavailable'],
    ['maintenance', { status: 503, body: '<html>' }, 'RetryableError', 'salesforce.unavailable'],
    ['a page instead of a token', { status: 200, body: '<html>' }, 'RetryableError', 'salesforce.network'],
  ])('a login that fails, %s', async (_, reply, name, code) => {
    const desk = await open();
    desk.server.fault({ route: 'token', ...reply });
    await expect(call(desk)).rejects.toMatchObject({ name, code });
    // The failure is not remembered.
    await call(desk);
    expect(tokens(desk)).toBe(2);
  });
});

describe('an exchange', () => {
  test('that never ends is given up in time', async () => {
    const desk = await open({ timeoutMs: 150 });
    await call(desk);
    desk.server.fault({ route: 'composite', hang: true });
    await expect(call(desk)).rejects.toMatchObject({ name: 'RetryableError', code: 'salesforce.timeout' });
  });

  test('is not begun when the time for the booking is used up', async () => {
    const desk = await open();
    const composite = desk.client.within(20_000);
    await composite('harbor-kayaks', LOOK);
    desk.clock.now = new Date(NOW.getTime() + 20_000);
    await expect(composite('harbor-kayaks', LOOK)).rejects.toMatchObject({ code: 'salesforce.timeout' });
    expect(desk.composites()).toHaveLength(1);
  });

  test.each([
    [
      '503 with a page',
      { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>' },
      'salesforce.unavailable',
    ],
    ['502 with nothing', { status: 502 }, 'salesforce.unavailable'],
    [
      'a page with 200',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
      'salesforce.malformed-reply',
    ],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'salesforce.malformed-reply'],
    ['fewer parts than asked', { status: 200, body: { compositeResponse: [] } }, 'salesforce.malformed-reply'],
    [
      '503 of its own',
      { status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE', message: '-' }] },
      'salesforce.unavailable',
    ],
  ])('answered by %s is tried again later, by the queue alone', async (_, reply, code) => {
    const desk = await open();
    desk.server.fault({ route: 'composite', ...reply });
    await expect(call(desk)).rejects.toMatchObject({ name: 'RetryableError', code });
    expect(desk.composites()).toHaveLength(1);
  });

  test('beyond the limit of requests leaves the org alone until the wait is over', async () => {
    const desk = await open();
    await call(desk);
    desk.vendor.setRequestLimit(0);
    const over = { name: 'RetryableError', code: 'salesforce.request-limit', waitSeconds: 300 };
    await expect(call(desk)).rejects.toMatchObject(over);
    const before = desk.server.requests.length;
    await expect(call(desk)).rejects.toMatchObject(over);
    expect(desk.server.requests).toHaveLength(before);
    desk.vendor.setRequestLimit(1000);
    desk.clock.now = new Date(NOW.getTime() + 300_001);
    await call(desk);
  });

  test('a company without credentials parks with what to do', async () => {
    const desk = await open();
    const { salesforceClient } = await import('../../../functions/crm-sync/salesforce/salesforce-client.ts');
    const client = salesforceClient({ credentialsOf: async () => undefined, timeoutMs: 100, now: () => NOW });
    await expect(client.within(100)('harbor-kayaks', LOOK)).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'salesforce.no-credentials',
    });
    expect(desk.server.requests).toEqual([]);
  });
});

test.each([
  ['no way to log in', { loginUrl: 'https://acme.my.salesforce.com', clientId: 'id' }],
  ['an empty secret', { loginUrl: 'https://acme.my.salesforce.com', clientId: 'id', clientSecret: '' }],
  ['no address', { loginUrl: 'acme', clientId: 'id', clientSecret: 'secret' }],
])('credentials with %s are refused', (_, entry) => {
  expect(credentialsSchema.safeParse(entry).success).toBe(false);
});
