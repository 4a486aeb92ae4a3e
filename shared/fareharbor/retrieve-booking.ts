import * as z from 'zod';
import { RetryableError } from '../errors/errors.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { Share } from '../rate-budget/rate-budget.ts';
import type { SecretReader } from '../secrets/held-secret.ts';
import { accessOf, askFareHarbor, type FareHarborSecret } from './access.ts';

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

const foundSchema = z.object({ booking: z.looseObject({ uuid: z.string() }) });

/**
 * Retrieve booking of FareHarbor's External API v1.
 * @param http for live calls.
 * @param background for those that yield to live ones.
 */
export function retrieveBooking(
  secret: SecretReader<FareHarborSecret>,
  http: HttpClient,
  background: HttpClient = http,
): RetrieveBooking {
  return async (company, uuid, share = 'live') => {
    const access = accessOf(await secret(), company);
    if (access === undefined) return { kind: 'no-access' };
    const path = `companies/${encodeURIComponent(company)}/bookings/${encodeURIComponent(uuid)}/?with_payments=yes`;
    const answer = await askFareHarbor(access, path, share === 'live' ? http : background);
    return answer.kind === 'found' ? { kind: 'found', booking: bookingIn(answer.json, uuid) } : answer;
  };
}

function bookingIn(json: unknown, uuid: string): unknown {
  const parsed = foundSchema.safeParse(json);
  if (parsed.success && parsed.data.booking.uuid.toLowerCase() === uuid) return parsed.data.booking;
  throw new RetryableError('fareharbor.malformed', `FareHarbor answered 200 without booking ${uuid} in it`);
}
