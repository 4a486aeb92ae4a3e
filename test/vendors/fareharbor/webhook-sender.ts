import { setTimeout as wait } from 'node:timers/promises';
import type { BodyType } from './body.ts';

/** Where FareHarbor's staff set the webhook to go, and what it sends. */
export interface Subscription {
  /** May hold a key in its path or query, or credentials (`https://user:key@host/…`). */
  readonly url: string;
  readonly bodyType?: BodyType;
  /** Which events are sent; all by default. */
  readonly on?: 'all' | 'creations' | 'cancellations';
}

export interface Attempt {
  readonly subject: string;
  readonly attempt: number;
  readonly at: string;
  /** What came back; `failed` for no answer at all. */
  readonly status: number | 'failed';
  readonly milliseconds: number;
}

export interface Delivery {
  /** The booking's uuid, or `item-<pk>`. */
  readonly subject: string;
  readonly body: string;
  readonly delivered: boolean;
  readonly attempts: readonly Attempt[];
}

export interface SenderOptions {
  /** Milliseconds between attempts; FareHarbor waits about a minute. */
  readonly retryAfterMs?: number;
  /** Attempts after the first. */
  readonly retries?: number;
  /** Milliseconds after which an unanswered request counts as failed. */
  readonly timeoutMs?: number;
  /** Deliveries given up in a row after which FareHarbor stops sending; never by default. */
  readonly deactivateAfter?: number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

/** Posts webhooks by FareHarbor's rule: anything but a 200 is a failure, and is tried up to three more times. */
export class WebhookSender {
  readonly deliveries: Delivery[] = [];
  readonly #options: Required<SenderOptions>;
  readonly #running = new Set<Promise<unknown>>();
  #failedInARow = 0;

  constructor(options: SenderOptions = {}) {
    this.#options = {
      retryAfterMs: 60_000,
      retries: 3,
      timeoutMs: 10_000,
      deactivateAfter: Number.POSITIVE_INFINITY,
      wait: (milliseconds) => wait(milliseconds, undefined, { ref: false }),
      ...options,
    };
  }

  /** False once too many deliveries failed in a row: FareHarbor then sends an e-mail instead. */
  get active(): boolean {
    return this.#failedInARow < this.#options.deactivateAfter;
  }

  /** Sends the body until a 200 comes back or the tries are used up. Never throws for the receiver's failure. */
  send(url: string, subject: string, body: string): Promise<Delivery> {
    const sending = this.#send(url, subject, body);
    this.#running.add(sending);
    return sending.finally(() => this.#running.delete(sending));
  }

  /** Resolves when nothing is being sent or waits for its next try. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  reset(): void {
    this.deliveries.length = 0;
    this.#failedInARow = 0;
  }

  async #send(url: string, subject: string, body: string): Promise<Delivery> {
    const attempts: Attempt[] = [];
    const { retries, retryAfterMs } = this.#options;
    for (let attempt = 1; attempt <= retries + 1; attempt += 1) {
      if (attempt > 1) await this.#options.wait(retryAfterMs);
      const started = performance.now();
      const at = new Date().toISOString();
      const status = await this.#post(url, body);
      attempts.push({ subject, attempt, at, status, milliseconds: performance.now() - started });
      if (status === 200) break;
    }
    const delivered = attempts.at(-1)?.status === 200;
    this.#failedInARow = delivered ? 0 : this.#failedInARow + 1;
    const delivery = { subject, body, delivered, attempts };
    this.deliveries.push(delivery);
    return delivery;
  }

  async #post(url: string, body: string): Promise<number | 'failed'> {
    const target = new URL(url);
    const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'FareHarbor' };
    if (target.username !== '' || target.password !== '') {
      const credentials = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
      headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
      target.username = '';
      target.password = '';
    }
    try {
      const signal = AbortSignal.timeout(this.#options.timeoutMs);
      const response = await fetch(target, { method: 'POST', headers, body, redirect: 'manual', signal });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 'failed';
    }
  }
}
