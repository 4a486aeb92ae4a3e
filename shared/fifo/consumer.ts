import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { PermanentError, RetryableError } from '../errors/errors.ts';
import { CORRELATION_ATTRIBUTE, correlated } from '../observability/correlation.ts';
import { errorFacts, type Log, type Meter } from '../observability/logger.ts';
import { METRIC } from '../observability/metric-names.ts';

/** What one consumer does with its messages. Everything else about FIFO queues is here. */
export interface Consumer {
  readonly queueUrl: string;
  /** Milliseconds one message takes at worst (all timeouts together): none is begun with less time left. */
  readonly worstCaseMs: number;
  /** Does the work of one message; called one at a time, in order within a group. */
  handle(message: SQSRecord): Promise<void>;
  /** Keeps what will never work, with its reason, so that the message can be acknowledged. */
  park(message: SQSRecord, error: PermanentError): Promise<void>;
  /**
   * Does what the batch's messages left to be done together, once, after the last of them.
   * @returns why a message whose part of it failed has to come again, by the message's id.
   */
  conclude?(): Promise<ReadonlyMap<string, unknown>>;
}

export interface ConsumerDeps {
  readonly sqs: SQSClient;
  readonly log: Log;
  readonly meter: Meter;
}

/** Milliseconds until Lambda ends the invocation. */
export type TimeLeft = () => number;

/** A batch that ran into the function's timeout would be done again from its start: what is left goes back in time. */
function outOfTime(): RetryableError {
  return new RetryableError('batch.out-of-time', 'the batch took too long: the message goes back unharmed', {
    waitSeconds: 0,
  });
}

/** Receives after which an error nobody foresaw is parked, so that it does not drag its neighbours along. */
const UNFORESEEN_RECEIVES = 5;
const FIRST_WAIT_SECONDS = 2;
const LONGEST_WAIT_SECONDS = 300;

/**
 * The one policy of every FIFO consumer:
 * a permanent error parks and acknowledges; a retryable one sends the message and all later ones of its group back,
 * for as long as the vendor asked or twice as long each time; other groups of the batch go on.
 *
 * @param timeLeft of the invocation.
 */
export async function consume(
  event: SQSEvent,
  timeLeft: TimeLeft,
  consumer: Consumer,
  deps: ConsumerDeps,
): Promise<SQSBatchResponse> {
  const waits = new Map<string, number>();
  const attempt = async (message: SQSRecord): Promise<void> => {
    try {
      if (timeLeft() < consumer.worstCaseMs) throw outOfTime();
      await consumer.handle(message);
    } catch (error) {
      const permanent = asPermanent(error, receivesOf(message));
      if (permanent !== undefined) return await park(message, permanent, error, consumer, deps);
      waits.set(groupOf(message), waitFor(error, receivesOf(message)));
      deps.meter.count(METRIC.messageRetried);
      deps.log.warn('message.retried', { messageId: message.messageId, ...errorFacts(error) });
      throw error;
    }
  };
  const handle = (message: SQSRecord) => inItsName(message, () => attempt(message));
  const processor = new SqsFifoPartialProcessorAsync();
  const handled = await processPartialResponse(event, handle, processor, {
    skipGroupOnError: true,
    throwOnFullBatchFailure: false,
  });
  const response = withUnfinished(event, handled, await concluded(event, consumer, waits, deps));
  await makeVisibleAfter(event, response, waits, consumer.queueUrl, deps);
  return response;
}

/**
 * The id of what led to a message: the webhook that it is, or that it came of. It says so itself; one that was sent
 * before messages did is known by its own id.
 */
export function correlationOf({ messageAttributes, messageId }: SQSRecord): string {
  return messageAttributes[CORRELATION_ATTRIBUTE]?.stringValue ?? messageId;
}

/** Does a message's work in the name of what led to it. */
export function inItsName<Result>(message: SQSRecord, work: () => Result): Result {
  return correlated(correlationOf(message), work, receivesOf(message));
}

