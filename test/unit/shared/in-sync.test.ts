import { expect, it } from 'vitest';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { parseSettings } from '../../../shared/settings/settings.ts';
import { type Sink, sinkConsumer } from '../../../shared/sink/sink.ts';
import { GUEST, hintMessage, NOW, aRecord as someRecord } from '../marketing-sync/office.ts';
import { aBooking, uuid } from './booking-fixture.ts';
import { listening } from './quiet.ts';

it('a hint for what is in sync brings nothing, but the index in line: whoever noted it may have died before', async () => {
  const record: BookingRecord = {
    ...someRecord(aBooking(), { sync: { marketing: { version: 1, at: NOW, state: 'synced' } } }),
    attention: 'lagging',
  };
  const settled: BookingRecord[] = [];
  const unwanted = async () => {
    throw new Error('nothing is to be brought');
  };
  const sink: Sink = { name: 'marketing', worstCaseMs: 1_000, sync: unwanted, refresh: unwanted };
  const { log, meter } = listening();
  const consumer = sinkConsumer(sink, 'queue', {
    bookings: {
      read: async () => record,
      noteSynced: unwanted,
      notePark: unwanted,
      noteAttempt: unwanted,
      settleAttention: async (one) => {
        settled.push(one);
      },
    },
    guests: { read: unwanted, writeSink: unwanted },
    settings: parseSettings({ companies: { 'harbor-kayaks': { name: 'Harbor Kayaks' } } }),
    log,
    meter,
    now: () => new Date(NOW),
  });
  await consumer.handle(hintMessage(uuid(1), GUEST));
  expect(settled).toEqual([record]);
});
