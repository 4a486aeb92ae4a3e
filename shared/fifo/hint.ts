import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { bookingUuidSchema } from '../booking/booking.ts';
import { guestKeySchema } from '../guest/guest-key.ts';
import { correlationAttribute } from '../observability/correlation.ts';

/** What goes to a sink's queue: only where to look. The record in the table says what is true. */
export const hintSchema = z.object({
  uuid: bookingUuidSchema,
  /** The guest under whose key the hint is ordered. Where the record has moved to another guest, it is this one that needs a look. */
  guestKey: guestKeySchema,
  company: z.string(),
  version: z.int(),
  /** When the webhook behind it reached us: for measuring, never for deciding. */
  receivedAt: z.iso.datetime(),
});
export type Hint = z.infer<typeof hintSchema>;

/**
 * Sends a hint, ordered by guest so that two bookings of one guest are never worked on at once. Beside it goes the id of
 * what led to it.
 * The deduplication id is unique: a hint sent again is meant to be seen again.
 */
export async function sendHint(sqs: SQSClient, queueUrl: string, hint: Hint): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, ...hintMessage(hint) }));
}

/** The message that carries a hint: made where the hint is given, since that is when it is known what led to it. */
export function hintMessage(hint: Hint) {
  return {
    MessageBody: JSON.stringify(hint),
    MessageGroupId: hint.guestKey,
    MessageDeduplicationId: `${hint.uuid}-${hint.version}-${crypto.randomUUID()}`,
    MessageAttributes: correlationAttribute('hint'),
  };
}

/** Sends a hint to a sink by its name. */
export type HintSink = (sink: string, hint: Hint) => Promise<void>;

/** @param queueUrls sink name → its queue; a name without one is no sink of this deployment. */
export function hintSinks(sqs: SQSClient, queueUrls: Readonly<Record<string, string>>): HintSink {
  return async (sink, hint) => {
    const queueUrl = queueUrls[sink];
    if (queueUrl !== undefined) await sendHint(sqs, queueUrl, hint);
  };
}
