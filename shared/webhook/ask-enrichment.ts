import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { correlationAttribute } from '../observability/correlation.ts';
import type { DeliveryAttributes } from './delivery.ts';

/** Has enrichment do something with a booking that no webhook told of. */
export type AskEnrichment = (booking: { readonly company: string; readonly uuid: string }) => Promise<void>;

/**
 * Sends it into the bookings queue, in the booking's own group: nothing is done beside a webhook of the same booking.
 * @param queueUrl of the bookings queue.
 */
export function askEnrichment(
  sqs: SQSClient,
  queueUrl: string,
  kind: Extract<DeliveryAttributes['kind'], 'verify' | 'look-again'>,
  now: () => Date,
): AskEnrichment {
  return async ({ company, uuid }) => {
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify({ booking: { uuid, company: { shortname: company } } }),
        MessageGroupId: uuid,
        MessageDeduplicationId: crypto.randomUUID(),
        MessageAttributes: {
          kind: attribute(kind),
          receivedAt: attribute(now().toISOString()),
          keyCompany: attribute(company),
          ...correlationAttribute(kind),
        },
      }),
    );
  };
}
