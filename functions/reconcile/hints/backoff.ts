/** Whom a hint was sent to again, and when the next one may be. */
export interface Backoff {
  /** Whether nothing was sent for this key yet, or long enough ago. `at` in milliseconds. */
  isOver(key: string, at: number): boolean;
  note(key: string, at: number): void;
  /** Forgets all other keys: what they stood for has arrived. */
  keepOnly(keys: readonly string[]): void;
}

const FIRST_MS = 2 * 60_000;
const LONGEST_MS = 16 * 60_000;
/** A run a few seconds early must not put a hint off to the run after it. */
const SLACK_MS = 10_000;

/**
 * Remembers, as long as this process lives, what was hinted: while a vendor is down its hints wait in the queue anyway,
 * and another for each booking and minute would only bury it. A new process that knows nothing sends some too many,
 * which costs a look each.
 */
export function backoff(): Backoff {
  let sent = new Map<string, { readonly at: number; readonly wait: number }>();
  return {
    isOver(key, at) {
      const last = sent.get(key);
      return last === undefined || at - last.at >= last.wait - SLACK_MS;
    },
    note(key, at) {
      const last = sent.get(key);
      sent.set(key, { at, wait: last === undefined ? FIRST_MS : Math.min(2 * last.wait, LONGEST_MS) });
    },
    keepOnly(keys) {
      const wanted = new Set(keys);
      sent = new Map([...sent].filter(([key]) => wanted.has(key)));
    },
  };
}
