import type { Sale } from '../booking/sale.ts';
import { RetryableError } from '../errors/errors.ts';
import { isHistory } from '../records/attention.ts';
import type { BookingRecord } from '../records/booking-record.ts';
import type { BookingsTable } from '../records/bookings-table.ts';

// A guest's messages are worked on one after the other. Where two guests share a booking or a sale, these rules keep the order.

/** No function runs for longer. */
const FUNCTION_SECONDS = 30;

/**
 * A booking that went to another guest has gone to another line of messages: in the old one somebody may still be at
 * work on an earlier version, would write it after this one, and tell what this try would tell as well.
 * @throws RetryableError until that is over for certain.
 */
export function awaitFormerGuest({ changes }: BookingRecord, held: number, now: Date): void {
  const fresh = changes.filter(({ version }) => version > held);
  const moved = fresh.findLast(({ change }) => change.kind === 'guest_changed');
  if (moved === undefined || fresh.every(({ version }) => version >= moved.version)) return;
  const waitSeconds = FUNCTION_SECONDS - (now.getTime() - Date.parse(moved.at)) / 1000;
  if (waitSeconds <= 0) return;
  throw new RetryableError('guest.moved', 'the guest of this booking was another one a moment ago', {
    waitSeconds: Math.ceil(waitSeconds),
  });
}

/**
 * A sale that began with a booking we hold nothing of may have begun even earlier, under another name.
 * @param awaitsMs how long the destination waits for that booking, from when we first saw the sale.
 * @throws RetryableError while it is likely that the booking the sale came from is told of in a moment.
 */
export function awaitBeginning({ comesFrom, chain }: Sale<BookingRecord>, awaitsMs: number, now: Date): void {
  const [first] = chain;
  const waited = now.getTime() - Date.parse(first.firstSeenAt);
  if (comesFrom === null || isHistory(first) || waited >= awaitsMs) return;
  throw new RetryableError('sale.beginning-awaited', `booking ${comesFrom} is awaited, which became ${first.uuid}`);
}

/**
 * Hints are worked on one after the other per guest. A sale that goes on under another guest can have been brought by
 * two at once, the older state last: so what was brought must not have been overtaken. Nor may its beginning have
 * become known meanwhile: it was brought under another name then.
 * @throws RetryableError when it was, to bring it again.
 */
export async function ensureStillTrue(sale: Sale<BookingRecord>, read: BookingsTable['read']): Promise<void> {
  const { chain, comesFrom, goesOnAs } = sale;
  const guests = new Set(chain.map(({ guestKey }) => guestKey));
  const held = guests.size > 1 ? chain : [];
  const now = await Promise.all(held.map(({ uuid }) => read(uuid)));
  const changed = held.some(({ version }, index) => now[index]?.version !== version);
  const missing = [comesFrom, goesOnAs].filter((uuid) => uuid !== null);
  const come = (await Promise.all(missing.map((uuid) => read(uuid)))).some((found) => found !== undefined);
  if (!changed && !come) return;
  throw new RetryableError('sale.moved', 'the sale moved on while it was brought', { waitSeconds: 1 });
}
