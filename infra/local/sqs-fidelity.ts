// Version 2.4.1 of the local SQS differs from SQS in two ways that this pipeline would notice. Both are put right here,
// inside the library, where a check at start says so when another version no longer has these parts.
import * as z from 'zod';

/** What SQS takes in a message's text: XML 1.0's characters, as its documentation lists them. */
const SQS_TEXT = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;

interface StoredMessage {
  readonly messageGroupId?: string;
  readonly sequenceNumber?: string;
}

interface Received {
  readonly ReceiptHandle: string;
}

/** The parts of the library's queue that are touched. */
interface Queue {
  /** How many messages of each group are in flight; a group that is here gives out nothing. */
  readonly fifoLockedGroups: Map<string, number>;
  readonly fifoMessages: Map<string, StoredMessage[]>;
  readonly inflightMessages: ReadonlyMap<string, { readonly message: StoredMessage }>;
  dequeueFifo(this: Queue, maximum: number, visibility?: number, deadLetters?: unknown): Received[];
  processTimers(this: Queue): void;
  changeVisibility(this: Queue, receiptHandle: string, seconds: number): void;
}

const queueClass = z.custom<{ readonly prototype: Queue }>(
  (value) =>
    typeof value === 'function' &&
    ['dequeueFifo', 'processTimers', 'changeVisibility'].every((name) => name in value.prototype),
  'the local SQS is not the version that infra/local/sqs-fidelity.ts was written for',
);

/**
 * Makes the local SQS behave as SQS does where it matters here.
 *
 * @throws when the library no longer has the parts in question: then this file has to go or to change with it.
 */
export async function behaveAsSqs(): Promise<void> {
  const load = (file: string): Promise<unknown> => import(new URL(file, import.meta.resolve('fauxqs')).href);
  const { INVALID_MESSAGE_BODY_CHAR } = z
    .object({ INVALID_MESSAGE_BODY_CHAR: z.instanceof(RegExp) })
    .parse(await load('./sqs/sqsTypes.js'));
  const { SqsQueue } = z.object({ SqsQueue: queueClass }).parse(await load('./sqs/sqsStore.js'));
  acceptAllText(INVALID_MESSAGE_BODY_CHAR);
  giveWholeGroups(SqsQueue.prototype);
}

/** It refuses what lies beyond the Basic Multilingual Plane, and so every message with an emoji in it. */
function acceptAllText(refused: RegExp): void {
  Object.defineProperty(refused, 'test', { value: (text: string) => !SQS_TEXT.test(text) });
}

/**
 * It gives out one message of a group at a time, where SQS gives several of one group in one receive, in order. Without
 * this, a batch with two messages of one booking would never be seen on this machine.
 */
function giveWholeGroups(queue: Queue): void {
  const { dequeueFifo, processTimers, changeVisibility } = queue;
  queue.dequeueFifo = function (maximum, visibility, deadLetters) {
    const received: Received[] = [];
    const taken = new Map<string, number>();
    for (;;) {
      // What this receive itself took does not hold its group back; what another one has in flight does.
      for (const group of taken.keys()) this.fifoLockedGroups.delete(group);
      const more = dequeueFifo.call(this, Math.min(maximum, 10) - received.length, visibility, deadLetters);
      for (const { ReceiptHandle } of more) {
        const group = this.inflightMessages.get(ReceiptHandle)?.message.messageGroupId ?? '';
        taken.set(group, (taken.get(group) ?? 0) + 1);
      }
      for (const [group, count] of taken) this.fifoLockedGroups.set(group, count);
      received.push(...more);
      if (more.length === 0 || received.length >= Math.min(maximum, 10)) return received;
    }
  };
  // Several of a group that come back one by one would each be put at its head, the last one first.
  queue.processTimers = function () {
    processTimers.call(this);
    inOrder(this);
  };
  queue.changeVisibility = function (receiptHandle, seconds) {
    changeVisibility.call(this, receiptHandle, seconds);
    inOrder(this);
  };
}

function inOrder({ fifoMessages }: Queue): void {
  for (const messages of fifoMessages.values()) {
    if (messages.length > 1) messages.sort((a, b) => compare(a.sequenceNumber ?? '', b.sequenceNumber ?? ''));
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
