import crypto, { createHmac } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receive } from '../../functions/ingest/receive.ts';
import { acceptKey, webhookSecretSchema } from '../../functions/ingest/webhook-key.ts';
import type { Message } from '../fuzz/ingest-model.ts';
import { eventOf, type FuzzRequest } from '../fuzz/requests.ts';
import { listening } from '../unit/shared/quiet.ts';

const KEYS = {
  current: 'current-key-0123456789',
  previous: 'previous-key-0123456789',
  umi: 'umi-key-0123456789',
  umiPrevious: 'umi-previous-key-0123456789',
};
const STRANGER = 'key-of-a-stranger-0123456789';
const secret = webhookSecretSchema.parse({
  current: KEYS.current,
  previous: KEYS.previous,
  companies: { 'umi-tours': { current: KEYS.umi, previous: KEYS.umiPrevious } },
});
const BODY = Buffer.from('{"booking":{"uuid":"3f0c9a52-6a7b-4c1d-9e2f-000000000001"}}');

const basic = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });
const request = (given: Partial<FuzzRequest>): FuzzRequest => ({
  method: 'POST',
  path: undefined,
  query: undefined,
  headers: {},
  body: BODY,
  encoding: 'text',
  keyCompany: undefined,
  signature: 'none',
  ...given,
});

async function deliver(
  given: Partial<FuzzRequest>,
  send: () => Promise<unknown> = async () => undefined,
  known = secret,
) {
  const sent: Message[] = [];
  const { log, meter, lines, counts } = listening();
  const result = await receive(eventOf(request(given), 'request-1='), {
    secret: async () => known,
    send: async (message) => {
      await send();
      sent.push(message);
    },
    log,
    meter,
    now: () => new Date('2026-11-21T12:00:00Z'),
  });
  return { status: result.statusCode, answer: JSON.stringify(result), sent, counts, logged: JSON.stringify(lines) };
}

describe('the comparison of keys', () => {
  const original = crypto.timingSafeEqual;
  const compared: { lengths: number[]; pairs: string[] } = { lengths: [], pairs: [] };
  beforeAll(() => {
    // Counted in Node itself, where every comparison of ours has to pass.
    crypto.timingSafeEqual = (a, b) => {
      compared.lengths.push(a.byteLength, b.byteLength);
      compared.pairs.push(`${Buffer.from(new Uint8Array(a.buffer, a.byteOffset, a.byteLength)).toString('hex')}`);
      return original(a, b);
    };
    syncBuiltinESMExports();
  });
  afterAll(() => {
    crypto.timingSafeEqual = original;
    syncBuiltinESMExports();
  });

  it.each<[string, Partial<FuzzRequest>, number]>([
    ['the first known key', { path: KEYS.current }, 4],
    ['the previous key', { path: KEYS.previous }, 4],
    ['the last known key', { path: KEYS.umiPrevious }, 4],
    ['a wrong key', { path: STRANGER }, 4],
    ['a key that only begins right', { path: KEYS.current.slice(0, -1) }, 4],
    ['an endless key', { path: 'k'.repeat(10_000) }, 4],
    ['a right key before a wrong one', { path: KEYS.current, query: STRANGER }, 8],
    ['a wrong key before a right one', { path: STRANGER, query: KEYS.current }, 8],
    ['a user and a password', { headers: basic(`${STRANGER}:${KEYS.umi}`) }, 8],
  ])('takes as many steps for %s as for any other', (_, given, comparisons) => {
    compared.lengths = [];
    compared.pairs = [];
    acceptKey(eventOf(request(given), 'request-1='), secret);
    // Four keys are known; every one is compared with every one given, whatever matches, over the same 32 bytes.
    expect(compared.pairs).toHaveLength(comparisons);
    expect(new Set(compared.lengths)).toEqual(new Set([32]));
  });

  it('finds whose key it is, and how old, while both are valid', () => {
    const accepted = (path: string) => acceptKey(eventOf(request({ path }), 'request-1='), secret);
    expect(Object.values(KEYS).map(accepted)).toEqual([
      { company: '*', age: 'current' },
      { company: '*', age: 'previous' },
      { company: 'umi-tours', age: 'current' },
      { company: 'umi-tours', age: 'previous' },
    ]);
    expect(accepted(STRANGER)).toBeUndefined();
  });
});

