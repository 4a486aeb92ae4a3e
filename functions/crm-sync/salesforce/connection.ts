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
 * Calls with a token we have, and with nothing else: another token is for whoever shares them all to get.
 */
export function openSession(token: Token): Session {
  return {
    token,
    composite(parts, milliseconds) {
      const body = { allOrNone: true, collateSubrequests: false, compositeRequest: parts };
      return exchange(token, COMPOSITE_PATH, body, milliseconds);
    },
    graphs: (graphs, milliseconds) => exchange(token, GRAPH_PATH, graphsBody(graphs), milliseconds),
  };
}

/** jsforce gives up after 30 minutes by itself, and would carry our token along a redirect. */
function setSafeDefaults(timeoutMs: number): void {
  setDefaults({ timeout: timeoutMs, followRedirect: false, retry: { maxRetries: 0 } });
}

/**
 * Posts by Node's own fetch: through jsforce's layers the same call takes twice the processor time.
 * @throws RetryableError when no whole reply came in time.
 */
async function exchange(token: Token, path: string, body: object, timeoutMs: number): Promise<Exchanged> {
  try {
    const response = await fetch(new URL(path, token.instanceUrl), {
      method: 'POST',
      // Our token goes nowhere else.
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token.accessToken}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const said = jsonOf(await response.text());
    const usage = usageIn(response.headers.get('sforce-limit-info'));
    if (response.status < 400) return { kind: 'replied', body: said, usage };
    return { kind: 'refused', refusal: refusalOf(said, response.status), usage };
  } catch (error) {
    throw unanswered(error, timeoutMs);
  }
}

/** What a reply says whose status says no: its first error, or the status where it names none. */
function refusalOf(said: unknown, status: number): Refusal {
  const [error] = readErrors(said) ?? [];
  if (error === undefined) return { code: `HTTP_${status}`, message: '', fields: [], status, part: undefined };
  return { ...error, status: 400, part: undefined };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `api-usage=18/5000`, among others. */
function usageIn(header: string | null): Exchanged['usage'] {
  const [, used, limit] = /api-usage=(\d+)\/(\d+)/.exec(header ?? '') ?? [];
  return used === undefined ? undefined : { used: Number(used), limit: Number(limit) };
}

/** jsforce's own timeout ends with the reply's head; this one covers the whole login. */
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
