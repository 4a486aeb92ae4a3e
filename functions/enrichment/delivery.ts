import type { SQSRecord } from 'aws-lambda';
import { type DeliveryAttributes, deliveryAttributesSchema } from '../../shared/webhook/delivery.ts';
import { BODY_IN_ATTRIBUTE, RAW_BODY_ATTRIBUTE } from '../../shared/webhook/raw-body.ts';

/** One webhook as ingest handed it over. */
export interface Delivery extends DeliveryAttributes {
  readonly messageId: string;
  readonly body: Buffer;
  /** How often the queue has given this message out, this time included. */
  readonly receives: number;
}

/** Reads a message of the bookings queue. */
export function deliveryOf({ messageId, body, messageAttributes, attributes }: SQSRecord): Delivery {
  const told = Object.entries(messageAttributes).map(([name, { stringValue }]) => [name, stringValue]);
  const raw = messageAttributes[RAW_BODY_ATTRIBUTE]?.binaryValue;
  const text = body === BODY_IN_ATTRIBUTE ? '' : body;
  return {
    ...deliveryAttributesSchema.parse(Object.fromEntries(told)),
    messageId,
    body: raw === undefined ? Buffer.from(text, 'utf8') : Buffer.from(raw, 'base64'),
    receives: Number(attributes.ApproximateReceiveCount),
  };
}
