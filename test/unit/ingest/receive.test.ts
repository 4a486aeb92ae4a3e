import { createHmac } from 'node:crypto';
import type { SendMessageCommandInput } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { LARGEST_BODY, receive } from '../../../functions/ingest/receive.ts';
import { type WebhookSecret, webhookSecretSchema } from '../../../functions/ingest/webhook-key.ts';
import { listening } from '../shared/quiet.ts';

const KEY = 'current-key-0123456789';
const OLD = 'previous-key-0123456789';
const UUID = '3f0c9a52-6a7b-4c1d-9e2f-000000000001';
const BODY = JSON.stringify({ booking: { uuid: UUID, note: 'Café ☕' } });
const secret: WebhookSecret = webhookSecretSchema.parse({
  current: KEY,
  previous: OLD,
  companies: { 'umi-tours': { current: 'umi-key-0123456789' } },
  relaySecret: 'relay-secret-0123456789',
});

interface Request {
  method?: string;
  path?: string;
  query?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

function event({ method = 'POST', path, query, headers = {}, body = BODY }: Request): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: 'POST /webhooks/fareharbor/{key}',
    rawPath: '/webhooks/fareharbor',
    rawQueryString: '',
    headers,
    ...(path !== undefined && { pathParameters: { key: path } }),
    ...(query !== undefined && { queryStringParameters: { key: query } }),
    requestContext: {
      accountId: '',
      apiId: '',
      domainName: '',
      domainPrefix: '',
      http: { method, path: '', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
      requestId: 'request-1',
      routeKey: '',
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    body: typeof body === 'string' ? body : body.toString('base64'),
    isBase64Encoded: typeof body !== 'string',
  };
}

async function deliver(request: Request, send: () => Promise<unknown> = async () => undefined) {
  const sent: Omit<SendMessageCommandInput, 'QueueUrl'>[] = [];
  const { log, meter, counts, lines } = listening();
  const result = await receive(event(request), {
    secret: async () => secret,
    send: async (message) => {
      await send();
      sent.push(message);
    },
    log,
    meter,
    now: () => new Date('2026-11-21T12:00:00Z'),
  });
  return { status: result.statusCode, body: result.body, sent, counts, lines };
}

describe('a webhook with a key', () => {
  const basic = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });
  it.each<[string, Request]>([
    ['in the path', { path: KEY }],
    ['in the query', { query: KEY }],
    ['as Basic password', { headers: basic(`fareharbor:${KEY}`) }],
    ['as Basic user', { headers: basic(`${KEY}:`) }],
  ])('%s is durable before it is answered 200', async (_, request) => {
    const { status, sent } = await deliver(request);
    expect(status).toBe(200);
    expect(sent).toEqual([
      {
        MessageGroupId: UUID,
        MessageDeduplicationId: 'request-1',
        MessageBody: BODY,
        MessageAttributes: {
          kind: { DataType: 'String', StringValue: 'booking' },
          receivedAt: { DataType: 'String', StringValue: '2026-11-21T12:00:00.000Z' },
          keyCompany: { DataType: 'String', StringValue: '*' },
          correlationId: { DataType: 'String', StringValue: 'request-1' },
        },
      },
    ]);
  });

  it('of the rotation before works and is counted', async () => {
    const { status, counts } = await deliver({ path: OLD });
    expect([status, counts.WebhookOldKey]).toEqual([200, 1]);
  });

  it('of one company says so to enrichment', async () => {
    const { sent } = await deliver({ path: 'umi-key-0123456789' });
    expect(sent[0]?.MessageAttributes?.keyCompany?.StringValue).toBe('umi-tours');
  });

  it('about an item is ordered by item', async () => {
    const { status, sent } = await deliver({ path: KEY, body: '{"item":{"pk":77}}' });
    expect([status, sent[0]?.MessageGroupId]).toEqual([200, 'item-77']);
  });

  it('is answered 503 when it could not be stored, so that FareHarbor sends it again (trap 2)', async () => {
    const { status, lines } = await deliver({ path: KEY }, async () => {
      throw new Error(`queue refused ${BODY}`);
    });
    expect(status).toBe(503);
    expect(JSON.stringify(lines)).not.toContain('Café');
  });

  it('has an own deduplication id for each request: a repeat of the content must arrive (trap 1)', async () => {
    const { sent } = await deliver({ path: KEY });
    expect(sent[0]?.MessageDeduplicationId).toBe('request-1');
  });
});

