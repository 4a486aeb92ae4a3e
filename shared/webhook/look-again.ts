import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Has enrichment look again at a booking as it is held: with today's model answers, policies and reviews. */
export type LookAgain = (booking: { readonly company: string; readonly uuid: string }) => Promise<void>;

/**
 * Sends such wishes into the bookings queue, in the booking's own group: a look is never made beside a webhook of the
 * same booking. One that is sent twice is two looks, and the second finds nothing new.
 * @param queueUrl of the bookings queue.
 */
export function lookAgain(sqs: SQSClient, queueUrl: string, now: () => Date): LookAgain {
  return async ({ company, uuid }) => {
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify({ booking: { uuid, company: { shortname: company } } }),
        MessageGroupId: uuid,
        MessageDeduplicationId: crypto.randomUUID(),
        MessageAttributes: {
          kind: attribute('look-again'),
          receivedAt: attribute(now().toISOString()),
          keyCompany: attribute(company),
        },
      }),
    );
  };
}
