import type { SQSBatchResponse, SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import type { VirtualTime } from './virtual-time.ts';

export interface NewMessage {
  readonly body: string;
  readonly group: string;
  readonly deduplicationId: string;
  readonly attributes?: SQSMessageAttributes;
}

interface Held extends NewMessage {
  readonly id: string;
  readonly sentAt: number;
  receives: number;
  /** Until then it is in flight, and its group stands still. */
  hiddenUntil: number;
  receipt: string;
}

export interface QueueOptions {
  readonly url: string;
  /** Milliseconds; AWS advises six times the function's timeout. */
  readonly visibilityMs: number;
  readonly maxReceiveCount: number;
  /** Batches worked on at once. */
  readonly concurrency: number;
  /** The function behind the queue. */
  readonly deliver: (batch: SQSEvent) => Promise<SQSBatchResponse>;
  /** Milliseconds from a message's coming to a function's taking it, drawn anew each time. */
  readonly pollMs: () => number;
  /** True when the deletion of a batch that was done gets lost: what was done is then given out again. */
  readonly losesDeletion: () => boolean;
}

const BATCH_SIZE = 10;
const DEDUPLICATION_MS = 300_000;

/**
 * A FIFO queue with its event source mapping, in virtual time, by AWS's documentation: order within a group; while a
 * message of a group is in flight nothing of that group is given out; a batch may hold messages of several groups;
 * what the function did not report as failed is deleted; the rest comes again when its visibility timeout ends; the
 * dead-letter queue takes what was received too often; a deduplication id counts for five minutes, per group.
 */
export class FifoQueue {
  readonly options: QueueOptions;
  /** Messages that were received too often. */
  readonly dead: Held[] = [];
  readonly #time: VirtualTime;
  #messages: Held[] = [];
  readonly #sentIds = new Map<string, number>();
  #count = 0;
  #running = 0;

  constructor(time: VirtualTime, options: QueueOptions) {
    this.#time = time;
    this.options = options;
  }

  get length(): number {
    return this.#messages.length;
  }

  send(message: NewMessage): void {
    const { now } = this.#time;
    const key = `${message.group} ${message.deduplicationId}`;
    if ((this.#sentIds.get(key) ?? Number.NEGATIVE_INFINITY) > now - DEDUPLICATION_MS) return;
    this.#sentIds.set(key, now);
    this.#count += 1;
    const id = `message-${this.#count}`;
    this.#messages.push({ ...message, id, sentAt: now, receives: 0, hiddenUntil: 0, receipt: '' });
    this.#pollSoon();
  }

  /** A receipt that a later receive made worthless changes nothing. */
  changeVisibility(receipt: string, seconds: number): void {
    const held = this.#messages.find((message) => message.receipt === receipt);
    if (held === undefined) return;
    held.hiddenUntil = this.#time.now + seconds * 1000;
    this.#pollAt(held.hiddenUntil);
  }

  #pollSoon(): void {
    this.#time.after(this.options.pollMs(), () => this.#poll());
  }

  #pollAt(moment: number): void {
    this.#time.after(moment - this.#time.now, () => this.#poll());
  }

  #poll(): void {
    if (this.#running >= this.options.concurrency) return;
    const batch = this.#receive();
    if (batch.length === 0) return;
    this.#running += 1;
    // The function runs on in virtual time; the clock does not wait for it here.
    void this.#work(batch);
  }

  #receive(): Held[] {
    const { now } = this.#time;
    const shut = new Set(this.#messages.filter(({ hiddenUntil }) => hiddenUntil > now).map(({ group }) => group));
    const open = this.#messages.filter(({ group }) => !shut.has(group));
    const worn = open.filter(({ receives }) => receives >= this.options.maxReceiveCount);
    this.dead.push(...worn);
    this.#remove(worn);
    const batch = open.filter((message) => !worn.includes(message)).slice(0, BATCH_SIZE);
    for (const message of batch) {
      message.receives += 1;
      message.hiddenUntil = now + this.options.visibilityMs;
      message.receipt = `${message.id} ${message.receives}`;
      this.#pollAt(message.hiddenUntil);
    }
    return batch;
  }

  async #work(batch: readonly Held[]): Promise<void> {
    const receipts = new Map(batch.map((message) => [message.id, message.receipt]));
    const reply = await this.options.deliver({ Records: batch.map((message) => this.#record(message)) });
    const failed = new Set(reply.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    // What was received again meanwhile has another receipt, and a FIFO queue does not delete it by the old one.
    const done = batch.filter(({ id, receipt }) => !failed.has(id) && receipts.get(id) === receipt);
    if (!this.options.losesDeletion()) this.#remove(done);
    this.#running -= 1;
    this.#pollSoon();
  }

  #remove(gone: readonly Held[]): void {
    this.#messages = this.#messages.filter((message) => !gone.includes(message));
  }

  #record({ id, receipt, body, group, receives, sentAt, attributes = {} }: Held): SQSRecord {
    return {
      messageId: id,
      receiptHandle: receipt,
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: String(sentAt),
        SenderId: 'local',
        ApproximateFirstReceiveTimestamp: String(this.#time.now),
        MessageGroupId: group,
      },
      messageAttributes: attributes,
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue.fifo',
      awsRegion: 'us-east-1',
    };
  }
}
