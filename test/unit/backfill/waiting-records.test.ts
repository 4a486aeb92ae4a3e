import { expect, it } from 'vitest';
import { wholeGuests } from '../../../infra/backfill/waiting-records.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import type { AttentionEntry } from '../../../shared/records/attention-index.ts';
import { uuid } from '../shared/booking-fixture.ts';

const entry = (n: number, guest: number): AttentionEntry => ({
  uuid: uuid(n),
  company: 'harbor-kayaks',
  guestKey: guestKeyFor(uuid(guest)),
  version: 1,
  changedAt: '2026-11-21T12:00:00.000Z',
});

it('a page holds all waiting bookings of each of its guests, and not many more than it should', () => {
  const guests = [3, 1, 2, 1, 3, 2, 1, 4, 4, 5];
  const entries = guests.map((guest, n) => entry(n, guest));
  const page = wholeGuests(entries, 4);
  const inPage = new Set(page.map(({ guestKey }) => guestKey));
  expect(page).toHaveLength(entries.filter(({ guestKey }) => inPage.has(guestKey)).length);
  expect(page.length).toBeGreaterThanOrEqual(4);
  expect(page.length).toBeLessThanOrEqual(6);
  expect(wholeGuests(entries, 500)).toHaveLength(entries.length);
  expect(wholeGuests([], 4)).toEqual([]);
});
