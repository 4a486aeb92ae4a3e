import { describe, expect, it } from 'vitest';
import { saleOf } from '../../../shared/booking/sale.ts';
import { summarise } from '../../../shared/guest/booking-summary.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { type Sink, type SinkDeps, type SyncTask, sinkConsumer } from '../../../shared/sink/sink.ts';
import { allAllowed } from '../acts/automatic.ts';
import { hintFor } from '../crm-sync/crm-desk.ts';
import { aRecord, NOW, someSettings } from '../crm-sync/record-fixture.ts';
import { aBooking, uuid } from './booking-fixture.ts';
import { guestsFrom } from './guests-fake.ts';
import { listening } from './quiet.ts';

const old = aRecord({ uuid: uuid(1), status: 'rebooked', rebookedTo: uuid(2) }, { version: 2 });
const stale = aRecord({ uuid: uuid(1) }, { version: 2 });
const next = (guest: number): BookingRecord =>
  aRecord({ uuid: uuid(2), rebookedFrom: uuid(1) }, { guestKey: guestKeyFor(uuid(guest)) });

/** The shared sink over tables in memory; `during` happens at the vendor's side while a task is brought. */
function scene(held: readonly BookingRecord[], during: (put: (record: BookingRecord) => void) => void = () => {}) {
  const records = new Map(held.map((record) => [record.uuid, record]));
  const put = (record: BookingRecord) => records.set(record.uuid, record);
  const synced: string[] = [];
  const tasks: SyncTask[] = [];
  const sink: Sink = {
    name: 'crm',
    worstCaseMs: 1,
    sync: async (task) => {
      tasks.push(task);
      during(put);
      return {};
    },
    refresh: async () => {},
    leave: async () => {},
  };
  const { log, meter } = listening();
  const deps: SinkDeps = {
    bookings: {
      read: async (of) => [...records.values()].find((record) => record.uuid === of),
      noteSynced: async (record) => {
        synced.push(`${record.uuid}:${record.version}`);
      },
      notePark: async () => {},
      noteAttempt: async () => {},
      settleAttention: async () => {},
    },
    guests: guestsFrom(async (key) => {
      const own = [...records.values()].filter(({ guestKey }) => guestKey === key);
      return { bookings: own.map(({ booking }) => summarise(booking, NOW.toISOString())), sinks: {} };
    }),
    acts: allAllowed,
    settings: { companies: { 'harbor-kayaks': someSettings() } },
    log,
    meter,
    now: () => NOW,
  };
  const follow = (record: BookingRecord) => sinkConsumer(sink, 'queue', deps).handle(hintFor(record));
  return { follow, synced, tasks };
}

describe('a sale that a sink brings', () => {
  it('ends with the successor although an old body says that there is none', async () => {
    const { follow, tasks } = scene([stale, next(1)]);
    await follow(stale);
    expect(tasks[0]?.sale.chain.map(({ uuid: of }) => of)).toEqual([uuid(1), uuid(2)]);
  });

  it('is brought again when it went on in a booking that came meanwhile', async () => {
    const { follow, synced } = scene([old], (put) => put(next(2)));
    await expect(follow(old)).rejects.toMatchObject({ name: 'RetryableError', code: 'sale.moved' });
    expect(synced).toEqual([]);
  });

  it('is brought again when the booking it came from was told of meanwhile: it may have another name now', async () => {
    const { follow, synced } = scene([next(1)], (put) => put(old));
    await expect(follow(next(1))).rejects.toMatchObject({ name: 'RetryableError', code: 'sale.moved' });
    expect(synced).toEqual([]);
  });

  it("is brought again when another guest's booking of it changed meanwhile", async () => {
    const { follow } = scene([old, next(2)], (put) => put({ ...next(2), version: 2 }));
    await expect(follow(old)).rejects.toMatchObject({ code: 'sale.moved' });
  });

  it("is done where nothing changed, or only its own guest's bookings did: those have their turn", async () => {
    for (const { follow, synced } of [
      scene([old]),
      scene([old, next(2)]),
      scene([old, next(1)], (put) => put({ ...next(1), version: 2 })),
    ]) {
      await follow(old);
      expect(synced).toEqual([`${uuid(1)}:2`]);
    }
  });

  it('does not go on where bookings lead in a circle', async () => {
    const circle = aBooking({ uuid: uuid(1), rebookedTo: uuid(1) });
    const sale = await saleOf(
      circle,
      (booking) => booking,
      async () => circle,
    );
    expect(sale.goesOnAs).toBeNull();
  });
});
