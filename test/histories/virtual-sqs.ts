import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { FifoQueue } from './fifo-queue.ts';

/** By their address. */
export type Queues = ReadonlyMap<string, FifoQueue>;

const attributeSchema = z.object({ DataType: z.string(), StringValue: z.string().optional() });
const messageSchema = z.object({
  QueueUrl: z.string(),
  MessageBody: z.string(),
  MessageGroupId: z.string(),
  MessageDeduplicationId: z.string(),
  MessageAttributes: z.record(z.string(), attributeSchema).default({}),
});
const visibilitySchema = z.object({
  QueueUrl: z.string(),
  Entries: z.array(z.object({ ReceiptHandle: z.string(), VisibilityTimeout: z.number() })),
});

/** Takes what a SendMessage command carries. */
export function accept(queues: Queues, input: unknown): void {
  const message = messageSchema.parse(input);
  const attributes = Object.entries(message.MessageAttributes).map(([name, { DataType, StringValue = '' }]) => [
    name,
    { dataType: DataType, stringValue: StringValue },
  ]);
  queues.get(message.QueueUrl)?.send({
    body: message.MessageBody,
    group: message.MessageGroupId,
    deduplicationId: message.MessageDeduplicationId,
    attributes: Object.fromEntries(attributes),
  });
}

/**
 * The real client, whose commands go to these queues instead of over a network.
 * @param slowly does a command's work after the time it takes.
 */
export function virtualSqs(queues: Queues, slowly: (work: () => Promise<void>) => Promise<void>): SQSClient {
  const sqs = new SQSClient({ region: 'us-east-1' });
  sqs.middlewareStack.add(
    (_next, { commandName }) =>
      async ({ input }) => {
        await slowly(async () => {
          if (commandName === 'SendMessageCommand') return accept(queues, input);
          const { QueueUrl, Entries } = visibilitySchema.parse(input);
          const queue = queues.get(QueueUrl);
          for (const { ReceiptHandle, VisibilityTimeout } of Entries) {
            queue?.changeVisibility(ReceiptHandle, VisibilityTimeout);
          }
        });
        return { output: { $metadata: {} }, response: {} };
      },
    { step: 'initialize', priority: 'high' },
  );
  return sqs;
}
