import * as z from 'zod';
import { LOCAL_REGION } from './intrinsics.ts';
import type { Lambda } from './lambda.ts';
import type { Sqs, SqsMessage } from './sqs.ts';
import type { LocalMapping } from './template.ts';

/** Lambda takes at most this much in one event; what is over it stays for the next batch. */
const PAYLOAD_BYTES = 6 * 1024 * 1024;
const LONG_POLL_SECONDS = 20;
/** Pause after the queue itself failed to answer, so that a queue that is gone does not keep a core busy. */
const FAILED_POLL_PAUSE_MS = 250;

const replySchema = z.looseObject({
  batchItemFailures: z.array(z.looseObject({ itemIdentifier: z.string().min(1) })).nullish(),
});

/** One `Records` entry as Lambda delivers it. */
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, SqsRecordAttribute>>;
  readonly md5OfMessageAttributes?: string;
  readonly md5OfBody: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

interface SqsRecordAttribute {
  readonly stringValue?: string;
  readonly binaryValue?: string;
  readonly stringListValues: readonly string[];
  readonly binaryListValues: readonly string[];
  readonly dataType: string;
}

export interface EventSource {
  readonly queueName: string;
  /** Batches the function is working on now. */
  readonly inFlight: number;
  /** Stops polling and waits for the batches in flight. */
  close(): Promise<void>;
}

/**
 * Polls a queue for a function, as Lambda's event source mapping does: batches of several groups, one batch of a group
 * at a time (SQS itself holds a group back while one of its messages is in flight), no more than `concurrency` batches
 * at once, and only what succeeded is deleted. What failed becomes visible again when its visibility timeout ends.
 *
 * Only one receive waits at any time: with one for each free environment, every arriving message would wake them all.
 */
export function startEventSource(mapping: LocalMapping, lambda: Lambda, sqs: Sqs, concurrency: number): EventSource {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (running.size >= concurrency) {
        await Promise.race(running);
        continue;
      }
      const messages = await poll(mapping, sqs, stopping.signal);
      for (const batch of withinPayload(messages)) {
        const work = deliver(mapping, lambda, sqs, batch)
          // A queue that cannot delete is as a crash after the work: the messages come again.
          .catch((error: unknown) => lambda.logs.write(`event source: ${String(error)}`))
          .finally(() => running.delete(work));
        running.add(work);
      }
    }
    await Promise.all(running);
  };
  const ended = loop();
  return {
    queueName: mapping.queue.name,
    get inFlight() {
      return running.size;
    },
    close: async () => {
      stopping.abort();
      await ended;
    },
  };
}

async function poll({ queue, batchSize }: LocalMapping, sqs: Sqs, signal: AbortSignal): Promise<readonly SqsMessage[]> {
  try {
    return await sqs.receive(queue.url, Math.min(batchSize, 10), LONG_POLL_SECONDS, signal);
  } catch {
    if (!signal.aborted) await new Promise((done) => setTimeout(done, FAILED_POLL_PAUSE_MS));
    return [];
  }
}

async function deliver(
  mapping: LocalMapping,
  lambda: Lambda,
  sqs: Sqs,
  messages: readonly SqsMessage[],
): Promise<void> {
  const result = await lambda.invoke({ Records: messages.map((message) => toRecord(message, mapping.queue.arn)) });
  const done = result.ok ? succeeded(mapping, messages, result.payload) : [];
  if (done.length > 0)
    await sqs.delete(
      mapping.queue.url,
      done.map((message) => message.ReceiptHandle),
    );
}

/**
 * The messages of a batch that the function's reply says are done.
 * A reply that cannot be read, or names a message that is not of the batch, fails the whole batch, as Lambda's rules say.
 */
export function succeeded(
  { reportsBatchItemFailures }: Pick<LocalMapping, 'reportsBatchItemFailures'>,
  messages: readonly SqsMessage[],
  payload: string,
): readonly SqsMessage[] {
  if (!reportsBatchItemFailures) return messages;
  const value: unknown = JSON.parse(payload);
  if (value === null || value === '') return messages;
  const reply = replySchema.safeParse(value);
  if (!reply.success) return [];
  const failed = new Set((reply.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  const known = new Set(messages.map((message) => message.MessageId));
  for (const id of failed) if (!known.has(id)) return [];
  return messages.filter((message) => !failed.has(message.MessageId));
}

/** Splits what was received so that no event is over Lambda's payload limit; the order stays. */
export function withinPayload(messages: readonly SqsMessage[], limit = PAYLOAD_BYTES): readonly SqsMessage[][] {
  const batches: SqsMessage[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const size = Buffer.byteLength(JSON.stringify(toRecord(message, '')));
    if (bytes + size > limit) {
      batches.push([]);
      bytes = 0;
    }
    bytes += size;
    batches.at(-1)?.push(message);
  }
  return batches;
}

/** A received message as the record that Lambda makes of it. */
export function toRecord(message: SqsMessage, queueArn: string): SqsRecord {
  const messageAttributes: Record<string, SqsRecordAttribute> = {};
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(message.MessageAttributes)) {
    messageAttributes[name] = {
      ...(StringValue !== undefined && { stringValue: StringValue }),
      ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
      stringListValues: [],
      binaryListValues: [],
      dataType: DataType,
    };
  }
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes,
    messageAttributes,
    ...(message.MD5OfMessageAttributes !== undefined && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: LOCAL_REGION,
  };
}
