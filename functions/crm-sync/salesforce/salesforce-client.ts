import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import { type HearCall, heard } from '../../../shared/observability/vendor-calls.ts';
import { COMPOSITE_PATH, type Part, type Replies, readReplies } from './composite.ts';
import { type Exchanged, logIn, type Session, type Token } from './connection.ts';
import type { Credentials } from './credentials.ts';
import type { DayUsage } from './day-limit.ts';
import { type Entered, enterOrg } from './enter-org.ts';
import { statusOf } from './exchange-status.ts';
import { GRAPH_PATH, type Graph, type GraphReply, readGraphs } from './graph.ts';
import { CODE, toError } from './salesforce-errors.ts';
import { orgId, type SharedSessions, sessionsInMemory } from './shared-session.ts';

/**
 * Sends one composite request, all of it or nothing: one API call.
 * @throws RetryableError or PermanentError for whatever kept it from being done.
 */
export type Composite = (company: string, parts: readonly Part[]) => Promise<Replies>;

/** Sends graphs, each all of it or nothing by itself: one API call. Throws as a composite does. */
export type Graphs = (company: string, graphs: readonly Graph[]) => Promise<ReadonlyMap<string, GraphReply>>;

/** The bulk way in, beside the live one. */
export interface SalesforceGraphs {
  /** Calls with graphs, which all together take no longer than these milliseconds. */
  graphsWithin(milliseconds: number): Graphs;
}

export interface SalesforceClient {
  /** Calls for one task, which all together take no longer than these milliseconds. */
  within(milliseconds: number): Composite;
}

export interface SalesforceUsage {
  /** The calls of the day of a company's org, as its last reply to this environment said; undefined before the first. */
  dayUsage(company: string): Promise<DayUsage | undefined>;
}

export interface SalesforceDeps {
  /** How the company's org is entered; undefined when nothing is set for it. */
  credentialsOf(company: string): Promise<Credentials | undefined>;
  /** Where all environments share their sessions; without it, this client keeps its own. */
  readonly sessions?: SharedSessions;
  /** The longest that one exchange with Salesforce may take. */
  readonly timeoutMs: number;
  readonly now: () => Date;
  /** Told of each exchange in which Salesforce did its part: it did, or refused, what it was asked. */
  readonly onAnswer?: () => void;
  /** Told of each call, logins among them. */
  readonly hear?: HearCall;
  /** Told of each login that failed, and of each session that Salesforce gave and then did not take. */
  readonly onSignInFailed?: () => void;
}

/** An org as this execution environment knows it; companies with the same credentials share it, and its one session. */
interface Org {
  readonly id: string;
  readonly credentials: Credentials;
  entry: Promise<Entered> | undefined;
  /** Until when the org is left alone, in milliseconds since the epoch, and what waits for it hears meanwhile. */
  pause: { readonly until: number; readonly code: string } | undefined;
  usage: DayUsage | undefined;
}

/** A token that was made just now and is refused is not mended by another: a person has to look. */
const REFUSED_SESSION_SECONDS = 60;
/** The session we had, another environment's newer one, and one of our own. */
const MOST_TRIES = 3;
/** Where jsforce logs in. */
const LOGIN = { method: 'POST', url: '/services/oauth2/token' } as const;

