import { type Bucket, type BucketRule, msUntil, refilled } from '../../../shared/rate-budget/token-bucket.ts';

/**
 * What one execution environment remembers of having asked FareHarbor, booking by booking. It keeps a flood of webhooks
 * about one booking, honest or not, from taking the calls that all others share.
 */
export interface Asking {
  /**
   * Whether FareHarbor was asked for the booking after this webhook had reached us, and its answer is in the record
   * with all hints sent: then there is nothing left to do for it.
   */
  isAnswered(uuid: string, receivedAt: string): boolean;
  noteAnswered(uuid: string, askedAt: Date): void;
  /** Milliseconds until this booking may be asked for again; 0: now. */
  waitMs(uuid: string): number;
  /** Notes that a call was made for it, whatever came of it. */
  noteCall(uuid: string): void;
}

/**
 * Calls for one booking by one environment: 5 at once and then one every 12 seconds. With ten environments, which is
 * what a stage allows, that is less than a tenth of FareHarbor's budget.
 */
export const BOOKING_RULE: BucketRule = { capacity: 5, perSecond: 1 / 12 };
/** Ingest and enrichment run on machines of their own, whose clocks differ by far less. */
const CLOCKS_DIFFER_MS = 1_000;
/** Bookings remembered; the one not asked for longest is forgotten first, and is then merely asked for again. */
const REMEMBERED = 5_000;

interface Memory {
  readonly calls?: Bucket;
  /** Milliseconds since the epoch. */
  readonly answeredAt?: number;
}

/** @param now the clock. */
export function asking(now: () => Date): Asking {
  const memories = new Map<string, Memory>();
  const remember = (uuid: string, added: Memory): void => {
    const memory = { ...memories.get(uuid), ...added };
    memories.delete(uuid);
    memories.set(uuid, memory);
    const [oldest] = memories.keys();
    if (memories.size > REMEMBERED && oldest !== undefined) memories.delete(oldest);
  };
  const callsOf = (uuid: string): Bucket => {
    const at = now().getTime();
    return refilled(memories.get(uuid)?.calls ?? { tokens: BOOKING_RULE.capacity, at }, at, BOOKING_RULE);
  };
  return {
    isAnswered(uuid, receivedAt) {
      const { answeredAt } = memories.get(uuid) ?? {};
      return answeredAt !== undefined && Date.parse(receivedAt) + CLOCKS_DIFFER_MS <= answeredAt;
    },
    noteAnswered: (uuid, askedAt) => remember(uuid, { answeredAt: askedAt.getTime() }),
    waitMs: (uuid) => msUntil(1, callsOf(uuid), BOOKING_RULE),
    noteCall(uuid) {
      const calls = callsOf(uuid);
      remember(uuid, { calls: { ...calls, tokens: Math.max(0, calls.tokens - 1) } });
    },
  };
}
