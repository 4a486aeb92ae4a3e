import { createHmac } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type WebhookSecret, webhookSecretSchema } from '../../functions/ingest/webhook-key.ts';
import type { Random } from './random.ts';

const CURRENT = 'current-key-of-all-0123456789';
const PREVIOUS = 'previous-key-of-all-0123456789';
const UMI = 'current-key-of-umi-0123456789';
const UMI_PREVIOUS = 'previous-key-of-umi-0123456789';
const RELAY = 'secret-of-the-relay-0123456789';

/** What Secrets Manager holds during a run. */
export const SECRET: WebhookSecret = webhookSecretSchema.parse({
  current: CURRENT,
  previous: PREVIOUS,
  companies: { 'umi-tours': { current: UMI, previous: UMI_PREVIOUS } },
  relaySecret: RELAY,
});

const RIGHT_KEYS = [
  { key: CURRENT, company: '*' },
  { key: CURRENT, company: '*' },
  { key: PREVIOUS, company: '*' },
  { key: UMI, company: 'umi-tours' },
  { key: UMI_PREVIOUS, company: 'umi-tours' },
] as const;

const WRONG_KEYS = [
  CURRENT.slice(0, -1),
  `${CURRENT}x`,
  `${CURRENT} `,
  `${CURRENT}\u0000`,
  CURRENT.toUpperCase(),
  `${CURRENT},${CURRENT}`,
  encodeURIComponent(`${CURRENT}/`),
  RELAY,
  '*',
  'umi-tours',
  'constructor',
  '__proto__',
  'undefined',
  '',
  '\ud800 no key of anybody',
  'k'.repeat(20_000),
] as const;

/** One request with what is known of it by having made it. */
export interface FuzzRequest {
  readonly method: string;
  /** What stands in the path, the query and the Authorization header. */
  readonly path: string | undefined;
  readonly query: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly encoding: 'base64' | 'text' | 'claims-base64';
  /** The company of the right key among those given; undefined where there is none. */
  readonly keyCompany: string | undefined;
  readonly signature: 'none' | 'right' | 'wrong';
}

const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'APPLICATION/JSON',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/vnd.fareharbor+json',
  'application/octet-stream',
  'image/png',
  'no type at all',
  '',
] as const;

const ODD_HEADERS: readonly [string, string][] = [
  ['content-encoding', 'gzip'],
  ['content-length', '-1'],
  ['x-forwarded-for', '127.0.0.1, 10.0.0.1'],
  ['x-forwarded-host', 'fareharbor.com'],
  ['x-amzn-trace-id', 'Root=1-0-0;Sampled=9'],
  ['x-api-key', CURRENT],
  ['x-key', CURRENT],
  ['cookie', `key=${CURRENT}`],
  ['referer', `https://fareharbor.com/?key=${CURRENT}`],
  ['__proto__', 'polluted'],
  ['constructor', 'polluted'],
  ['user-agent', '%{jndi:ldap://127.0.0.1/a}'],
  ['x-long', 'h'.repeat(8_000)],
  ['authorization', `Bearer ${CURRENT}`],
  ['authorization', 'Basic'],
  ['authorization', 'Basic %%%'],
  ['authorization', `Basic ${CURRENT}`],
  ['authorization', 'Digest username="a"'],
];

/** How the body reaches the function, by its content type. */
export type Encode = (type: string, random: Random) => FuzzRequest['encoding'];

/** Anything that an event may say, the truth or not. */
const ANY_ENCODING: Encode = (_, random) => random.pick(['text', 'text', 'text', 'base64', 'base64', 'claims-base64']);

/** Wraps a body into a request: mostly as FareHarbor would send it, else with whatever is odd about a request. */
export function requestOf(body: Buffer, random: Random, encode: Encode = ANY_ENCODING): FuzzRequest {
  const type = random.chance(0.8) ? TYPES[0] : random.pick(TYPES);
  const headers: [string, string][] = [['content-type', type]];
  for (let odd = random.chance(0.4) ? random.int(4) : 0; odd > 0; odd -= 1) {
    headers.push(ODD_HEADERS[random.int(ODD_HEADERS.length)] ?? ['x-none', '']);
  }
  const { path, query, authorization, keyCompany } = keysOf(random);
  if (authorization !== undefined) headers.push(['authorization', authorization]);
  const encoding = encode(type, random);
  const received = receivedBytes(body, encoding);
  const signature = random.pick(['none', 'none', 'none', 'none', 'right', 'wrong'] as const);
  const signed = signature === 'right' ? received : Buffer.concat([received, Buffer.from(' ')]);
  const hmac = createHmac('sha256', RELAY).update(signed).digest('hex');
  if (signature !== 'none') headers.push(['x-fareharbor-signature', random.chance(0.5) ? hmac : `sha256=${hmac}`]);
  return {
    method: random.chance(0.98) ? 'POST' : random.pick(['GET', 'PUT', 'HEAD', 'OPTIONS', 'post', 'TRACE', '']),
    path,
    query,
    headers: Object.fromEntries(headers),
    body,
    encoding,
    keyCompany,
    signature,
  };
}

function keysOf(random: Random) {
  const right = random.chance(0.85) ? random.pick(RIGHT_KEYS) : undefined;
  const wrong = () => (random.chance(0.2) ? random.pick(WRONG_KEYS) : undefined);
  const basic = (credentials: string) =>
    `${random.pick(['Basic', 'basic', 'BASIC'])} ${Buffer.from(credentials).toString('base64')}`;
  const place = random.int(4);
  const at = (number: number) => (right !== undefined && place === number ? right.key : wrong());
  const [path, query, password, user] = [at(0), at(1), at(2), at(3)];
  const hasBasic = password !== undefined || user !== undefined;
  return {
    path,
    query,
    authorization: hasBasic ? basic(`${user ?? 'fareharbor'}:${password ?? ''}`) : undefined,
    keyCompany: right?.company,
  };
}

/** The bytes that a function can know of a body: API Gateway hands it over as text or as base64. */
export function receivedBytes(body: Buffer, encoding: FuzzRequest['encoding']): Buffer {
  switch (encoding) {
    case 'base64':
      return body;
    case 'text':
      return Buffer.from(body.toString('utf8'));
    case 'claims-base64':
      return Buffer.from(body.toString('latin1'), 'base64');
  }
}

/** The event as API Gateway gives it to a function (payload format 2.0). */
export function eventOf(request: FuzzRequest, requestId: string): APIGatewayProxyEventV2 {
  const { method, path, query, headers, body, encoding } = request;
  const text = { base64: 'base64', text: 'utf8', 'claims-base64': 'latin1' } as const;
  return {
    version: '2.0',
    routeKey: path === undefined ? 'ANY /webhooks/fareharbor' : 'ANY /webhooks/fareharbor/{key}',
    rawPath: `/webhooks/fareharbor${path === undefined ? '' : `/${path}`}`,
    rawQueryString: query === undefined ? '' : `key=${query}`,
    headers,
    ...(path !== undefined && { pathParameters: { key: path } }),
    ...(query !== undefined && { queryStringParameters: { key: query } }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path: '', protocol: 'HTTP/1.1', sourceIp: '203.0.113.9', userAgent: '' },
      requestId,
      routeKey: '',
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    ...(body.length > 0 && { body: body.toString(text[encoding]) }),
    isBase64Encoded: encoding !== 'text',
  };
}

/** Every key that was given anywhere and is long enough to be recognised: none may be seen in a log. */
export const KEYS_IN_USE = [CURRENT, PREVIOUS, UMI, UMI_PREVIOUS, RELAY] as const;
