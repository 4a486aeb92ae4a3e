import type { VendorReply, VendorRequest } from '../server.ts';
import { apiError, refusalReply } from './api-error.ts';

export interface Credentials {
  readonly appKey: string;
  readonly userKey: string;
}

export interface RateLimit {
  readonly perSecond: number;
  readonly perFiveMinutes: number;
}

/** Refuses a request whose keys are missing (400) or wrong (403 with a code). Only headers are taken, never the query. */
export function authenticate(request: VendorRequest, accepted: readonly Credentials[]): VendorReply | undefined {
  const appKey = request.headers['x-fareharbor-api-app'];
  const userKey = request.headers['x-fareharbor-api-user'];
  if (appKey === undefined || userKey === undefined) {
    const missing = appKey === undefined ? 'X-FareHarbor-API-App' : 'X-FareHarbor-API-User';
    return refusalReply(apiError(400, 'key-missing', `${missing} header or parameter is required`));
  }
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  if (!uuid.test(appKey)) return refusalReply(apiError(403, 'app-invalid', 'Invalid application'));
  const ofApp = accepted.filter((credentials) => credentials.appKey === appKey);
  if (ofApp.length === 0) return refusalReply(apiError(403, 'app-key-invalid', 'API app key is invalid'));
  if (ofApp.some((credentials) => credentials.userKey === userKey)) return undefined;
  return refusalReply(apiError(403, 'user-key-invalid', 'API user key is invalid'));
}

/**
 * Counts requests in two windows, a second and five minutes, each begun by its first request. Over either, requests
 * are refused until that window ends, in turn with a 429 and with a 403 that has no code and so looks like a wrong key.
 */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #windows: { readonly length: number; readonly most: number; start: number; count: number }[];
  #refused = 0;

  constructor(limit: RateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
    this.#windows = this.#begin();
  }

  /** Undefined when the request may pass. */
  check(): VendorReply | undefined {
    const now = this.#now();
    for (const window of this.#windows) {
      if (now - window.start < window.length) continue;
      window.start = now;
      window.count = 0;
    }
    if (this.#windows.some(({ count, most }) => count >= most)) {
      this.#refused += 1;
      if (this.#refused % 2 === 0) return refusalReply(apiError(403, undefined, 'Forbidden'));
      const message = 'You have sent too many requests in too short a time interval';
      return refusalReply(apiError(429, undefined, message));
    }
    for (const window of this.#windows) window.count += 1;
    return undefined;
  }

  /** Requests refused so far. */
  get refused(): number {
    return this.#refused;
  }

  reset(): void {
    this.#refused = 0;
    this.#windows.splice(0, this.#windows.length, ...this.#begin());
  }

  #begin(): { length: number; most: number; start: number; count: number }[] {
    const start = Number.NEGATIVE_INFINITY;
    return [
      { length: 1000, most: this.#limit.perSecond, start, count: 0 },
      { length: 300_000, most: this.#limit.perFiveMinutes, start, count: 0 },
    ];
  }
}
