import { PermanentError, RetryableError } from '../../errors/errors.ts';
import type { Failure } from './circuit.ts';

/** What a sink's errors say of its vendor, by their codes. */
export interface VendorCodes {
  /** It is down, or so slow, busy or limited that it does nothing for anybody. */
  readonly down: ReadonlySet<string>;
  /** It takes none of our calls until a person mends something: keys, the integration user. */
  readonly refusesUs: ReadonlySet<string>;
  /** We hold back ourselves: nothing was sent. */
  readonly heldBack: ReadonlySet<string>;
}

/** What trying one message said of the vendor. */
export type Verdict =
  /** It did its part, or refused this booking alone. */
  | { readonly kind: 'answered' }
  | { readonly kind: 'down'; readonly failure: Failure }
  /** The same for every booking, until a person mends it: no reason to park any. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** It was not asked. */
  | { readonly kind: 'nothing' };

/**
 * @param error what the message ended with, undefined where it ended well.
 * @param heard whether the vendor gave any answer meanwhile: a message can end well without any, or fail by our table.
 */
export function verdictOf(error: unknown, heard: boolean, codes: VendorCodes): Verdict {
  if (error instanceof RetryableError && codes.down.has(error.code)) {
    return { kind: 'down', failure: { code: error.code, waitSeconds: error.waitSeconds } };
  }
  if (error instanceof PermanentError && codes.refusesUs.has(error.code)) {
    return { kind: 'refused', failure: { code: error.code, waitSeconds: undefined } };
  }
  return { kind: heard ? 'answered' : 'nothing' };
}
