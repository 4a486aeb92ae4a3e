import { expect, it } from 'vitest';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { parseSettings } from '../../../shared/settings/settings.ts';
import { type Sink, sinkConsumer } from '../../../shared/sink/sink.ts';
import { allAllowed } from '../acts/automatic.ts';
import { GUEST, hintMessage, NOW, aRecord as someRecord } from '../marketing-sync/office.ts';
import { aBooking, uuid } from './booking-fixture.ts';
import { guestsFrom } from './guests-fake.ts';
import { listening } from './quiet.ts';

const unwanted = async () => {
  throw new Error('nothing is to be brought');
};

/** The shared consumer over one record; what is written down about it is kept. */
function follow(record: BookingRecord, sync: Sink['sync'] = unwanted) {
  const [settled, synced]: [BookingRecord[], BookingRecord[]] = [[], []];
  const sink: Sink = { name: 'marketing', worstCaseMs: 1_000, sync, refresh: unwanted, leave: unwanted };
  const durations: string[] = [];
  const { log, meter } = listening();
  const consumer = sinkConsumer(sink, 'queue', {
    bookings: {
      read: async () => record,
      noteSynced: async (one) => {
        synced.push(one);
      },
      notePark: unwanted,
      noteAttempt: unwanted,
      settleAttention: async (one) => {
        settled.push(one);
      },
    },
    guests: guestsFrom(async () => ({ bookings: [], sinks: {} }), unwanted),
    acts: allAllowed,
    settings: parseSettings({ companies: { 'harbor-kayaks': { name: 'Harbor Kayaks' } } }),
    log,
    meter: { ...meter, duration: (metric) => durations.push(metric) },
    now: () => new Date(NOW),
  });
  return { handle: () => consumer.handle(hintMessage(uuid(1), GUEST)), settled, synced, durations };
}

const held = { version: 1, at: NOW, state: 'synced' } as const;
const inSync: BookingRecord = { ...someRecord(aBooking(), { sync: { marketing: held } }), attention: 'lagging' };

it('a hint for what is in sync brings nothing, but the index in line: whoever noted it may have died before', async () => {
  const { handle, settled } = follow(inSync);
  await handle();
  expect(settled).toEqual([inSync]);
});

it('what is in sync is brought again on a wish, and noted with the wish that was read', async () => {
  const wished = { ...inSync, sync: { marketing: { ...held, rewrite: 'a-wish' } } };
  const begunBefore: boolean[] = [];
  const { handle, synced, durations } = follow(wished, async (task) => {
    begunBefore.push(task.begunBefore);
    return {};
  });
  await handle();
  // What was told before is in doubt as well: it has to be looked up.
  expect(begunBefore).toEqual([true]);
  expect(synced).toEqual([wished]);
  expect(durations).toEqual([]);
});

it('only news has a latency: history, and what is understood anew, is brought without one', async () => {
  const behind = someRecord(aBooking(), { changes: [{ version: 1, at: NOW, change: { kind: 'booked' } }] });
  const bring = async () => ({});
  const [news, history] = [follow(behind, bring), follow({ ...behind, quietThrough: 1 }, bring)];
  await news.handle();
  await history.handle();
  // Read by the model hours after the webhook came: the version has no change of its own.
  const anew = follow({ ...behind, version: 2, sync: { marketing: held } }, bring);
  await anew.handle();
  expect([anew.synced.length, anew.durations]).toEqual([1, []]);
  const offer = { kind: 'upsell_recommended', offer: 'a', name: 'A', approved: true } as const;
  const changes = [...behind.changes, { version: 2, at: NOW, change: offer }];
  const approved = follow({ ...behind, changes, version: 2, sync: { marketing: held } }, bring);
  await approved.handle();
  expect([approved.synced.length, approved.durations]).toEqual([1, []]);
  expect(news.durations).toEqual(['SyncLatency']);
  expect(history.durations).toEqual([]);
});
