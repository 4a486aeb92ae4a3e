import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { RetryableError } from '../errors/errors.ts';
import type { Consumer } from '../fifo/consumer.ts';
import type { Log } from '../observability/logger.ts';
import type { SinkName } from '../records/booking-record.ts';
import { type Pause, readPause } from './pauses.ts';

export interface PausableDeps {
  /** Reads the sink's pause from where it is kept. */
  readonly readPause: () => Promise<Pause | undefined>;
  /** Puts a copy of the message at the end of its own queue. */
  readonly sendAgain: (message: SQSRecord) => Promise<void>;
  readonly log: Log;
  readonly now: () => Date;
}

/** How long an answer about the pause is good for: a person who pauses or resumes waits no longer than a minute. */
const TRUSTED_MS = 10_000;
/** How long a message that came during a pause stays hidden. */
const WAIT_SECONDS = 30;
/**
 * Each time a message is given back counts as a failed receive: enough of them would put it into the dead-letter queue,
 * and a few would make the first mishap after the pause look like one that never goes away. So at this many a new copy,
 * whose count is 0, takes its place.
 */
const RENEWED_AT_RECEIVES = 4;

/**
 * A consumer that can be paused. While it is, nothing is done and nothing is parked: its messages go back to the queue,
 * for as long as the pause lasts.
 */
export function pausable(consumer: Consumer, deps: PausableDeps): Consumer {
  const pauseNow = trusted(deps.readPause, deps.now);
  return {
    ...consumer,
    async handle(message) {
      const pause = await pauseNow();
      if (pause === undefined) return await consumer.handle(message);
      if (Number(message.attributes.ApproximateReceiveCount) >= RENEWED_AT_RECEIVES) {
        // A copy sent although this message comes again, too, is one needless look.
        await deps.sendAgain(message);
        return deps.log.info('message.renewed', { messageId: message.messageId, sink: pause.id });
      }
      throw new RetryableError('sink.paused', `${pause.id} is paused since ${pause.since}`, {
        waitSeconds: WAIT_SECONDS,
      });
    },
  };
}

/** Asks again only after a while, and waits as every retry does when there is no answer. */
function trusted(read: () => Promise<Pause | undefined>, now: () => Date): () => Promise<Pause | undefined> {
  let known: { readonly pause: Pause | undefined; readonly until: number } | undefined;
  return async () => {
    if (known !== undefined && now().getTime() < known.until) return known.pause;
    try {
      const pause = await read();
      known = { pause, until: now().getTime() + TRUSTED_MS };
      return pause;
    } catch (cause) {
      throw new RetryableError('pause.unreadable', 'whether the sink is paused could not be read', { cause });
    }
  };
}

/** The deps in a sink's Lambda function: the pause stands in the operations table under the sink's name. */
export function pausableDeps(
  sink: SinkName,
  dynamo: DynamoDBClient,
  operationsTable: string,
  rest: { readonly sqs: SQSClient; readonly queueUrl: string; readonly log: Log },
): PausableDeps {
  return {
    readPause: () => readPause(dynamo, operationsTable, sink),
    sendAgain: sendAgain(rest.sqs, rest.queueUrl),
    log: rest.log,
    now: () => new Date(),
  };
}

/** Sends a hint's copy to the queue it came from: same group, same body, a deduplication id of its own. */
function sendAgain(sqs: SQSClient, queueUrl: string): (message: SQSRecord) => Promise<void> {
  return async ({ body, attributes }) => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageGroupId: attributes.MessageGroupId,
        MessageDeduplicationId: crypto.randomUUID(),
      }),
    );
  };
}
