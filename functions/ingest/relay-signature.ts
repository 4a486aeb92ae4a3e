import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Checks `X-FareHarbor-Signature`, the hex HMAC-SHA256 of the raw body, as a relay in front may add it.
 * Where no header or no secret is there, there is nothing to check: FareHarbor itself never signs.
 */
export function relaySignatureHolds(
  header: string | undefined,
  body: Buffer,
  relaySecret: string | null | undefined,
): boolean {
  if (header === undefined || !relaySecret) return true;
  const wanted = createHmac('sha256', relaySecret).update(body).digest();
  const given = Buffer.from(header.trim().replace(/^sha256=/i, ''), 'hex');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
