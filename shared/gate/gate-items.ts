import type { SinkName } from '../records/booking-record.ts';

/**
 * The part of the operations table that holds whatever may stand between a sink and its vendor: pauses, circuits and
 * allowances. It is one, so that a sink learns of all of them by one query.
 */
export const GATE_KIND = 'gate';

/** The item's id: everything of a sink begins with its name, and what concerns one company ends with that. */
export function gateId(sink: SinkName, what: 'pause' | 'circuit' | 'allowance', company?: string): string {
  return [sink, what, ...(company === undefined ? [] : [company])].join('/');
}

/** What the ids of all that concerns a sink begin with. */
export function gatePrefix(sink: SinkName): string {
  return `${sink}/`;
}

/** The codes of the errors that say that nothing was tried, because of the gate. */
export const UNTRIED = { paused: 'sink.paused', open: 'circuit.open', unreadable: 'gate.unreadable' } as const;
