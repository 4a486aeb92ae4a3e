import { expect, it } from 'vitest';
import { keyOf, openWorld, someBooking, withTables } from '../backfill-bulk/two-ways.ts';
import { uuid } from '../shared/booking-fixture.ts';

withTables();

const SINKS = ['crm', 'marketing'];
const scene = async () => {
  const world = await openWorld();
  const record = await world.put(someBooking(1, 1), keyOf(1), 'history');
  const { notes } = world.deps;
  const { bookings } = world;
  const marked = async () => Object.values((await world.read(uuid(1))).sync).map(({ rewrite }) => rewrite);
  return { world, record, notes, bookings, marked };
};

it('a mark is put on all sinks or none, and the record goes on waiting', async () => {
  const { world, record, notes, bookings, marked } = await scene();
  const mark = await notes.begin(record, SINKS);
  expect(mark).toEqual(expect.any(String));
  expect(await marked()).toEqual([mark, mark]);
  await bookings.settleAttention(await world.read(uuid(1)));
  expect((await world.read(uuid(1))).attention).toBe('backfill');

  await bookings.noteRewrite(uuid(1), 'marketing');
  expect(await notes.begin(record, SINKS)).toBeUndefined();
  expect((await world.read(uuid(1))).sync.crm?.rewrite).toBe(mark);
});

it('is not put on a version that is no longer the one read', async () => {
  const { world, record, notes, marked } = await scene();
  await world.put(someBooking(1, 1, { note: 'window seat' }), keyOf(1), 'news');
  expect(await notes.begin(record, SINKS)).toBeUndefined();
  expect(await marked()).toEqual([undefined, undefined]);
});

it('its end notes all sinks and leaves the index, in one write', async () => {
  const { world, record, notes } = await scene();
  const mark = (await notes.begin(record, SINKS)) ?? '';
  await notes.end(record, mark, { crm: { contact: '003' }, marketing: {} });
  const done = await world.read(uuid(1));
  expect(done.attention).toBeUndefined();
  expect(done.sync.crm).toMatchObject({ version: 1, state: 'synced', links: { contact: '003' } });
  expect(done.sync.crm?.rewrite).toBeUndefined();
});

it('its end is refused once the record moved on, or the mark is another’s', async () => {
  const { world, record, notes, bookings } = await scene();
  const mark = (await notes.begin(record, SINKS)) ?? '';
  await bookings.noteRewrite(uuid(1), 'crm');
  expect(await notes.end(record, mark, { crm: {} })).toBeUndefined();
  expect((await world.read(uuid(1))).sync.crm?.version).toBe(0);
  await world.put(someBooking(1, 1, { note: 'window seat' }), keyOf(1), 'news');
  expect(await notes.end(record, mark, { marketing: {} })).toBeUndefined();
  expect((await world.read(uuid(1))).sync.marketing?.version).toBe(0);
});

it('a live sync and a refusal leave the mark where it is as long as the bulk write may be under way', async () => {
  const { world, record, notes, bookings, marked } = await scene();
  const mark = await notes.begin(record, SINKS);
  await bookings.noteSynced(await world.read(uuid(1)), 'crm', {});
  await world.follow('marketing', await world.read(uuid(1)));
  expect(await marked()).toEqual([mark, mark]);
  expect(Object.values((await world.read(uuid(1))).sync).map(({ version }) => version)).toEqual([1, 1]);
  world.clock.now = new Date(world.clock.now.getTime() + 16 * 60_000);
  await bookings.noteSynced(await world.read(uuid(1)), 'crm', {});
  expect((await world.read(uuid(1))).sync.crm?.rewrite).toBeUndefined();
});

it('reads as many records as it is asked for, each once, and none that is not there', async () => {
  const { world, notes } = await scene();
  // One after the other: bookings of one guest that are put at the same moment are in each other's way.
  for (let index = 2; index <= 101; index += 1) await world.put(someBooking(index, 1), keyOf(1), 'history');
  const uuids = Array.from({ length: 102 }, (_, index) => uuid(index + 1));
  const read = await notes.readMany([...uuids, uuid(1)]);
  expect([...read.keys()].sort()).toEqual(uuids.slice(0, 101));
});
