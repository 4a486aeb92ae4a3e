import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import { LOCAL_ACCOUNT } from './intrinsics.ts';
import type { RouteMatch } from './routes.ts';

/** What the gateway received. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly at: Date;
}

/** What is sent back. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
}

const API_ID = 'local';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Content types whose body an HTTP API hands to the function as text. Everything else arrives base64-encoded: forms,
 * `application/*+json`, and a request that names no type.
 */
const TEXT_TYPES = /^(text\/.*|application\/(json|javascript|xml))$/;

/**
 * The event an HTTP API sends, payload format 2.0: header names in lower case and repeated ones joined by commas, the
 * same for the query, cookies apart, empty parts left out.
 */
export function toEvent(request: HttpRequest, { route, parameters }: RouteMatch): Record<string, unknown> {
  const [rawPath = '/', rawQueryString = ''] = splitTarget(request.target);
  const { cookie, connection: _hop, ...headers } = request.headers;
  const domainName = request.headers.host ?? 'localhost';
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isBase64Encoded = request.body.length > 0 && !TEXT_TYPES.test(type);
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath,
    rawQueryString,
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers: {
      ...joined(headers),
      'x-forwarded-for': request.sourceIp,
      'x-forwarded-port': domainName.split(':')[1] ?? '80',
      'x-forwarded-proto': 'http',
    },
    ...(rawQueryString !== '' && { queryStringParameters: queryOf(rawQueryString) }),
    ...(Object.keys(parameters).length > 0 && { pathParameters: parameters }),
    requestContext: {
      accountId: LOCAL_ACCOUNT,
      apiId: API_ID,
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method: request.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: request.requestId,
      routeKey: route.key,
      stage: '$default',
      time: gatewayTime(request.at),
      timeEpoch: request.at.getTime(),
    },
    ...(request.body.length > 0 && { body: request.body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

const structured = z.looseObject({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  body: z.string().nullish(),
  cookies: z.array(z.string()).nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/**
 * Turns what the function returned into the HTTP answer: a result with a `statusCode` says it all; any other value is
 * the body itself, as JSON, with 200. Undefined when the result cannot be an answer (the gateway then says 500).
 */
export function toReply(payload: string): HttpReply | undefined {
  const value: unknown = JSON.parse(payload);
  if (typeof value !== 'object' || value === null || !('statusCode' in value)) {
    const body = typeof value === 'string' ? value : payload;
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const parsed = structured.safeParse(value);
  if (!parsed.success) return undefined;
  const { statusCode, headers, body, cookies, isBase64Encoded } = parsed.data;
  const sent: Record<string, string | readonly string[]> = { 'content-type': 'text/plain; charset=utf-8' };
  for (const [name, one] of Object.entries(headers ?? {})) sent[name.toLowerCase()] = String(one);
  if (cookies !== null && cookies !== undefined) sent['set-cookie'] = cookies;
  const text = body ?? '';
  return { status: statusCode, headers: sent, body: isBase64Encoded === true ? Buffer.from(text, 'base64') : text };
}

/** The gateway's own answers. */
export function gatewayReply(status: number, message: string): HttpReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}

export function splitTarget(target: string): readonly [path: string, query: string] {
  const at = target.indexOf('?');
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
}

function joined(headers: IncomingHttpHeaders): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return result;
}

function queryOf(rawQueryString: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    result[name] = Object.hasOwn(result, name) ? `${result[name]},${value}` : value;
  }
  return result;
}

/** `12/Mar/2020:19:03:58 +0000` */
function gatewayTime(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}`;
  return `${date}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}
