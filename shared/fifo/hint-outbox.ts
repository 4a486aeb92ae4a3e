import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import { RetryableError } from '../errors/errors.ts';
import { type Hint, hintMessage } from './hint.ts';

/** Hints of a batch's messages, sent together: one call of SQS for each destination instead of one for each booking. */
export interface HintOutbox {
  /** Takes a hint. @param messageId the message it comes of, which must not be acknowledged before it is sent. */
  add(messageId: string, sink: string, hint: Hint): void;
  /** Sends what is left. @returns why each message whose hint could not be sent has to come again, by its id. */
  conclude(): Promise<ReadonlyMap<string, unknown>>;
}

/** What SQS takes in one call. */
const MOST_ENTRIES = 10;
/** A hint waits so long for others, in milliseconds: nobody notices, and a batch of quick messages is done by then. */
const PATIENCE_MS = 250;

type Entry = SendMessageBatchRequestEntry & { readonly messageId: string };

/**
 * An outbox for one batch. Order is kept within a destination, and so within a guest.
 * @param queueUrls sink name → its queue; a name without one is no sink of this deployment.
 * @param patienceMs how long a hint waits for others.
 */
export function hintOutbox(
  sqs: SQSClient,
  queueUrls: Readonly<Record<string, string>>,
  patienceMs: number = PATIENCE_MS,
): HintOutbox {
  const waiting = new Map<string, Entry[]>();
  const unsent = new Map<string, unknown>();
  let sending: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const send = async (sink: string, entries: readonly Entry[]): Promise<void> => {
    const Entries = entries.map(({ messageId: _, ...entry }) => entry);
    try {
      const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrls[sink], Entries }));
      for (const { Id, Code } of Failed) {
        const entry = entries.find((one) => one.Id === Id);
        if (entry !== undefined) unsent.set(entry.messageId, refused(Code));
      }
    } catch (error) {
      for (const { messageId } of entries) unsent.set(messageId, error);
    }
  };
  const flush = (sinks: readonly string[]): void => {
    const all = [...waiting].filter(([sink]) => sinks.includes(sink));
    for (const [sink] of all) waiting.delete(sink);
    // One after the other, so that what is sent later also arrives later.
    sending = sending.then(() => Promise.all(all.map(([sink, entries]) => send(sink, entries))));
  };
  const flushAll = (): void => {
    clearTimeout(timer);
    timer = undefined;
    flush([...waiting.keys()]);
  };

  return {
    add(messageId, sink, hint) {
      if (queueUrls[sink] === undefined) return;
      const entries = waiting.get(sink) ?? [];
      waiting.set(sink, [...entries, { Id: String(entries.length), messageId, ...hintMessage(hint) }]);
      if (entries.length + 1 >= MOST_ENTRIES) flush([sink]);
      else timer ??= setTimeout(flushAll, patienceMs);
    },
    async conclude() {
      flushAll();
      await sending;
      return unsent;
    },
  };
}

function refused(code: string | undefined): RetryableError {
  return new RetryableError('hint.unsent', `the destination's queue did not take the hint (${code ?? 'no reason'})`);
}
