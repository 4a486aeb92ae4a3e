import { PermanentError, RetryableError } from '../../shared/errors/errors.ts';
import { type Part, type Replies, readReplies } from './composite.ts';
import { type Exchanged, logIn, type Session } from './connection.ts';
import type { Credentials } from './credentials.ts';
import { CODE, toError } from './salesforce-errors.ts';

/**
 * Sends one composite request, all of it or nothing: one API call.
 * @throws RetryableError or PermanentError for whatever kept it from being done.
 */
export type Composite = (company: string, parts: readonly Part[]) => Promise<Replies>;

export interface SalesforceClient {
  /** Calls for one task, which all together take no longer than these milliseconds. */
  within(milliseconds: number): Composite;
}

export interface SalesforceDeps {
  /** How the company's org is entered; undefined when nothing is set for it. */
  credentialsOf(company: string): Promise<Credentials | undefined>;
  /** The longest that one exchange with Salesforce may take. */
  readonly timeoutMs: number;
  readonly now: () => Date;
}

/** An org as this execution environment knows it; companies with the same credentials share it, and its one session. */
interface Org {
  readonly credentials: Credentials;
  session: Promise<Session> | undefined;
  /** Milliseconds since the epoch until which the org is left alone. */
  pausedUntil: number;
}

export function salesforceClient(deps: SalesforceDeps): SalesforceClient {
  const orgs = new Map<string, Org>();

  const orgOf = async (company: string): Promise<Org> => {
    const credentials = await deps.credentialsOf(company);
    if (credentials === undefined) throw noCredentials(company);
    const key = JSON.stringify(credentials);
    const org = orgs.get(key) ?? { credentials, session: undefined, pausedUntil: 0 };
    orgs.set(key, org);
    return org;
  };

  const enter = (org: Org, timeLeft: TimeLeft): Promise<Session> => {
    if (org.session !== undefined) return org.session;
    const session = logIn(org.credentials, timeLeft(), deps.now());
    org.session = session;
    // A login that failed is no session; whoever waits for it hears why.
    session.catch(() => leave(org, session));
    return session;
  };

  const send = async (org: Org, parts: readonly Part[], timeLeft: TimeLeft): Promise<Exchanged> => {
    const session = enter(org, timeLeft);
    const first = await (await session).composite(parts, timeLeft());
    if (first.kind === 'replied' || first.refusal.code !== 'INVALID_SESSION_ID') return first;
    leave(org, session);
    // Refused once more, it is not the session's age: the error goes to the queue, which waits.
    return await (await enter(org, timeLeft)).composite(parts, timeLeft());
  };

  const composite = async (company: string, parts: readonly Part[], timeLeft: TimeLeft): Promise<Replies> => {
    const org = await orgOf(company);
    const pauseMs = org.pausedUntil - deps.now().getTime();
    if (pauseMs > 0) throw paused(Math.ceil(pauseMs / 1000));
    const exchanged = await send(org, parts, timeLeft);
    if (exchanged.kind === 'replied') return readReplies(exchanged.body, parts);
    const error = toError(exchanged.refusal);
    if (error.code === CODE.requestLimit && error instanceof RetryableError) {
      org.pausedUntil = deps.now().getTime() + (error.waitSeconds ?? 0) * 1000;
    }
    throw error;
  };

  return {
    within(milliseconds) {
      const end = deps.now().getTime() + milliseconds;
      const timeLeft = () => {
        const left = Math.min(deps.timeoutMs, end - deps.now().getTime());
        if (left > 0) return left;
        throw new RetryableError(CODE.timeout, `Salesforce took more than ${milliseconds} ms for one booking`);
      };
      return (company, parts) => composite(company, parts, timeLeft);
    },
  };
}

/** Milliseconds that the next exchange may take. @throws RetryableError when there are none. */
type TimeLeft = () => number;

/** Forgets a session, unless somebody has already entered anew. */
function leave(org: Org, session: Promise<Session>): void {
  if (org.session === session) org.session = undefined;
}

function paused(waitSeconds: number): RetryableError {
  return new RetryableError(CODE.requestLimit, 'the org is left alone until its limit of requests is free again', {
    waitSeconds,
  });
}

function noCredentials(company: string): PermanentError {
  return new PermanentError('salesforce.no-credentials', `the Salesforce secret has no entry for ${company}`, {
    remedy: 'add the company, or * for all, to the Salesforce secret, then repair the booking',
  });
}
