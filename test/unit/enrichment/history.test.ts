import { describe, expect, it } from 'vitest';
import {
  appendChanges,
  carryOver,
  digestOfWords,
  numberChanges,
  wordChanges,
} from '../../../functions/enrichment/history.ts';
import { eventKey, type RecordedChange } from '../../../shared/booking/changes.ts';
import type { Signals } from '../../../shared/understanding/understanding.ts';
import { aBooking, usd } from '../shared/booking-fixture.ts';

const AT = '2026-11-21T12:00:00.000Z';
const noted = (version: number): RecordedChange => ({ version, at: AT, change: { kind: 'note_changed' } });
const synced = (version: number) => ({ version, at: AT, state: 'synced' as const });
const run = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => noted(from + n));
const versions = (changes: readonly RecordedChange[]) => changes.map(({ version }) => version);

describe('a record’s change list', () => {
  it('stays bounded however often a booking changes (trap 16)', () => {
    let changes: RecordedChange[] = [];
    for (let version = 1; version <= 1_000; version += 1) {
      changes = appendChanges(changes, [noted(version)], { crm: synced(version - 1), marketing: synced(version - 1) });
    }
    expect(changes).toHaveLength(20);
    expect(changes.at(-1)?.version).toBe(1_000);
  });

  it('keeps what some sink has not seen', () => {
    const kept = appendChanges(run(1, 60), [noted(61)], { crm: synced(10), marketing: synced(60) });
    expect(versions(kept)).toEqual(versions(run(11, 61)));
  });

  it('is bounded even for a sink that never comes', () => {
    const kept = appendChanges(run(1, 500), [noted(501)], { crm: synced(0), marketing: synced(500) });
    expect(kept).toHaveLength(300);
  });
});

describe('how often something has happened', () => {
  const told = (changes: readonly RecordedChange[]) => changes.map((one) => eventKey('u', one));

  it('names it, whatever the version it came in', () => {
    const first = numberChanges([], [{ kind: 'booked' }, { kind: 'cancelled' }], { version: 1, at: AT });
    const then = numberChanges(first, [{ kind: 'reinstated' }], { version: 2, at: AT });
    const last = numberChanges([...first, ...then], [{ kind: 'cancelled' }], { version: 7, at: AT });
    expect(told([...first, ...then, ...last])).toEqual([
      'u:1:booked',
      'u:1:cancelled',
      'u:1:reinstated',
      'u:2:cancelled',
    ]);
  });

  it('is known still when the list was cut since', () => {
    const all = { crm: synced(1_000), marketing: synced(1_000) };
    let changes = numberChanges([], [{ kind: 'cancelled' }, { kind: 'reinstated' }], { version: 1, at: AT });
    for (let version = 2; version <= 60; version += 1) changes = appendChanges(changes, [noted(version)], all);
    expect(changes).toHaveLength(22);
    const [again] = numberChanges(changes, [{ kind: 'cancelled' }], { version: 61, at: AT });
    expect(again).toMatchObject({ nth: 2 });
  });
});

const quiet: Signals = {
  occasion: 'none',
  groupKind: 'unknown',
  dietary: [],
  accessibility: [],
  complaint: false,
  urgency: 'normal',
  language: 'en',
  upsellAffinity: [],
};

describe('what the guest’s words newly say', () => {
  const kinds = (before: Signals | undefined, after: Signals) =>
    wordChanges(before, after, 'digest').map(({ kind }) => kind);
  it('is told once, when it first appears', () => {
    const loud: Signals = { ...quiet, complaint: true, accessibility: ['wheelchair'] };
    expect(kinds(undefined, loud)).toEqual(['complaint_raised', 'accessibility_requested']);
    expect(kinds(loud, loud)).toEqual([]);
    expect(kinds(loud, { ...loud, accessibility: ['wheelchair', 'hearing'] })).toEqual(['accessibility_requested']);
    expect(kinds(loud, quiet)).toEqual([]);
  });
});

it('a rebooking takes the guest’s words along, whatever their order and customers', () => {
  const said = (question: string, customerPk: number) => ({ question, type: 'short', value: 'vegan', customerPk });
  const digest = digestOfWords({ note: 'Please no wind ', answers: [said('Diet', 1), said('Boat', 2)] });
  expect(digestOfWords({ note: 'Please no wind', answers: [said('Boat', 8), said('Diet', 9)] })).toBe(digest);
  expect(digestOfWords({ note: 'Please no rain', answers: [said('Boat', 8), said('Diet', 9)] })).not.toBe(digest);
});

describe('what a body does not tell', () => {
  const payments = [{ pk: 1, type: 'card', status: 'succeeded' as const, amount: usd(20000), at: null, refunds: [] }];
  it('holds as it was known', () => {
    const known = aBooking({ payments });
    const after = carryOver(known, aBooking({ payments: null, createdAt: null }));
    expect(after).toMatchObject({ payments, createdAt: known.createdAt });
  });

  it('is not believed against what it does tell', () => {
    const price = { ...aBooking().price, paid: usd(15000) };
    expect(carryOver(aBooking({ payments }), aBooking({ payments: null, price })).payments).toBeNull();
  });
});
