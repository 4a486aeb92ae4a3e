import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Core, startCore } from '../../infra/local/core.ts';
import { toReply } from '../../infra/local/http-event.ts';
import { matchRoute } from '../../infra/local/routes.ts';
import { api, writeAssembly } from './assembly.ts';

describe('matchRoute', () => {
  const routes = [
    '$default',
    'ANY /hooks/{proxy+}',
    'ANY /hooks/{key}',
    'POST /hooks/{key}',
    'GET /hooks/list',
    'ANY /hooks',
  ].map((key) => ({ key, functionName: 'f' }));
  it.each([
    ['POST', '/hooks/abc', 'POST /hooks/{key}', { key: 'abc' }],
    ['PUT', '/hooks/abc', 'ANY /hooks/{key}', { key: 'abc' }],
    ['GET', '/hooks/list', 'GET /hooks/list', {}],
    ['POST', '/hooks/list', 'POST /hooks/{key}', { key: 'list' }],
    ['POST', '/hooks/a/b', 'ANY /hooks/{proxy+}', { proxy: 'a/b' }],
    ['POST', '/hooks/a%20b', 'POST /hooks/{key}', { key: 'a b' }],
    ['DELETE', '/hooks', 'ANY /hooks', {}],
    ['GET', '/', '$default', {}],
  ])('%s %s goes to %s', (method, path, key, parameters) => {
    const match = matchRoute(routes, method, path);
    expect(match?.route.key).toBe(key);
    expect(match?.parameters).toEqual(parameters);
  });

  it('finds nothing where no route fits', () => {
    const only = [{ key: 'POST /hooks/{key}', functionName: 'f' }];
    expect(matchRoute(only, 'GET', '/hooks/a')).toBeUndefined();
    expect(matchRoute(only, 'POST', '/hooks/')).toBeUndefined();
    expect(matchRoute(only, 'POST', '/hooks/a/b')).toBeUndefined();
  });
});

describe('toReply', () => {
  it('takes a value without a status code as the body', () => {
    expect(toReply('{"a":1}')).toMatchObject({ status: 200, body: '{"a":1}' });
    expect(toReply('"plain"')).toMatchObject({ status: 200, body: 'plain' });
  });
  it('decodes a base64 body and lets the function name headers', () => {
    const reply = toReply(
      '{"statusCode":418,"headers":{"X-A":1},"cookies":["c=1"],"body":"aGk=","isBase64Encoded":true}',
    );
    expect(reply).toMatchObject({ status: 418, headers: { 'x-a': '1', 'set-cookie': ['c=1'] } });
    expect(String(reply?.body)).toBe('hi');
  });
  it('has no answer for a status that is none', () => {
    expect(toReply('{"statusCode":"soon"}')).toBeUndefined();
  });
});

const eventSchema = z.looseObject({
  routeKey: z.string(),
  rawPath: z.string(),
  rawQueryString: z.string(),
  headers: z.record(z.string(), z.string()),
  cookies: z.array(z.string()).optional(),
  queryStringParameters: z.record(z.string(), z.string()).optional(),
  pathParameters: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  isBase64Encoded: z.boolean(),
  requestContext: z.looseObject({
    requestId: z.string(),
    routeKey: z.string(),
    http: z.looseObject({ method: z.string() }),
  }),
});

describe('the gateway', () => {
  const assembly = writeAssembly({
    functions: {
      echo: { source: 'export const handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });' },
      broken: { source: 'export const handler = async () => { throw new Error("secret detail"); };' },
    },
    resources: api({ 'POST /hooks/{key}': 'echo', 'ANY /hooks': 'echo', 'GET /broken': 'broken' }),
  });
  let core: Core;
  beforeAll(async () => {
    core = await startCore({ assembly: assembly.directory, warm: 1 });
  });
  afterAll(async () => {
    await core.close();
    assembly.remove();
  });
  const post = async (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    eventSchema.parse(await (await fetch(core.url + path, { method: 'POST', body, headers })).json());

  it('sends payload format 2.0', async () => {
    const event = await post('/hooks/k-1?a=1&b=x%20y&a=2', '{"é":1}', {
      'Content-Type': 'application/json; charset=utf-8',
      'X-Mixed-Case': 'Kept',
      cookie: 'one=1; two=2',
    });
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /hooks/{key}',
      rawPath: '/hooks/k-1',
      rawQueryString: 'a=1&b=x%20y&a=2',
      queryStringParameters: { a: '1,2', b: 'x y' },
      pathParameters: { key: 'k-1' },
      cookies: ['one=1', 'two=2'],
      body: '{"é":1}',
      isBase64Encoded: false,
      requestContext: {
        routeKey: 'POST /hooks/{key}',
        stage: '$default',
        http: { method: 'POST', path: '/hooks/k-1' },
      },
    });
    expect(event.headers).toMatchObject({ 'x-mixed-case': 'Kept' });
    expect(event.headers).not.toHaveProperty('cookie');
    expect(event.requestContext.requestId).toMatch(/^.{15}=$/);
  });

  it.each([
    ['text/plain', false],
    ['application/json', false],
    ['APPLICATION/XML', false],
    ['application/vnd.booking+json', true],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['', true],
  ])('hands over a body of type "%s" base64-encoded: %s', async (type, encoded) => {
    const bytes = new TextEncoder().encode('a=ü');
    const event = await post('/hooks/k', bytes, type === '' ? {} : { 'content-type': type });
    expect(event.isBase64Encoded).toBe(encoded);
    expect(event.body).toBe(encoded ? Buffer.from(bytes).toString('base64') : 'a=ü');
  });

  it('answers for itself where no function does', async () => {
    const missing = await fetch(`${core.url}/elsewhere`, { method: 'POST', body: '{}' });
    expect([missing.status, await missing.json()]).toEqual([404, { message: 'Not Found' }]);
    const large = await fetch(`${core.url}/hooks/k`, { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
    expect(large.status).toBe(413);
    const forLambda = await fetch(`${core.url}/hooks/k`, { method: 'POST', body: 'x'.repeat(7 * 1024 * 1024) });
    expect(forLambda.status).toBe(413);
    const failed = await fetch(`${core.url}/broken`);
    expect([failed.status, await failed.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  });

  it('listens on loopback only', () => {
    expect(new URL(core.url).hostname).toBe('127.0.0.1');
    expect(new URL(core.endpoints.sqs).hostname).toBe('127.0.0.1');
    expect(new URL(core.endpoints.dynamoDb).hostname).toBe('127.0.0.1');
  });
});