export function salesforceClient(deps: SalesforceDeps): SalesforceClient & SalesforceGraphs & SalesforceUsage {
  const orgs = new Map<string, Org>();
  const sessions = deps.sessions ?? sessionsInMemory();

  const orgOf = async (company: string): Promise<Org> => {
    const credentials = await deps.credentialsOf(company);
    if (credentials === undefined) throw noCredentials(company);
    const id = orgId(credentials);
    const org = orgs.get(id) ?? { id, credentials, entry: undefined, pause: undefined, usage: undefined };
    orgs.set(id, org);
    return org;
  };

  const enter = (org: Org, refused: Token | undefined, timeLeft: TimeLeft): Promise<Entered> => {
    if (org.entry !== undefined) return org.entry;
    const logInNow = () =>
      heard(
        deps.hear,
        LOGIN,
        () => logIn(org.credentials, timeLeft(), deps.now()),
        () => 200,
      ).catch((error: unknown) => {
        deps.onSignInFailed?.();
        throw error;
      });
    const entry = enterOrg(org.id, refused, { sessions, logIn: logInNow, now: deps.now });
    org.entry = entry;
    // A login that failed is no session; whoever waits for it hears why.
    entry.catch(() => leave(org, entry));
    return entry;
  };

  /**
   * Refused, a session is replaced: by the one another environment has entered with since, or by a new login, and of
   * those there is one at most. A new token that is refused as well is for a person to look at.
   */
  const send = async (org: Org, ask: Ask, timeLeft: TimeLeft): Promise<Exchanged> => {
    let refused: Token | undefined;
    for (let tries = 1; ; tries += 1) {
      const entering = enter(org, refused, timeLeft);
      const { session, fresh } = await entering;
      const exchanged = await ask(session, timeLeft());
      if (exchanged.kind === 'replied' || exchanged.refusal.code !== 'INVALID_SESSION_ID') return exchanged;
      leave(org, entering);
      if ((fresh && tries > 1) || tries >= MOST_TRIES) {
        deps.onSignInFailed?.();
        throw refusedForGood(org, deps.now());
      }
      refused = session.token;
    }
  };

  const call = async <Answer>(company: string, ask: Ask, read: Read<Answer>, timeLeft: TimeLeft): Promise<Answer> => {
    const org = await orgOf(company);
    const { until = 0, code = CODE.requestLimit } = org.pause ?? {};
    const pauseMs = until - deps.now().getTime();
    if (pauseMs > 0) throw leftAlone(code, Math.ceil(pauseMs / 1000));
    const exchanged = await send(org, ask, timeLeft);
    if (exchanged.usage !== undefined) org.usage = { ...exchanged.usage, at: deps.now().getTime() };
    if (exchanged.kind === 'replied') {
      deps.onAnswer?.();
      return read(exchanged.body);
    }
    const error = toError(exchanged.refusal);
    if (error instanceof PermanentError || error.code === CODE.lock) deps.onAnswer?.();
    if (error.code === CODE.requestLimit && error instanceof RetryableError) {
      org.pause = { until: deps.now().getTime() + (error.waitSeconds ?? 0) * 1000, code: error.code };
    }
    throw error;
  };

  return {
    async dayUsage(company) {
      const credentials = await deps.credentialsOf(company);
      return credentials && orgs.get(orgId(credentials))?.usage;
    },
    within(milliseconds) {
      const timeLeft = timeFor(milliseconds, deps);
      return (company, parts) => {
        const ask = hearing(deps, COMPOSITE_PATH, (session, timeoutMs) => session.composite(parts, timeoutMs));
        return call(company, ask, (body) => readReplies(body, parts), timeLeft);
      };
    },
    graphsWithin(milliseconds) {
      const timeLeft = timeFor(milliseconds, deps);
      return (company, graphs) => {
        const ask = hearing(deps, GRAPH_PATH, (session, timeoutMs) => session.graphs(graphs, timeoutMs));
        return call(company, ask, (body) => readGraphs(body, graphs), timeLeft);
      };
    },
  };
}

/** Milliseconds that the next exchange may take. @throws RetryableError when there are none. */
type TimeLeft = () => number;

/** One exchange over a session, and what its reply says. */
type Ask = (session: Session, timeoutMs: number) => Promise<Exchanged>;
type Read<Answer> = (body: unknown) => Answer;

/** The same exchange, of which somebody is told. */
function hearing({ hear }: SalesforceDeps, url: string, ask: Ask): Ask {
  return (session, timeoutMs) => heard(hear, { method: 'POST', url }, () => ask(session, timeoutMs), statusOf);
}

function timeFor(milliseconds: number, { now, timeoutMs }: SalesforceDeps): TimeLeft {
  const end = now().getTime() + milliseconds;
  return () => {
    const left = Math.min(timeoutMs, end - now().getTime());
    if (left > 0) return left;
    throw new RetryableError(CODE.timeout, `Salesforce took more than ${milliseconds} ms for one booking`);
  };
}

/** Forgets a session, unless somebody has already entered anew. */
function leave(org: Org, entry: Promise<Entered>): void {
  if (org.entry === entry) org.entry = undefined;
}

/** The bookings behind it wait for a minute instead of logging in each for itself, since logins are limited, too. */
function refusedForGood(org: Org, now: Date): PermanentError {
  org.pause = { until: now.getTime() + REFUSED_SESSION_SECONDS * 1000, code: CODE.session };
  return new PermanentError(CODE.session, 'Salesforce logs us in, but does not take the session it gave', {
    remedy:
      'look at the session settings and IP restrictions of the integration user and its External Client App, then repair the booking',
  });
}

function leftAlone(code: string, waitSeconds: number): RetryableError {
  const why = code === CODE.session ? 'it takes our sessions again' : 'its limit of requests is free again';
  return new RetryableError(code, `the org is left alone until ${why}`, { waitSeconds });
}

function noCredentials(company: string): PermanentError {
  return new PermanentError('salesforce.no-credentials', `the Salesforce secret has no entry for ${company}`, {
    remedy: 'add the company, or * for all, to the Salesforce secret, then repair the booking',
  });
}
