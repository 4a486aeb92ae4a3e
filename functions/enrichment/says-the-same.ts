import { isDeepStrictEqual } from 'node:util';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import type { Understanding } from '../../shared/understanding/understanding.ts';

/** What tells of the version itself, and not of the booking. Changes are looked at by themselves. */
const NOT_SAID: ReadonlySet<string> = new Set([
  'version',
  'changedAt',
  'attention',
  'sync',
  'earlierStates',
  'changes',
] satisfies (keyof BookingRecord)[]);

/**
 * Whether a version made by another look at the same booking says nothing that the one before did not.
 *
 * What moves with every other booking of the operator (its usual cancellations, the guest's place among all guests, and
 * so the risk) is written with the booking's next change, and is no reason for a version: else each look would be one.
 */
export function saysTheSame(next: BookingRecord, before: BookingRecord): boolean {
  if (next.changes.some(({ version }) => version === next.version)) return false;
  return isDeepStrictEqual(said(next), said(before));
}

function said(record: BookingRecord): unknown {
  const shown = Object.entries(record).filter(([name]) => !NOT_SAID.has(name));
  // As the table would give it back: without what is undefined.
  return JSON.parse(JSON.stringify({ ...Object.fromEntries(shown), understanding: understood(record.understanding) }));
}

function understood(understanding: Understanding) {
  const { mode, signals, summary, leadScore, segment, churnRisk, interests, upsell, guest } = understanding;
  const { value, band, routing } = leadScore;
  return {
    mode,
    signals,
    summary,
    value,
    band,
    routing,
    segment,
    churnRisk,
    interests,
    upsell: upsell?.id,
    predicted: guest.predictedValue,
  };
}
