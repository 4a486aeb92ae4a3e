import * as z from 'zod';

const eventSchema = z.object({ Records: z.array(z.object({ messageId: z.string(), receiptHandle: z.string() })) });

/**
 * Ends the visibility timeout of a batch's messages, so that they are given out again, in their order.
 * @param reply the function's, where only those are meant that it says have failed.
 */
export async function makeVisibleNow(sqsUrl: string, queueUrl: string, event: unknown, reply?: string): Promise<void> {
  const messages = eventSchema.parse(event).Records;
  const meant = messages.filter(({ messageId }) => reply === undefined || reply.includes(messageId));
  const Entries = meant.map(({ receiptHandle: ReceiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle,
    VisibilityTimeout: 0,
  }));
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'AmazonSQS.ChangeMessageVisibilityBatch',
  };
  const body = JSON.stringify({ QueueUrl: queueUrl, Entries });
  const response = await fetch(`${sqsUrl}/`, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`SQS did not make messages visible: ${response.status} ${await response.text()}`);
}
