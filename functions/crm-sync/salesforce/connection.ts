import { Connection } from 'jsforce/lib/connection.js';
import { setDefaults } from 'jsforce/lib/request.js';
import * as z from 'zod';
import { RetryableError } from '../../../shared/errors/errors.ts';
import { API_VERSION, COMPOSITE_PATH, type Part } from './composite.ts';
import { type Credentials, grantOf } from './credentials.ts';
import { GRAPH_PATH, type Graph, graphsBody } from './graph.ts';
import { loginError } from './login-errors.ts';
import { CODE, type Refusal, readErrors } from './salesforce-errors.ts';

/** What came back of an exchange: the reply's body, or the refusal of the request as a whole. */
export type Exchanged = (
  | { readonly kind: 'replied'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
) & {
  /** The org's calls of the last 24 hours and how many it allows (`Sforce-Limit-Info`), where it said. */
  readonly usage: { readonly used: number; readonly limit: number } | undefined;
};

/** What a login gives, and what every environment that has it may call with. */
export const tokenSchema = z.object({ accessToken: z.string().min(1), instanceUrl: z.url() });
export type Token = z.infer<typeof tokenSchema>;

/** One org that we have logged in to. */
export interface Session {
  readonly token: Token;
  /** @throws RetryableError when no whole reply came in time. */
  composite(parts: readonly Part[], timeoutMs: number): Promise<Exchanged>;
  /** @throws RetryableError when no whole reply came in time. */
  graphs(graphs: readonly Graph[], timeoutMs: number): Promise<Exchanged>;
}

/**
 * Logs in.
 * @param timeoutMs for the login as a whole.
 * @throws RetryableError or PermanentError, as the login's failure means.
 */
export async function logIn(credentials: Credentials, timeoutMs: number, now: Date): Promise<Session> {
  setSafeDefaults(timeoutMs);
  const { loginUrl, clientId } = credentials;
  const secret = 'clientSecret' in credentials ? { clientSecret: credentials.clientSecret } : {};
  const oauth2 = { loginUrl, clientId, ...secret };
  const login = new Connection({ oauth2, version: API_VERSION, logLevel: 'NONE' });
  const grant = grantOf(credentials, now);
  try {
    await within(timeoutMs, login.authorize(grant));
  } catch (error) {
    throw loginError(error);
  }
  const { instanceUrl, accessToken } = login;
  const token = tokenSchema.safeParse({ accessToken, instanceUrl });
  if (token.success) return openSession(token.data);
  throw new RetryableError(CODE.malformed, 'Salesforce answered the login without a token');
}

/**
 * Calls with a token we have. The connection knows nothing else, above all not how to get another token: jsforce would
 * answer a lasting 401 by refreshing for ever.
 */
export function openSession(token: Token): Session {
  const { instanceUrl, accessToken } = token;
  const connection = new Connection({ instanceUrl, accessToken, version: API_VERSION, logLevel: 'NONE' });
  return {
    token,
    composite(parts, milliseconds) {
      const body = { allOrNone: true, collateSubrequests: false, compositeRequest: parts };
      return exchange(connection, COMPOSITE_PATH, body, milliseconds);
    },
    graphs: (graphs, milliseconds) => exchange(connection, GRAPH_PATH, graphsBody(graphs), milliseconds),
  };
}

/** jsforce gives up after 30 minutes by itself, and would carry our token along a redirect. */
function setSafeDefaults(timeoutMs: number): void {
  setDefaults({ timeout: timeoutMs, followRedirect: false, retry: { maxRetries: 0 } });
}

async function exchange(connection: Connection, url: string, body: object, timeoutMs: number): Promise<Exchanged> {
  const request = {
    method: 'POST',
    url,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  } as const;
  const options = { timeout: timeoutMs, retry: { maxRetries: 0 }, followRedirect: false };
  try {
    const answer = await within(timeoutMs, connection.request<unknown>(request, options));
    return { kind: 'replied', body: answer, usage: connection.limitInfo.apiUsage };
  } catch (error) {
    const refusal = readRefusal(error);
    if (refusal === undefined) throw unanswered(error, timeoutMs);
    return { kind: 'refused', refusal, usage: connection.limitInfo.apiUsage };
  }
}

const thrownSchema = z.object({ errorCode: z.string(), data: z.unknown() });

/** What jsforce throws when the reply's status says no; undefined for anything else it throws. */
function readRefusal(error: unknown): Refusal | undefined {
  const thrown = thrownSchema.safeParse(error);
  if (!thrown.success) return undefined;
  const [said] = readErrors(thrown.data.data) ?? [];
  const { code, ...rest } = said ?? { code: thrown.data.errorCode, message: '', fields: [] };
  const status = /^ERROR_HTTP_(\d{3})$/.exec(code)?.[1];
  if (status === undefined) return { ...rest, code, status: 400, part: undefined };
  return { ...rest, code: `HTTP_${status}`, status: Number(status), part: undefined };
}

/** jsforce's own timeout ends with the reply's head; this one covers the whole exchange. */
async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new DOMException('too late', 'TimeoutError')), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function unanswered(cause: unknown, timeoutMs: number): RetryableError {
  const late = cause instanceof Error && (cause.name === 'TimeoutError' || cause.name === 'AbortError');
  return late
    ? new RetryableError(CODE.timeout, `Salesforce did not answer within ${timeoutMs} ms`, { cause })
    : new RetryableError(CODE.network, 'the connection to Salesforce failed', { cause });
}
