import { createHash } from 'node:crypto';
import type { Booking } from '../../shared/booking/booking.ts';

/** States that a record remembers: enough to see somebody at work who sends old webhooks again. */
const KEPT = 20;
/** 96 bits: two of twenty states never meet by chance. */
const DIGITS = 16;

/**
 * A booking's state as a short word that tells nothing of it, the same for the same webhook whenever it comes.
 * @param booking as it was told, before what is known of it otherwise was added.
 */
export function stateOf(booking: Booking): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(booking)))
    .digest('base64url')
    .slice(0, DIGITS);
}

/** The list with the newest state at its end. */
export function addState(earlier: readonly string[] | undefined, state: string): string[] {
  return [...(earlier ?? []).filter((one) => one !== state), state].slice(-KEPT);
}

/** The same value with the members of its objects in one order, whatever wrote them. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, inner]) => [name, inOrder(inner)]);
}
