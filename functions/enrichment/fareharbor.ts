import * as z from 'zod';
import { RetryableError } from '../../shared/errors/errors.ts';
import { type HttpClient, type HttpReply, retryAfterSeconds } from '../../shared/http/http-client.ts';
import type { Share } from '../../shared/rate-budget/rate-budget.ts';
import { entryFor, perCompany, type SecretReader } from '../../shared/secrets/secrets.ts';

const API_URL = 'https://fareharbor.com/api/external/v1/';

/** Empty keys mean: no API access. FareHarbor grants it case by case, and everything works without it. */
export const fareHarborSecretSchema = perCompany(
  z.object({ appKey: z.string(), userKey: z.string(), apiUrl: z.url().default(API_URL) }),
);
export type FareHarborSecret = z.infer<typeof fareHarborSecretSchema>;

/** What FareHarbor says of a booking when asked. */
export type Retrieved =
  | { readonly kind: 'found'; readonly booking: unknown }
  /** No API access for this company: the webhook's body is all there is. */
  | { readonly kind: 'no-access' }
  /** FareHarbor knows no such booking. */
  | { readonly kind: 'unknown' }
  /** FareHarbor refuses the keys themselves, not the rate: set-up. */
  | { readonly kind: 'keys-rejected'; readonly code: string };

/**
 * Asks FareHarbor for a booking as it is now, with its payments.
 * @param share of the budget of calls that it is asked with; `live` where nothing is said.
 * @throws RetryableError when FareHarbor did not answer, or answered that it is busy.
 */
export type RetrieveBooking = (company: string, uuid: string, share?: Share) => Promise<Retrieved>;

/** The codes by which a refusal is about the keys; a 403 with any other, or none, is the rate limit in disguise. */
const KEY_CODES = ['key-missing', 'app-invalid', 'app-key-invalid', 'user-key-invalid'];

const foundSchema = z.object({ booking: z.looseObject({ uuid: z.string() }) });
const errorSchema = z.object({ code: z.string().optional() });

/**
 * Retrieve booking of FareHarbor's External API v1. The address is always built from the settings: a link in a body
 * is never followed, since that would hand our keys to whoever wrote it.
 * @param http for live calls.
 * @param background for those that yield to live ones.
 */
export function retrieveBooking(
  secret: SecretReader<FareHarborSecret>,
  http: HttpClient,
  background: HttpClient = http,
): RetrieveBooking {
  return async (company, uuid, share = 'live') => {
    const access = entryFor(await secret(), company);
    if (access === undefined || access.appKey === '' || access.userKey === '') return { kind: 'no-access' };
    const path = `companies/${encodeURIComponent(company)}/bookings/${encodeURIComponent(uuid)}/?with_payments=yes`;
    const send = share === 'live' ? http : background;
    const reply = await send({
      method: 'GET',
      url: new URL(path, withSlash(access.apiUrl)).href,
      headers: { 'x-fareharbor-api-app': access.appKey, 'x-fareharbor-api-user': access.userKey },
    });
    return read(reply, uuid);
  };
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

function read(reply: HttpReply, uuid: string): Retrieved {
  const { status } = reply;
  if (status === 200) return readFound(reply, uuid);
  if (status === 404) return { kind: 'unknown' };
  const code = errorSchema.safeParse(reply.json).data?.code;
  if (code !== undefined && KEY_CODES.includes(code)) return { kind: 'keys-rejected', code };
  const waitSeconds = retryAfterSeconds(reply.headers, new Date());
  if ([403, 420, 429].includes(status)) {
    throw new RetryableError('fareharbor.busy', `FareHarbor is limiting our calls (status ${status})`, { waitSeconds });
  }
  throw new RetryableError('fareharbor.unavailable', `FareHarbor answered status ${status}`, { waitSeconds });
}

function readFound(reply: HttpReply, uuid: string): Retrieved {
  const parsed = foundSchema.safeParse(reply.json);
  if (parsed.success && parsed.data.booking.uuid.toLowerCase() === uuid) {
    return { kind: 'found', booking: parsed.data.booking };
  }
  throw new RetryableError('fareharbor.malformed', `FareHarbor answered 200 without booking ${uuid} in it`);
}
