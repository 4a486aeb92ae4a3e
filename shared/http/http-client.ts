import { RetryableError } from '../errors/errors.ts';
import { type HearCall, heard } from '../observability/vendor-calls.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: object | string;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text parsed as JSON; undefined when it is not JSON. */
  readonly json: unknown;
}

/**
 * Sends a request to a vendor and gives its reply, whatever the status.
 * @throws RetryableError `<vendor>.timeout` or `<vendor>.network` when no whole reply came.
 */
export type HttpClient = (request: HttpRequest) => Promise<HttpReply>;

/**
 * An HTTP client for one vendor. Redirects are not followed: our keys go nowhere but to the configured address.
 *
 * @param vendor the name that stands in errors.
 * @param timeoutMs for the whole exchange.
 * @param hear is told of each call.
 */
export function httpClient(vendor: string, timeoutMs: number, hear?: HearCall): HttpClient {
  const send = sender(vendor, timeoutMs);
  return (request) =>
    heard(
      hear,
      request,
      () => send(request),
      ({ status }) => status,
    );
}

function sender(vendor: string, timeoutMs: number): HttpClient {
  return async ({ method, url, headers, body }) => {
    try {
      const isJson = typeof body === 'object';
      const reply = await fetch(url, {
        method,
        redirect: 'manual',
        headers: { accept: 'application/json', ...(isJson && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await reply.text();
      return { status: reply.status, headers: reply.headers, text, json: parseJson(text) };
    } catch (cause) {
      const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
      if (timedOut) {
        throw new RetryableError(`${vendor}.timeout`, `${vendor} did not answer within ${timeoutMs} ms`, { cause });
      }
      throw new RetryableError(`${vendor}.network`, `the connection to ${vendor} failed`, { cause });
    }
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds that a `Retry-After` header asks for (a number of seconds or a date), where there is a usable one. */
export function retryAfterSeconds(headers: Headers, now: Date): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - now.getTime()) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : undefined;
}
