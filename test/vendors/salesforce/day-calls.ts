import type { VendorReply } from '../server.ts';

/** API calls of the day, and how many of them the org allows; a composite counts once. */
export class DayCalls {
  used = 0;
  limit: number;
  readonly #allowed: number;

  constructor(allowed = 100_000) {
    this.#allowed = allowed;
    this.limit = allowed;
  }

  /** Counts a call. A reply refuses it: the limit is used up. */
  count(): VendorReply | undefined {
    if (this.used >= this.limit) {
      const error = { message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' };
      return this.said({ status: 403, body: [error] });
    }
    this.used += 1;
    return undefined;
  }

  /** The answer of the limits resource. */
  limits(): VendorReply {
    const remaining = Math.max(0, this.limit - this.used);
    return { status: 200, body: { DailyApiRequests: { Max: this.limit, Remaining: remaining } } };
  }

  /** The reply with the usage that each one tells. */
  said(reply: VendorReply): VendorReply {
    return { ...reply, headers: { ...reply.headers, 'Sforce-Limit-Info': `api-usage=${this.used}/${this.limit}` } };
  }

  reset(): void {
    this.used = 0;
    this.limit = this.#allowed;
  }
}
