import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { verifyPending } from '../../../functions/reconcile/verify/verify.ts';
import { bookingUuidSchema } from '../../../shared/booking/booking.ts';
import type { Pending } from '../../../shared/webhook/verification.ts';
import { listening } from '../shared/quiet.ts';

/** One run of a minute over these notes, every question being answered at once. @returns the reasons asked for, in order. */
async function runOver(noted: readonly Pending[]): Promise<Pending['reason'][]> {
  let at = Date.parse('2026-11-21T12:00:00Z');
  const left = new Map<string, Pending>(noted.map((one) => [one.uuid, one]));
  const asked: Pending['reason'][] = [];
  const { log, meter } = listening();
  await verifyPending({
    list: {
      all: async () => [...left.values()],
      still: async (pendings) =>
        new Map(pendings.flatMap(({ uuid }) => [left.get(uuid)].flatMap((one) => (one ? [[uuid, one] as const] : [])))),
    },
    ask: async ({ uuid, reason }) => {
      asked.push(reason);
      left.delete(uuid);
    },
    withinMs: 60_000,
    log,
    meter,
    now: () => new Date(at),
    pause: async (milliseconds) => {
      at += milliseconds;
    },
  });
  return asked;
}

const notes = (reason: Pending['reason'], count: number, notedAt: string): Pending[] =>
  Array.from({ length: count }, () => ({
    company: 'harbor-kayaks',
    uuid: bookingUuidSchema.parse(randomUUID()),
    notedAt,
    reason,
    tries: 0,
  }));

it('bookings that may be inventions are asked for after all others, however long they wait', async () => {
  const asked = await runOver([
    ...notes('stranger', 5, '2026-11-21T09:00:00.000Z'),
    ...notes('missed', 5, '2026-11-21T11:00:00.000Z'),
    ...notes('unverified', 5, '2026-11-21T11:59:00.000Z'),
  ]);
  expect(asked).toEqual(
    (['unverified', 'missed', 'stranger'] as const).flatMap((reason) => Array<typeof reason>(5).fill(reason)),
  );
});

it('and with a quarter of FareHarbor’s budget at most', async () => {
  const asked = await runOver(notes('stranger', 2_000, '2026-11-21T11:00:00.000Z'));
  expect(asked).toHaveLength(150);
});
