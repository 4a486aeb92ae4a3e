import { createHash, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';

/** Shorter keys could be guessed; the generated ones have 40 characters. */
const keySchema = z.string('must be text').check(z.minLength(16, 'a key of at least 16 characters'));
const keyPairSchema = z.object({ current: keySchema, previous: z.nullish(keySchema) });

/** The webhook secret: one pair of keys for all, and one per company where companies are kept apart. */
export const webhookSecretSchema = z.extend(keyPairSchema, {
  companies: z.optional(z.record(z.string(), keyPairSchema)),
  /** Signs the body where a relay of the operator's stands in front; FareHarbor itself cannot sign. */
  relaySecret: z.nullish(keySchema),
});
export type WebhookSecret = z.infer<typeof webhookSecretSchema>;

export interface AcceptedKey {
  /** The company whose key it is, or `*`. */
  readonly company: string;
  readonly age: 'current' | 'previous';
}

/**
 * Finds out whose key a request carries: in its path, as `?key=`, or as Basic auth (FareHarbor can do no more).
 * Every known key is compared with every given one, each in constant time, so that the time tells nothing.
 */
export function acceptKey(event: APIGatewayProxyEventV2, secret: WebhookSecret): AcceptedKey | undefined {
  const known = Object.entries({ '*': secret, ...secret.companies }).flatMap(([company, { current, previous }]) => [
    { company, age: 'current' as const, digest: digest(current) },
    ...(previous ? [{ company, age: 'previous' as const, digest: digest(previous) }] : []),
  ]);
  const given = givenKeys(event).map(digest);
  const matches = known.filter(({ digest: wanted }) =>
    given.map((candidate) => timingSafeEqual(candidate, wanted)).includes(true),
  );
  const [match] = matches;
  return match && { company: match.company, age: match.age };
}

/** Digests have one length, which the comparison needs, and the length of a key stays unknown. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function givenKeys({ pathParameters, queryStringParameters, headers }: APIGatewayProxyEventV2): string[] {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(headers.authorization ?? '')?.[1];
  const credentials = basic === undefined ? '' : Buffer.from(basic, 'base64').toString('utf8');
  const separator = credentials.indexOf(':');
  return [
    pathParameters?.key,
    queryStringParameters?.key,
    credentials.slice(separator + 1),
    separator === -1 ? undefined : credentials.slice(0, separator),
  ].filter((key): key is string => key !== undefined && key !== '');
}
