import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { RetryableError } from '../errors/errors.ts';
import { asPermanent, type Consumer, waitFor } from '../fifo/consumer.ts';
import { correlationAttribute } from '../observability/correlation.ts';
import { errorFacts, type Log } from '../observability/logger.ts';

/** What a copy of a message knows of those before it. */
export interface Tries {
  /** How often it was tried in vain. */
  readonly tries: number;
  /** How long it is to wait before it is tried again. */
  readonly waitSeconds: number;
}

export interface AsideDeps {
  /** Puts a copy of the message at the end of its own queue. */
  readonly sendAgain: (message: SQSRecord, tries: Tries) => Promise<void>;
  /** Codes of errors that say that nothing was tried. */
  readonly untried: ReadonlySet<string>;
  readonly log: Log;
}

/** The first failure may be a moment's: the message comes again itself. At the second one it steps aside. */
const ASIDE_AT_RECEIVES = 2;

/**
 * A consumer whose failed messages step aside: a copy goes to the end of the queue, and waits there as long as the
 * message would have. So a message that fails again and again
 * - lets the others of its guest go on after one attempt of its own, as hints may be followed in any order;
 * - is never received often enough, nor are those behind it, to be put among the dead letters, however long a vendor is
 *   down or a person pauses.
 */
export function steppingAside(consumer: Consumer, { sendAgain, untried, log }: AsideDeps): Consumer {
  return {
    ...consumer,
    async handle(message) {
      const before = triesOf(message);
      const receives = Number(message.attributes.ApproximateReceiveCount);
      if (before !== undefined && receives === 1) throw waiting(before);
      try {
        await consumer.handle(message);
      } catch (error) {
        const wasTried = !(error instanceof RetryableError && untried.has(error.code));
        const tries = wasTried ? (before === undefined ? receives : before.tries + 1) : (before?.tries ?? 0);
        const permanent = asPermanent(error, tries);
        if (permanent !== undefined || receives < ASIDE_AT_RECEIVES) throw permanent ?? error;
        // A copy sent although this message comes again, too, is one needless look.
        await sendAgain(message, { tries, waitSeconds: waitFor(error, tries) });
        log.warn('message.stepped-aside', { messageId: message.messageId, tries, ...errorFacts(error) });
      }
    },
  };
}

function waiting({ tries, waitSeconds }: Tries): RetryableError {
  return new RetryableError('message.waits', `it was tried ${tries} times and waits its turn`, { waitSeconds });
}

const attributesSchema = z.object({
  tries: z.object({ stringValue: z.string().regex(/^\d+$/) }),
  waitSeconds: z.object({ stringValue: z.string().regex(/^\d+$/) }),
});

/** Undefined for a message that is no copy. */
function triesOf({ messageAttributes }: SQSRecord): Tries | undefined {
  const parsed = attributesSchema.safeParse(messageAttributes);
  if (!parsed.success) return undefined;
  const { tries, waitSeconds } = parsed.data;
  return { tries: Number(tries.stringValue), waitSeconds: Number(waitSeconds.stringValue) };
}

/** Sends a hint's copy to the queue it came from: same group, same body, a deduplication id of its own. */
export function sendAgain(sqs: SQSClient, queueUrl: string): AsideDeps['sendAgain'] {
  return async ({ body, attributes }, { tries, waitSeconds }) => {
    const number = (value: number) => ({ DataType: 'String', StringValue: String(value) });
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageGroupId: attributes.MessageGroupId,
        MessageDeduplicationId: crypto.randomUUID(),
        MessageAttributes: {
          tries: number(tries),
          waitSeconds: number(waitSeconds),
          ...correlationAttribute('hint'),
        },
      }),
    );
  };
}
