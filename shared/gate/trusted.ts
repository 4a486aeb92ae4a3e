import { RetryableError } from '../errors/errors.ts';
import type { Gate } from './gate.ts';
import { UNTRIED } from './gate-items.ts';

/** How long an answer is good for: a person who pauses or resumes waits no longer than a minute. */
const TRUSTED_MS = 10_000;

/** A sink's gate as this execution environment last saw it. */
export interface TrustedGate {
  /** @throws RetryableError when there is no answer: what cannot be told to be open is not passed. */
  look(): Promise<Gate>;
  /** Has the next look read it again. */
  forget(): void;
}

/** Reads again only after a while, or when it was forgotten. */
export function trusted(read: () => Promise<Gate>, now: () => Date): TrustedGate {
  let known: { readonly gate: Gate; readonly until: number } | undefined;
  return {
    async look() {
      if (known !== undefined && now().getTime() < known.until) return known.gate;
      try {
        const gate = await read();
        known = { gate, until: now().getTime() + TRUSTED_MS };
        return gate;
      } catch (cause) {
        throw new RetryableError(UNTRIED.unreadable, 'whether the sink is paused could not be read', { cause });
      }
    },
    forget() {
      known = undefined;
    },
  };
}
