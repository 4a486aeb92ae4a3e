import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { httpClient, retryAfterSeconds } from '../../../shared/http/http-client.ts';

const seen: string[] = [];
const server = createServer((request, response) => {
  seen.push(request.url ?? '');
  if (request.url === '/hang') return;
  if (request.url === '/drop') return void request.socket.destroy();
  if (request.url === '/redirect') return void response.writeHead(302, { location: '/stolen' }).end();
  response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Maintenance</h1>');
});
let base: string;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const get = (path: string) => httpClient('vendor', 200)({ method: 'GET', url: `${base}${path}` });

it('gives any reply as it is, HTML too', async () => {
  expect(await get('/html')).toMatchObject({ status: 503, text: '<h1>Maintenance</h1>', json: undefined });
});

it('follows no redirect', async () => {
  expect((await get('/redirect')).status).toBe(302);
  expect(seen).not.toContain('/stolen');
});

it.each([
  ['/hang', 'vendor.timeout'],
  ['/drop', 'vendor.network'],
])('says of %s: %s, and that it may work later', async (path, code) => {
  await expect(get(path)).rejects.toMatchObject({ name: 'RetryableError', code });
});

it.each([
  ['30', 30],
  ['Sat, 21 Nov 2026 12:00:30 GMT', 30],
  ['Sat, 21 Nov 2026 11:00:00 GMT', undefined],
  ['soon', undefined],
])('reads Retry-After %s as %s seconds', (value, seconds) => {
  const headers = new Headers({ 'retry-after': value });
  expect(retryAfterSeconds(headers, new Date('2026-11-21T12:00:00Z'))).toBe(seconds);
});
