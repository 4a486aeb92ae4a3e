import { describe, expect, it } from 'vitest';
import { attentionOf, hasUntold, toldThrough } from '../../../shared/records/attention.ts';
import type { SyncState } from '../../../shared/records/booking-record.ts';

const AT = '2026-11-21T12:00:00.000Z';
const at = (version: number, more: Partial<SyncState> = {}): SyncState => ({
  version,
  at: AT,
  state: 'synced',
  ...more,
});
const parkedAt = (version: number, held = 0) => at(held, { state: 'parked', parkedVersion: version });

describe('where a record stands in the index', () => {
  it.each([
    ['nowhere once all hold it', 2, [at(2), at(2)], 0, undefined],
    ['lagging while one is behind', 2, [at(2), at(1)], 0, 'lagging'],
    ['lagging while one is behind though another refused', 2, [parkedAt(2), at(1)], 0, 'lagging'],
    ['lagging when the refused version is not the newest', 2, [parkedAt(1), at(2)], 0, 'lagging'],
    ['parked once only refusals are left', 2, [parkedAt(2), at(2)], 0, 'parked'],
    ['lagging when a refused one is wanted again', 2, [{ ...parkedAt(2), rewrite: 'a' }, at(2)], 0, 'lagging'],
    ['lagging when a held one is wanted again', 2, [at(2, { rewrite: 'a' }), at(2)], 0, 'lagging'],
    ['backfill while history waits', 2, [at(0), at(0)], 2, 'backfill'],
    ['backfill while history waits at one', 2, [at(2), at(1)], 2, 'backfill'],
    ['backfill beside a refusal', 2, [parkedAt(2), at(0)], 2, 'backfill'],
    ['parked when history was refused', 2, [parkedAt(2), at(2)], 2, 'parked'],
    ['lagging once history went on', 3, [at(0), at(0)], 2, 'lagging'],
    ['lagging when history is wanted again', 2, [at(0, { rewrite: 'a' }), at(0)], 2, 'lagging'],
    ['nowhere once history is brought', 2, [at(2), at(2)], 2, undefined],
  ] as const)('is %s', (_, version, [crm, marketing], quietThrough, expected) => {
    expect(attentionOf({ version, sync: { crm, marketing }, quietThrough })).toBe(expected);
  });
});

describe('what a sink may still tell', () => {
  it('begins after what it holds and after history, whichever is later', () => {
    const sync = { crm: at(3) };
    expect([0, 2, 5].map((quietThrough) => toldThrough({ sync, quietThrough }, 'crm'))).toEqual([3, 3, 5]);
    expect(toldThrough({ sync: {}, quietThrough: 1 }, 'crm')).toBe(1);
  });

  it('keeps history from growing over a live change that one sink has not told of', () => {
    expect(hasUntold({ version: 2, sync: { crm: at(2), marketing: at(1) } })).toBe(true);
    expect(hasUntold({ version: 2, sync: { crm: at(2), marketing: at(2) } })).toBe(false);
    expect(hasUntold({ version: 2, sync: { crm: at(0), marketing: at(0) }, quietThrough: 2 })).toBe(false);
  });
});
