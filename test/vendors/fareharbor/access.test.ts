import { expect, test } from 'vitest';
import { goodKeys, running } from './running.ts';

const otherKey = '00000000-0000-4000-8000-0000000000ff';

test.each([
  ['no app key', { 'X-FareHarbor-API-User': goodKeys['X-FareHarbor-API-User'] }, 400, 'key-missing'],
  ['no user key', { 'X-FareHarbor-API-App': goodKeys['X-FareHarbor-API-App'] }, 400, 'key-missing'],
  ['an app key that is none', { ...goodKeys, 'X-FareHarbor-API-App': 'me' }, 403, 'app-invalid'],
  ['another app key', { ...goodKeys, 'X-FareHarbor-API-App': otherKey }, 403, 'app-key-invalid'],
  ['another user key', { ...goodKeys, 'X-FareHarbor-API-User': otherKey }, 403, 'user-key-invalid'],
])('%s is refused with its code', async (_name, headers, status, code) => {
  const { call } = await running();
  const answer = await call('GET', '/companies/', undefined, headers);
  expect(answer).toMatchObject({ status, json: { status, code, error: expect.any(String) } });
});

test('keys in the query are not taken', async () => {
  const { call } = await running();
  const query = `?api-app=${goodKeys['X-FareHarbor-API-App']}&api-user=${goodKeys['X-FareHarbor-API-User']}`;
  expect((await call('GET', `/companies/${query}`, undefined, {})).json).toMatchObject({ code: 'key-missing' });
});

test('the 31st request of a second is refused, in turn with 429 and a 403 without code, until the second is over', async () => {
  let clock = 5_000;
  const { call, fareharbor } = await running({ now: () => clock });
  const statuses = async (count: number) => {
    const seen: number[] = [];
    for (let index = 0; index < count; index += 1) seen.push((await call('GET', '/companies/')).status);
    return seen;
  };
  expect(new Set(await statuses(30))).toEqual(new Set([200]));
  expect(await statuses(2)).toEqual([429, 403]);
  expect((await call('GET', '/companies/')).json).not.toHaveProperty('code');
  clock += 999;
  expect(await statuses(1)).toEqual([403]);
  clock += 1;
  expect(await statuses(1)).toEqual([200]);
  expect(fareharbor.refusedForRate()).toBe(4);
});

test('the five-minute limit holds whatever the pace', async () => {
  let clock = 0;
  const { call } = await running({ now: () => clock, rateLimit: { perSecond: 30, perFiveMinutes: 5 } });
  const next = async () => {
    clock += 2_000;
    return (await call('GET', '/companies/')).status;
  };
  for (let index = 0; index < 5; index += 1) expect(await next()).toBe(200);
  expect(await next()).toBe(429);
  clock += 300_000;
  expect(await next()).toBe(200);
});

test('limits can be lifted', async () => {
  const { call } = await running({ now: () => 0, rateLimit: false });
  for (let index = 0; index < 40; index += 1) expect((await call('GET', '/companies/')).status).toBe(200);
});

test('more connections than allowed at the same time get 420', async () => {
  const { call } = await running({ latencyMs: 200, maxConnections: 2 });
  const answers = await Promise.all([1, 2, 3].map(() => call('GET', '/companies/')));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 420]);
  expect((await call('GET', '/companies/')).status).toBe(200);
});

test('maintenance is a fault to script', async () => {
  const { call, server } = await running();
  server.fault({ route: '*', status: 503, body: { error: 'Service Unavailable', status: 503 } });
  expect((await call('GET', '/companies/')).status).toBe(503);
  expect((await call('GET', '/companies/')).status).toBe(200);
});
