import { createSign, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { PermanentError } from '../../../shared/errors/errors.ts';

const filled = z.string().min(1, 'is empty');
const app = { loginUrl: z.url({ protocol: /^https?$/, error: 'is not an http(s) address' }), clientId: filled };

/**
 * How one company's org is entered, server to server: an External Client App with the client credentials flow, or
 * with the JWT bearer flow (a user it acts as, and the private key of its certificate).
 */
export const credentialsSchema = z.union(
  [z.object({ ...app, clientSecret: filled }), z.object({ ...app, username: filled, privateKey: filled })],
  { error: 'needs loginUrl, clientId and either clientSecret, or username and privateKey' },
);
export type Credentials = z.infer<typeof credentialsSchema>;

/** Salesforce takes an assertion for at most 5 minutes; 3 leave room for clocks that differ. */
const ASSERTION_SECONDS = 180;

/**
 * The parameters of the token request, beside the client's id and secret.
 * @throws PermanentError when the private key is not one.
 */
export function grantOf(credentials: Credentials, now: Date): { grant_type: string; [name: string]: string } {
  if ('clientSecret' in credentials) return { grant_type: 'client_credentials' };
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: signAssertion(credentials, now),
  };
}

function signAssertion(
  { clientId, username, loginUrl, privateKey }: Extract<Credentials, { privateKey: string }>,
  now: Date,
): string {
  const claims = {
    iss: clientId,
    sub: username,
    aud: new URL(loginUrl).origin,
    exp: Math.floor(now.getTime() / 1000) + ASSERTION_SECONDS,
    jti: randomUUID(),
  };
  const signed = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  try {
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  } catch {
    // The cause is left out: it may quote the key.
    throw new PermanentError('salesforce.private-key', 'the private key in the Salesforce secret cannot sign', {
      remedy: 'put the PEM text of the RSA private key into the secret, line breaks as \\n, then repair the booking',
    });
  }
}