describe('a stranger', () => {
  it.each<[string, Request]>([
    ['without a key', {}],
    ['with a wrong key', { path: 'wrong-key-0123456789' }],
    ['with a part of the key', { path: KEY.slice(0, -1) }],
    ['with an empty key', { path: '', query: '' }],
    ['with broken Basic credentials', { headers: { authorization: 'Basic %%%' } }],
    ['with a key of the prototype', { path: 'constructor' }],
  ])('%s is answered 401, counted, and nothing is stored', async (_, request) => {
    const { status, sent, counts, lines } = await deliver(request);
    expect([status, sent, counts.WebhookRejected]).toEqual([401, [], 1]);
    expect(JSON.stringify(lines)).not.toMatch(/wrong-key-0|current-key-0/);
  });

  it('who does not POST is answered 405', async () => {
    expect((await deliver({ method: 'GET', path: KEY })).status).toBe(405);
  });
});

describe('a relay’s signature', () => {
  const sign = (body: string) => createHmac('sha256', 'relay-secret-0123456789').update(body).digest('hex');
  it('is checked where there is one and never demanded', async () => {
    const signed = (signature: string) => deliver({ path: KEY, headers: { 'x-fareharbor-signature': signature } });
    expect((await signed(sign(BODY))).status).toBe(200);
    expect((await signed(sign(`${BODY} `))).status).toBe(401);
    expect((await signed('zz')).status).toBe(401);
    expect((await deliver({ path: KEY })).status).toBe(200);
  });
});

describe('a body', () => {
  it('of 1,000,000 bytes is taken, one more is 413, counted in bytes after decoding', async () => {
    const padding = LARGEST_BODY - Buffer.byteLength(`{"booking":{"uuid":"${UUID}"},"p":""}`);
    const body = (extra: number) =>
      `{"booking":{"uuid":"${UUID}"},"p":"${'é'.repeat(Math.floor(padding / 2))}${'x'.repeat((padding % 2) + extra)}"}`;
    expect((await deliver({ path: KEY, body: Buffer.from(body(0)) })).status).toBe(200);
    expect((await deliver({ path: KEY, body: Buffer.from(body(1)) })).status).toBe(413);
  });

  it.each([
    ['not-json', '{"booking":'],
    ['not-json', ''],
    ['no-booking-or-item', '[]'],
    ['no-booking-or-item', '{"hello":1}'],
    ['no-booking-or-item', 'null'],
    ['no-uuid', '{"booking":{"pk":1}}'],
    ['no-uuid', '{"booking":{"uuid":"../../etc"}}'],
    ['no-item-pk', '{"item":{"pk":"x"}}'],
  ])('that cannot be read (%s) is kept with its reason and answered 200', async (reason, body) => {
    const { status, sent, counts } = await deliver({ path: KEY, body });
    expect([status, counts.WebhookQuarantined]).toEqual([200, 1]);
    expect(sent[0]?.MessageAttributes).toMatchObject({
      kind: { StringValue: 'unreadable' },
      reason: { StringValue: reason },
    });
  });

  it('with characters that SQS refuses travels as bytes', async () => {
    const bytes = Buffer.from([0x7b, 0x00, 0xff]);
    const { sent } = await deliver({ path: KEY, body: bytes });
    expect(sent[0]).toMatchObject({
      MessageBody: '-',
      MessageAttributes: { raw: { DataType: 'Binary', BinaryValue: bytes } },
    });
  });

  it('that is no UTF-8 is kept byte by byte', async () => {
    const bytes = Buffer.from(JSON.stringify({ booking: { uuid: UUID, note: 'Café' } }), 'latin1');
    const { sent } = await deliver({ path: KEY, body: bytes });
    expect(sent[0]).toMatchObject({ MessageGroupId: UUID, MessageAttributes: { raw: { BinaryValue: bytes } } });
  });

  it.each(['null', '7', '[]', '"none"'])('with a booking is one, though its `item` is %s', async (item) => {
    const { sent } = await deliver({ path: KEY, body: `{"item":${item},"booking":{"uuid":"${UUID}"}}` });
    expect(sent[0]).toMatchObject({ MessageGroupId: UUID, MessageAttributes: { kind: { StringValue: 'booking' } } });
  });

  it('with an item is one, though its `booking` is null', async () => {
    const { sent } = await deliver({ path: KEY, body: '{"booking":null,"item":{"pk":77}}' });
    expect(sent[0]?.MessageGroupId).toBe('item-77');
  });

  it('nested 100,000 deep does no harm', async () => {
    const { status } = await deliver({ path: KEY, body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` });
    expect(status).toBe(200);
  });
});
