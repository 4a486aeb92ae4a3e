import type { SQSClient } from '@aws-sdk/client-sqs';
import { hintOutbox } from '../../shared/fifo/hint-outbox.ts';
import { errorFacts, type Log } from '../../shared/observability/logger.ts';
import type { Together } from './consume-webhooks.ts';

export interface TogetherDeps {
  readonly sqs: SQSClient;
  /** Sink name → its queue. */
  readonly sinkQueueUrls: Readonly<Record<string, string>>;
  /** Writes sums that a batch's bookings have added to; lost, they make nothing wrong that a person would see. */
  readonly writeSums: readonly (() => Promise<void>)[];
  readonly log: Log;
  /** Milliseconds that a hint waits for others. */
  readonly patienceMs?: number;
}

/**
 * What a batch's bookings have done together: their hints, before any of their messages is acknowledged, and the sums they
 * added to. One is made per batch.
 */
export function doneTogether({ sqs, sinkQueueUrls, writeSums, log, patienceMs }: TogetherDeps): Together {
  const outbox = hintOutbox(sqs, sinkQueueUrls, patienceMs);
  return {
    hint: (messageId, sink, { uuid, guestKey, company, version, receivedAt }) =>
      outbox.add(messageId, sink, { uuid, guestKey, company, version, receivedAt }),
    async conclude() {
      const [unsent, ...sums] = await Promise.allSettled([outbox.conclude(), ...writeSums.map((write) => write())]);
      for (const sum of sums) {
        if (sum.status === 'rejected') log.warn('sum.not-noted', errorFacts(sum.reason));
      }
      if (unsent.status === 'rejected') throw unsent.reason;
      return unsent.value;
    },
  };
}