describe('a key', () => {
  const places: [string, (key: string) => Partial<FuzzRequest>][] = [
    ['path', (path) => ({ path })],
    ['query', (query) => ({ query })],
    ['password', (key) => ({ headers: basic(`fareharbor:${key}`) })],
    ['user', (key) => ({ headers: basic(`${key}:`) })],
  ];
  const outcomes: [string, number, string, Partial<FuzzRequest>][] = [
    ['accepted', 200, KEYS.current, {}],
    ['of the rotation before', 200, KEYS.previous, {}],
    ['wrong', 401, STRANGER, {}],
    ['with a body that is none', 200, KEYS.current, { body: Buffer.from('{') }],
    ['with too large a body', 413, KEYS.current, { body: Buffer.alloc(1_000_001, 32) }],
  ];
  const cases = places.flatMap(([place, give]) =>
    outcomes.map(([what, status, key, more]) => ({ place, what, status, key, given: { ...give(key), ...more } })),
  );

  it.each(cases)('in the $place, $what: stands in no log, no answer and no message', async (one) => {
    const { status, answer, sent, logged } = await deliver(one.given);
    expect(status).toBe(one.status);
    const told = `${answer}${JSON.stringify(sent)}${logged}`;
    for (const key of [...Object.values(KEYS), STRANGER]) {
      expect(told).not.toContain(key);
      expect(told).not.toContain(Buffer.from(`fareharbor:${key}`).toString('base64').slice(0, 24));
    }
  });

  it('stands in no log when the queue fails, whatever its error quotes', async () => {
    const { status, logged } = await deliver({ path: KEYS.current }, async () => {
      throw new Error(`no queue for /webhooks/fareharbor/${KEYS.current}`);
    });
    expect(status).toBe(503);
    expect(logged).not.toContain(KEYS.current);
  });
});

describe('headers and addresses that pretend', () => {
  const pretending: Record<string, string>[] = [
    { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=127.0.0.1;proto=https;host=fareharbor.com' },
    { host: 'fareharbor.com', origin: 'https://fareharbor.com', referer: `https://x.test/?key=${KEYS.current}` },
    { 'user-agent': 'FareHarbor', via: '1.1 fareharbor.com', 'x-real-ip': '10.0.0.1' },
    { 'x-api-key': KEYS.current, 'x-webhook-key': KEYS.current, cookie: `key=${KEYS.current}` },
    { authorization: `Bearer ${KEYS.current}` },
    { 'x-http-method-override': 'GET', 'x-original-url': '/', 'x-amzn-requestid': 'other' },
    { keycompany: 'umi-tours', kind: 'item', 'x-amz-meta-kind': 'item', groupid: 'x' },
  ];

  it.each(pretending)('%j open nothing', async (headers) => {
    expect(await deliver({ headers })).toMatchObject({ status: 401, sent: [] });
    expect(await deliver({ headers, path: STRANGER })).toMatchObject({ status: 401, sent: [] });
  });

  it('a right signature of a relay opens nothing either: it only adds to the key', async () => {
    const relaySecret = 'relay-secret-0123456789';
    const signed = { 'x-fareharbor-signature': createHmac('sha256', relaySecret).update(BODY).digest('hex') };
    const withRelay = webhookSecretSchema.parse({ ...secret, relaySecret });
    expect(await deliver({ headers: signed }, undefined, withRelay)).toMatchObject({ status: 401, sent: [] });
    expect(await deliver({ headers: signed, path: STRANGER }, undefined, withRelay)).toMatchObject({ status: 401 });
    expect(await deliver({ headers: signed, path: KEYS.current }, undefined, withRelay)).toMatchObject({ status: 200 });
  });

  it('an address that looks like ours or FareHarbor’s opens nothing', async () => {
    for (const sourceIp of ['127.0.0.1', '10.0.0.1', '::1', 'fareharbor.com']) {
      const event = eventOf(request({ path: STRANGER }), 'request-1=');
      const { http } = event.requestContext;
      const pretended = { ...event, requestContext: { ...event.requestContext, http: { ...http, sourceIp } } };
      expect(acceptKey(pretended, secret)).toBeUndefined();
    }
  });

  it.each(pretending)('%j change nothing of what is stored', async (headers) => {
    const plain = await deliver({ path: KEYS.current });
    const pretended = await deliver({ path: KEYS.current, headers });
    expect(pretended.sent).toEqual(plain.sent);
    expect(pretended.answer).toBe(plain.answer);
  });
});
