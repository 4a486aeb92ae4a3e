import { Agent, request } from 'node:http';
import * as z from 'zod';
import type { LocalQueue } from './template.ts';

const attributeValue = z.looseObject({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

const messageSchema = z.looseObject({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  MD5OfBody: z.string(),
  Body: z.string(),
  MD5OfMessageAttributes: z.string().optional(),
  Attributes: z.record(z.string(), z.string()).default({}),
  MessageAttributes: z.record(z.string(), attributeValue).default({}),
});
const receivedSchema = z.looseObject({ Messages: z.array(messageSchema).optional() });
const queuesSchema = z.array(
  z.looseObject({ name: z.string(), approximateMessageCount: z.number(), approximateInflightCount: z.number() }),
);

export type SqsMessage = z.infer<typeof messageSchema>;

/** How much lies in a queue. */
export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
}

/** The few SQS calls the local stack itself makes. */
export interface Sqs {
  createQueue(queue: LocalQueue): Promise<void>;
  /** Long poll: answers as soon as one message is there, or with none after `waitSeconds`. */
  receive(url: string, maximum: number, waitSeconds: number, signal: AbortSignal): Promise<readonly SqsMessage[]>;
  delete(url: string, receiptHandles: readonly string[]): Promise<void>;
  /** Every message now in a queue, in whatever state, without touching it. */
  depths(): Promise<ReadonlyMap<string, QueueDepth>>;
  close(): void;
}

/**
 * A client of the local SQS that speaks its JSON protocol directly: the event sources poll all the time, and the
 * official client would spend more on each call (signing, middleware) than the queue itself does.
 */
export function createSqs(baseUrl: string): Sqs {
  const agent = new Agent({ keepAlive: true });
  const call = (action: string, payload: object, signal?: AbortSignal): Promise<unknown> =>
    exchange(`${baseUrl}/`, agent, signal, action, JSON.stringify(payload));
  return {
    createQueue: async (queue) => {
      await call('CreateQueue', { QueueName: queue.name, Attributes: queue.attributes });
    },
    receive: async (url, maximum, waitSeconds, signal) => {
      const received = await call(
        'ReceiveMessage',
        {
          QueueUrl: url,
          MaxNumberOfMessages: maximum,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        },
        signal,
      );
      return receivedSchema.parse(received).Messages ?? [];
    },
    delete: async (url, receiptHandles) => {
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      await call('DeleteMessageBatch', { QueueUrl: url, Entries });
    },
    depths: async () => {
      const queues = queuesSchema.parse(await exchange(`${baseUrl}/_fauxqs/queues`, agent));
      return new Map(
        queues.map((queue) => [
          queue.name,
          { visible: queue.approximateMessageCount, inFlight: queue.approximateInflightCount },
        ]),
      );
    },
    close: () => agent.destroy(),
  };
}

function exchange(url: string, agent: Agent, signal?: AbortSignal, action?: string, body?: string): Promise<unknown> {
  return new Promise((done, fail) => {
    const headers =
      action === undefined
        ? {}
        : { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` };
    const options = { agent, headers, method: action === undefined ? 'GET' : 'POST', ...(signal && { signal }) };
    const outgoing = request(url, options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', fail);
      incoming.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (incoming.statusCode !== 200) fail(new Error(`SQS ${action ?? 'inspect'}: ${incoming.statusCode} ${text}`));
        else done(text === '' ? {} : JSON.parse(text));
      });
    });
    outgoing.once('error', fail);
    outgoing.end(body);
  });
}
