import { setTimeout as pause } from 'node:timers/promises';
import { RetryableError } from '../../../shared/errors/errors.ts';
import { openSession, type Session, type Token } from './connection.ts';
import type { SharedSession, SharedSessions } from './shared-session.ts';

export interface EnterDeps {
  readonly sessions: SharedSessions;
  readonly logIn: () => Promise<Session>;
  readonly now: () => Date;
}

/** A session, and whether it was made for the asker just now. */
export interface Entered {
  readonly session: Session;
  readonly fresh: boolean;
}

/**
 * Longer than nearly every login takes. Afterwards whoever had begun it is taken for dead, and another one tries: if it
 * was only slow, both tokens work. It also bounds the logins of all environments together to 1,800 an hour.
 */
const LOGIN_MS = 2_000;
const LOOK_AGAIN_MS = 100;
/** How long one environment waits for another's login before its message goes back to the queue. */
const PATIENCE_MS = 5_000;

/**
 * Gives a session to call the org with: the one all environments share, else a new one. Of several that need a new one,
 * one logs in and the others wait for its token.
 *
 * @param org its name in the shared sessions.
 * @param refused the token that Salesforce no longer takes; that one is not given again.
 * @throws RetryableError or PermanentError of the login; RetryableError when another environment's takes too long.
 */
export async function enterOrg(org: string, refused: Token | undefined, deps: EnterDeps): Promise<Entered> {
  const { sessions, now } = deps;
  for (let waited = 0; waited <= PATIENCE_MS; waited += LOOK_AGAIN_MS) {
    const seen = await sessions.read(org);
    if (seen?.token !== undefined && seen.token.accessToken !== refused?.accessToken) {
      return { session: openSession(seen.token), fresh: false };
    }
    if (seen === undefined || seen.loggingInUntil <= now().getTime()) {
      const loggingInUntil = now().getTime() + LOGIN_MS;
      const mine = await sessions.replace(org, seen, { token: undefined, loggingInUntil });
      if (mine !== undefined) return { session: await logInForAll(org, mine, deps), fresh: true };
    }
    await pause(LOOK_AGAIN_MS);
  }
  throw new RetryableError('salesforce.login-awaited', 'another environment has been logging in for too long', {
    waitSeconds: 2,
  });
}

async function logInForAll(org: string, mine: SharedSession, { sessions, logIn }: EnterDeps): Promise<Session> {
  try {
    const session = await logIn();
    // Somebody who took us for dead may have replaced it: either token works.
    await sessions.replace(org, mine, { token: session.token, loggingInUntil: 0 });
    return session;
  } catch (error) {
    await sessions.replace(org, mine, { token: undefined, loggingInUntil: 0 });
    throw error;
  }
}
