import { createHmac, randomBytes, timingSafeEqual, verify } from 'node:crypto';
import * as z from 'zod';
import type { VendorReply, VendorRequest } from '../server.ts';

export interface AuthOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The app that runs as an administrator. */
  readonly admin: { readonly clientId: string; readonly clientSecret: string };
  /** The user a JWT may name. */
  readonly username: string;
  /** PEM of the certificate's public key; without it no JWT is accepted. */
  readonly publicKey: string | undefined;
  readonly sessionSeconds: number;
  readonly loginsPerHour: number;
}

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LOGIN_HOSTS = ['https://login.salesforce.com', 'https://test.salesforce.com'];
const MAX_ASSERTION_SECONDS = 300;
const ORGANIZATION = '00D000000000001EAA';
/** Ids of the two users there are. */
export const USERS = { sync: '005000000000001AAA', admin: '005000000000002AAA' } as const;
export type User = keyof typeof USERS;

const JWT_HEADER = z.object({ alg: z.literal('RS256') });
const JWT_CLAIMS = z.object({ iss: z.string(), sub: z.string(), aud: z.string(), exp: z.number() });

/** Logins and the sessions they open. */
export class Sessions {
  readonly #options: AuthOptions;
  readonly #open = new Map<string, { readonly user: User; readonly until: number }>();
  #logins: number[] = [];

  constructor(options: AuthOptions) {
    this.#options = options;
  }

  /** How often a token was handed out within the last hour. */
  get logins(): number {
    return this.#logins.length;
  }

  /** Every session ends now, as when an administrator revokes it. */
  revoke(): void {
    this.#open.clear();
  }

  forgetLogins(): void {
    this.#logins = [];
  }

  /** Whether the request carries a session that still stands. */
  holds(request: VendorRequest): boolean {
    return this.userOf(request) !== undefined;
  }

  /** Whose session the request carries; undefined where it stands no more. */
  userOf({ headers }: VendorRequest): User | undefined {
    return this.userOfToken(/^(?:Bearer|OAuth) (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '');
  }

  userOfToken(token: string): User | undefined {
    const session = this.#open.get(token);
    return session !== undefined && session.until > Date.now() ? session.user : undefined;
  }

  /** The token endpoint: form-encoded in, JSON out, errors as an object and not as an array. */
  token(request: VendorRequest): VendorReply {
    if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')) {
      return refuse('unsupported_grant_type', 'grant type not supported');
    }
    const form = new URLSearchParams(request.body);
    const grant = form.get('grant_type');
    const origin = `http://${request.headers.host ?? 'localhost'}`;
    if (grant === 'client_credentials') {
      const user = this.#userOfClient(form, request);
      return typeof user === 'string' ? this.#begin(origin, user) : user;
    }
    if (grant === JWT_GRANT) {
      return this.#refuseAssertion(form.get('assertion') ?? '', origin) ?? this.#begin(origin, 'sync');
    }
    return refuse('unsupported_grant_type', 'grant type not supported');
  }

  /** The user that the client runs as, or the refusal. */
  #userOfClient(form: URLSearchParams, request: VendorRequest): User | VendorReply {
    const basic = /^Basic (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const decoded = basic === undefined ? undefined : Buffer.from(basic, 'base64').toString('utf8');
    const colon = decoded?.indexOf(':') ?? -1;
    const clientId = decoded === undefined ? form.get('client_id') : decoded.slice(0, colon);
    const secret = decoded === undefined ? form.get('client_secret') : decoded.slice(colon + 1);
    const { admin, ...sync } = this.#options;
    const user = clientId === sync.clientId ? 'sync' : clientId === admin.clientId ? 'admin' : undefined;
    if (user === undefined) return refuse('invalid_client_id', 'client identifier invalid');
    const expected = user === 'sync' ? sync.clientSecret : admin.clientSecret;
    return same(secret ?? '', expected) ? user : refuse('invalid_client', 'invalid client credentials');
  }

  #refuseAssertion(assertion: string, origin: string): VendorReply | undefined {
    const { publicKey, clientId, username } = this.#options;
    const [header = '', payload = '', signature = '', ...rest] = assertion.split('.');
    const claims = JWT_CLAIMS.safeParse(decodePart(payload));
    if (rest.length > 0 || !JWT_HEADER.safeParse(decodePart(header)).success || !claims.success) {
      return refuse('invalid_grant', 'invalid assertion');
    }
    const { iss, sub, aud, exp } = claims.data;
    if (iss !== clientId) return refuse('invalid_client_id', 'client identifier invalid');
    const signed = Buffer.from(`${header}.${payload}`);
    const genuine =
      publicKey !== undefined && verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'));
    if (!genuine) return refuse('invalid_grant', 'invalid assertion');
    if (aud !== origin && !LOGIN_HOSTS.includes(aud)) return refuse('invalid_grant', 'audience is invalid');
    const seconds = exp - Date.now() / 1000;
    if (seconds <= 0 || seconds > MAX_ASSERTION_SECONDS) return refuse('invalid_grant', 'expired authorization code');
    if (sub !== username) return refuse('invalid_grant', "user hasn't approved this consumer");
    return undefined;
  }

  #begin(origin: string, user: User): VendorReply {
    const now = Date.now();
    this.#logins = this.#logins.filter((at) => at > now - 3_600_000);
    if (this.#logins.length >= this.#options.loginsPerHour) return refuse('invalid_grant', 'login rate exceeded');
    this.#logins.push(now);
    const token = `00D000000000001!${randomBytes(24).toString('base64url')}`;
    this.#open.set(token, { user, until: now + this.#options.sessionSeconds * 1000 });
    const id = `${origin}/id/${ORGANIZATION}/${USERS[user]}`;
    const issuedAt = String(now);
    const signature = createHmac('sha256', this.#options.clientSecret).update(`${id}${issuedAt}`).digest('base64');
    const body = {
      access_token: token,
      signature,
      scope: 'api',
      instance_url: origin,
      id,
      token_type: 'Bearer',
      issued_at: issuedAt,
    };
    return { status: 200, body };
  }
}

function decodePart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(error: string, description: string): VendorReply {
  return { status: 400, body: { error, error_description: description } };
}
