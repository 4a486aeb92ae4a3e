import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { MessageAttributeValue, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { BOOKING_UUID } from '../../shared/booking/booking-uuid.ts';
import { CORRELATION_ATTRIBUTE } from '../../shared/observability/correlation.ts';
import type { DeliveryAttributes, UnreadableReason } from '../../shared/webhook/delivery.ts';
import { BODY_IN_ATTRIBUTE, RAW_BODY_ATTRIBUTE } from '../../shared/webhook/raw-body.ts';

/** All that ingest reads of a body. */
export type Reading =
  | { readonly kind: 'booking'; readonly group: string }
  | { readonly kind: 'item'; readonly group: string }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason };

/** Of the two, what is no object is as good as not there: beside a booking, an `item` of null harms nobody. */
const bodySchema = z.object({
  booking: z.catch(z.optional(z.object({ uuid: z.optional(z.unknown()) })), undefined),
  item: z.catch(z.optional(z.object({ pk: z.optional(z.unknown()) })), undefined),
});
const uuidSchema = z.string().check(z.regex(BOOKING_UUID), z.toLowerCase());
const pkSchema = z.int().check(z.nonnegative());

/** What the body is about: `booking.uuid`, else `item.pk`. Nothing else of it is looked at. */
export function read(body: Buffer): Reading {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return { kind: 'unreadable', reason: 'not-json' };
  }
  const parsed = bodySchema.safeParse(json);
  if (!parsed.success) return { kind: 'unreadable', reason: 'no-booking-or-item' };
  const { booking, item } = parsed.data;
  if (booking !== undefined) {
    const uuid = uuidSchema.safeParse(booking.uuid);
    return uuid.success ? { kind: 'booking', group: uuid.data } : { kind: 'unreadable', reason: 'no-uuid' };
  }
  if (item === undefined) return { kind: 'unreadable', reason: 'no-booking-or-item' };
  const pk = pkSchema.safeParse(item.pk);
  return pk.success ? { kind: 'item', group: `item-${pk.data}` } : { kind: 'unreadable', reason: 'no-item-pk' };
}

/**
 * What SQS takes in a message's text is XML 1.0's characters (its documentation). The first other one is looked for:
 * a pattern for a whole text keeps its way back, which on a huge one is more than the engine's stack holds.
 */
const SQS_REFUSES = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

export interface Delivery {
  readonly body: Buffer;
  readonly reading: Reading;
  /** API Gateway's id of the request: unique, so a repeat by the SDK is dropped and a repeat by FareHarbor is not. */
  readonly requestId: string;
  readonly receivedAt: string;
  readonly keyCompany: string;
}

/** The message for the bookings queue: the raw body, ordered by booking. */
export function messageOf(delivery: Delivery): Omit<SendMessageCommandInput, 'QueueUrl'> {
  const { body, reading, requestId, receivedAt, keyCompany } = delivery;
  const attributes: DeliveryAttributes = {
    kind: reading.kind,
    receivedAt,
    keyCompany,
    ...(reading.kind === 'unreadable' && { reason: reading.reason }),
  };
  const text = body.toString('utf8');
  // Bytes that are no UTF-8 would be replaced by a mark: what is kept for a person is what was received.
  const isText = text !== '' && isUtf8(body) && !SQS_REFUSES.test(text);
  return {
    MessageGroupId: reading.kind === 'unreadable' ? unreadableGroup(requestId) : reading.group,
    MessageDeduplicationId: deduplicationId(requestId),
    MessageBody: isText ? text : BODY_IN_ATTRIBUTE,
    MessageAttributes: {
      ...textAttributes({ ...attributes, [CORRELATION_ATTRIBUTE]: deduplicationId(requestId) }),
      ...(!isText && body.length > 0 && { [RAW_BODY_ATTRIBUTE]: { DataType: 'Binary', BinaryValue: body } }),
    },
  };
}

function textAttributes(
  attributes: Readonly<Record<string, string | undefined>>,
): Record<string, MessageAttributeValue> {
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]));
}

/** SQS allows 128 characters of a small set; a gateway's id has 16 of it, and what is not so is hashed. */
function deduplicationId(requestId: string): string {
  return /^[\w=-]{1,128}$/.test(requestId) ? requestId : createHash('sha256').update(requestId).digest('hex');
}

/** Unreadable bodies have no order; a few groups keep them from standing in one line. */
function unreadableGroup(requestId: string): string {
  return `unreadable-${createHash('sha256').update(requestId).digest('hex').slice(0, 2)}`;
}