/** Concludes the batch. @returns ids of the messages that have to come again because of that. */
async function concluded(
  { Records }: SQSEvent,
  consumer: Consumer,
  waits: Map<string, number>,
  { log, meter }: ConsumerDeps,
): Promise<ReadonlySet<string>> {
  const unfinished = (await consumer.conclude?.()) ?? new Map<string, unknown>();
  for (const message of Records) {
    if (!unfinished.has(message.messageId)) continue;
    const error = unfinished.get(message.messageId);
    waits.set(groupOf(message), waitFor(error, receivesOf(message)));
    meter.count(METRIC.messageRetried);
    inItsName(message, () => log.warn('message.retried', { messageId: message.messageId, ...errorFacts(error) }));
  }
  return new Set(unfinished.keys());
}

/** What failed in the one way or the other, with all that came after it in its group. */
function withUnfinished(
  { Records }: SQSEvent,
  { batchItemFailures }: SQSBatchResponse,
  unfinished: ReadonlySet<string>,
): SQSBatchResponse {
  if (unfinished.size === 0) return { batchItemFailures };
  const failed = new Set([...unfinished, ...batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)]);
  const groups = new Set<string>();
  const again = Records.filter((message) => {
    if (failed.has(message.messageId)) groups.add(groupOf(message));
    return groups.has(groupOf(message));
  });
  return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function park(
  message: SQSRecord,
  permanent: PermanentError,
  cause: unknown,
  consumer: Consumer,
  { log }: ConsumerDeps,
): Promise<void> {
  log.error('message.parked', { messageId: message.messageId, ...errorFacts(cause), code: permanent.code });
  await consumer.park(message, permanent);
}

/**
 * An error that will not go away: a permanent one, or an unforeseen one seen often enough; undefined for all others.
 * @param receives how often the message was tried, this time among them.
 */
export function asPermanent(error: unknown, receives: number): PermanentError | undefined {
  if (error instanceof PermanentError) return error;
  if (error instanceof RetryableError || receives < UNFORESEEN_RECEIVES) return undefined;
  return new PermanentError('unforeseen', 'an error nobody foresaw came back each time this was tried', {
    remedy: 'look for message.parked with this code in the log, report it, then repair the booking',
    cause: error,
  });
}

/** Seconds until a message that failed is tried again: as asked, or twice as long each time, five minutes at most. */
export function waitFor(error: unknown, receives: number): number {
  const asked = error instanceof RetryableError ? error.waitSeconds : undefined;
  const doubled = FIRST_WAIT_SECONDS * 2 ** Math.min(receives - 1, 10);
  return Math.min(Math.max(asked ?? doubled, 0), LONGEST_WAIT_SECONDS);
}

/**
 * A message that was not done stays hidden for the queue's whole visibility timeout, and with it its group. So all
 * of the group are given the same, short wait; they come back in order.
 */
async function makeVisibleAfter(
  event: SQSEvent,
  { batchItemFailures }: SQSBatchResponse,
  waits: ReadonlyMap<string, number>,
  queueUrl: string,
  { sqs, log }: ConsumerDeps,
): Promise<void> {
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const entries = event.Records.filter(({ messageId }) => failed.has(messageId)).map((message, index) => ({
    Id: String(index),
    ReceiptHandle: message.receiptHandle,
    VisibilityTimeout: waits.get(groupOf(message)) ?? FIRST_WAIT_SECONDS,
  }));
  if (entries.length === 0) return;
  try {
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
  } catch (error) {
    // The queue's own visibility timeout still brings them back, only later.
    log.warn('message.visibility-unchanged', errorFacts(error));
  }
}

function groupOf({ attributes }: SQSRecord): string {
  return attributes.MessageGroupId ?? '';
}

function receivesOf({ attributes }: SQSRecord): number {
  return Number(attributes.ApproximateReceiveCount);
}
