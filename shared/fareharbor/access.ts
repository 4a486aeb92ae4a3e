import * as z from 'zod';
import { RetryableError } from '../errors/errors.ts';
import { type HttpClient, type HttpReply, retryAfterSeconds } from '../http/http-client.ts';
import { entryFor, perCompany } from '../secrets/secrets.ts';

const API_URL = 'https://fareharbor.com/api/external/v1/';

/** Empty keys mean: no API access. FareHarbor grants it case by case, and everything works without it. */
export const fareHarborSecretSchema = perCompany(
  z.object({ appKey: z.string(), userKey: z.string(), apiUrl: z.url().default(API_URL) }),
);
export type FareHarborSecret = z.infer<typeof fareHarborSecretSchema>;
export type FareHarborAccess = FareHarborSecret[string];

/** The company's keys; undefined where it has no API access. */
export function accessOf(secret: FareHarborSecret, company: string): FareHarborAccess | undefined {
  const access = entryFor(secret, company);
  return access === undefined || access.appKey === '' || access.userKey === '' ? undefined : access;
}

/** What FareHarbor answered, where it answered at all. */
export type Answer =
  | { readonly kind: 'found'; readonly json: unknown }
  /** There is no such thing. */
  | { readonly kind: 'unknown' }
  /** FareHarbor refuses the keys themselves, not the rate: set-up. */
  | { readonly kind: 'keys-rejected'; readonly code: string };

/** The codes by which a refusal is about the keys; a 403 with any other, or none, is the rate limit in disguise. */
const KEY_CODES = ['key-missing', 'app-invalid', 'app-key-invalid', 'user-key-invalid'];

const errorSchema = z.object({ code: z.string().optional() });

/**
 * Asks FareHarbor's External API v1. The address is always built from the settings: a link in a body is never
 * followed, since that would hand our keys to whoever wrote it.
 * @param path behind the API's root, with its last slash, its parts encoded.
 * @throws RetryableError when FareHarbor did not answer, or answered that it is busy.
 */
export async function askFareHarbor(access: FareHarborAccess, path: string, http: HttpClient): Promise<Answer> {
  const reply = await http({
    method: 'GET',
    url: new URL(path, withSlash(access.apiUrl)).href,
    headers: { 'x-fareharbor-api-app': access.appKey, 'x-fareharbor-api-user': access.userKey },
  });
  return answerOf(reply);
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

function answerOf({ status, json, headers }: HttpReply): Answer {
  if (status === 200) return { kind: 'found', json };
  if (status === 404) return { kind: 'unknown' };
  const code = errorSchema.safeParse(json).data?.code;
  if (code !== undefined && KEY_CODES.includes(code)) return { kind: 'keys-rejected', code };
  const waitSeconds = retryAfterSeconds(headers, new Date());
  if ([403, 420, 429].includes(status)) {
    throw new RetryableError('fareharbor.busy', `FareHarbor is limiting our calls (status ${status})`, { waitSeconds });
  }
  throw new RetryableError('fareharbor.unavailable', `FareHarbor answered status ${status}`, { waitSeconds });
}
