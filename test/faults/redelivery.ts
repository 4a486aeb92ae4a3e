import * as z from 'zod';

const eventSchema = z.object({ Records: z.array(z.object({ receiptHandle: z.string() })) });

/** Ends the visibility timeout of every message of a batch, so that they are given out again, in their order. */
export async function makeVisibleNow(sqsUrl: string, queueUrl: string, event: unknown): Promise<void> {
  const Entries = eventSchema.parse(event).Records.map(({ receiptHandle: ReceiptHandle }, index) => ({
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
