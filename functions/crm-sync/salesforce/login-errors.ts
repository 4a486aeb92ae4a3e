import { PermanentError, RetryableError } from '../../../shared/errors/errors.ts';
import { CODE } from './salesforce-errors.ts';

/** Salesforce allows about 3,600 logins an hour. */
const LOGIN_RATE_SECONDS = 60;

/**
 * What a login that failed means. jsforce throws an error named after OAuth's `error`, with its description as the
 * message; anything else is the connection, or a reply that is none. Descriptions stay out: they may quote names.
 */
export function loginError(error: unknown): RetryableError | PermanentError {
  if (error instanceof RetryableError || error instanceof PermanentError) return error;
  const [name, description] = error instanceof Error ? [error.name, error.message] : ['', ''];
  if (name === 'TimeoutError' || name === 'AbortError') {
    return new RetryableError(CODE.timeout, 'the login to Salesforce took too long', { cause: error });
  }
  if (/rate exceeded/i.test(description)) {
    return new RetryableError('salesforce.login-rate', 'Salesforce takes no more logins for a while', {
      waitSeconds: LOGIN_RATE_SECONDS,
    });
  }
  const status = Number(/^ERROR_HTTP_(\d{3})$/.exec(name)?.[1]);
  const passing = /already being processed|please retry/i.test(description) || name === 'server_error';
  if (passing || status >= 500 || status === 429 || name === 'temporarily_unavailable') {
    return new RetryableError(CODE.unavailable, 'Salesforce did not log us in this time');
  }
  if (/^[a-z][a-z_]+$/.test(name) || status >= 400) return refused(name);
  return new RetryableError(CODE.network, 'the login to Salesforce got no usable answer', { cause: error });
}

function refused(oauthError: string): PermanentError {
  return new PermanentError('salesforce.login-refused', `Salesforce refused the login: ${oauthError}`, {
    remedy:
      'compare the Salesforce secret (login address, client id, secret or key, user) with the External Client App, then repair the booking',
  });
}
