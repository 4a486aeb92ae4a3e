import { createHash } from 'node:crypto';
import type { Booking } from '../../shared/booking/booking.ts';
import type { Change, RecordedChange } from '../../shared/booking/changes.ts';
import type { GuestKey } from '../../shared/guest/guest-key.ts';
import type { SyncState } from '../../shared/records/booking-record.ts';
import type { Signals } from '../../shared/understanding/understanding.ts';

/** Changes that are kept though every sink has seen them: what a person wants to see of the past. */
const KEPT_SEEN = 20;
/** Changes kept for a sink that is far behind; beyond them the oldest go. 300 of them are about 40 KB. */
const KEPT_UNSEEN = 300;

/** The changes that make `version`, each with how often it has happened by now. */
export function numberChanges(
  earlier: readonly RecordedChange[],
  changes: readonly Change[],
  { version, at }: Pick<RecordedChange, 'version' | 'at'>,
): RecordedChange[] {
  const counts = new Map(earlier.map(({ change, nth = 1 }) => [change.kind, nth]));
  return changes.map((change) => {
    const nth = (counts.get(change.kind) ?? 0) + 1;
    counts.set(change.kind, nth);
    return { version, at, ...(nth > 1 && { nth }), change };
  });
}

/**
 * The record's change list with `added` at its end, bounded: changes that some sink has not seen go last, and the
 * latest of each kind stays for ever, since the next one counts on from it.
 */
export function appendChanges(
  earlier: readonly RecordedChange[],
  added: readonly RecordedChange[],
  sync: Readonly<Record<string, SyncState>>,
): RecordedChange[] {
  const all = [...earlier, ...added];
  const seenByAll = Math.min(...Object.values(sync).map(({ version }) => version));
  const firstUnseen = all.findIndex(({ version }) => version > seenByAll);
  const unseen = firstUnseen === -1 ? 0 : all.length - firstUnseen;
  const first = all.length - Math.min(Math.max(KEPT_SEEN, unseen), KEPT_UNSEEN);
  const latest = new Map(all.map(({ change }, index) => [change.kind, index]));
  return all.filter(({ change }, index) => index >= first || latest.get(change.kind) === index);
}

/** The guest that the booking left, where it is another one's now: what is shown about them changes as well. */
export function guestChanges(before: GuestKey | undefined, after: GuestKey): Change[] {
  return before === undefined || before === after ? [] : [{ kind: 'guest_changed', from: before }];
}

/** The guests that the booking left in versions that a sink holding `version` has not seen. */
export function guestsLeft(changes: readonly RecordedChange[], version: number): GuestKey[] {
  const left = changes.flatMap((recorded) =>
    recorded.version > version && recorded.change.kind === 'guest_changed' ? [recorded.change.from] : [],
  );
  return [...new Set(left)];
}

/** What the guest's words newly say: each is told once, when it first appears. `words`: their digest. */
export function wordChanges(before: Signals | undefined, after: Signals, words: string): Change[] {
  const complaint = after.complaint && before?.complaint !== true;
  const needs = after.accessibility.some((need) => before?.accessibility.includes(need) !== true);
  return [
    ...(complaint ? [{ kind: 'complaint_raised', words } as const] : []),
    ...(needs ? [{ kind: 'accessibility_requested', words } as const] : []),
  ];
}

/**
 * Tells the guest's words apart without holding them. A rebooking takes note and answers along, perhaps in another
 * order and with other customers: the digest stays the same.
 */
export function digestOfWords({ note, answers }: Pick<Booking, 'note' | 'answers'>): string {
  const said = [note.trim(), ...answers.map(({ question, value }) => `${question}: ${value.trim()}`).sort()];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16);
}

/**
 * FareHarbor's body types leave different things out. What this body does not tell holds as it was known: when the
 * booking was made; and its payments, as long as the sum that FareHarbor itself calls paid has not changed.
 */
export function carryOver(before: Booking | undefined, after: Booking): Booking {
  if (before === undefined) return after;
  const samePaid = before.price.paid?.amount === after.price.paid?.amount;
  return {
    ...after,
    createdAt: after.createdAt ?? before.createdAt,
    payments: after.payments ?? (samePaid ? before.payments : null),
  };
}
