import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { RetryableError } from '../../../shared/errors/errors.ts';
import { MOST_TOGETHER } from '../../../shared/guest/guest-file.ts';
import { GUEST_MOVED } from '../../../shared/guest/guest-moved.ts';
import { guestRowKey } from '../../../shared/guest/guest-rows.ts';
import { type GuestProfile, profileOf } from '../../../shared/guest/profile.ts';
import { readAllRows } from '../../../shared/guest/read-rows.ts';
import { layOutRows } from '../../../shared/guest/rebuild-totals.ts';
import { totalsOf } from '../../../shared/guest/totals.ts';
import type { GuestTotals } from '../../../shared/guest/totals-shape.ts';
import { clear, type Desk, email, openDesk } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterEach(() => clear(desk));
afterAll(() => desk.close());

const HOUR = 3_600_000;
const tourIn = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString().replace(/\.\d+Z$/, '+0000');

async function bookAs(contact: object, more: object = {}): Promise<string> {
  const { uuid } = desk.fareHarbor.book({ contact, ...more });
  await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
  return uuid;
}
const guestOf = async (uuid: string) => (await desk.record(uuid))?.guestKey ?? '';

/** The profile by the running totals and by all bookings together, without which revision it is. */
async function profilesOf(guestKey: string) {
  const now = new Date().toISOString();
  const whole = totalsOf((await desk.guests.read(guestKey)).bookings, now);
  const { totals } = await desk.guests.look(guestKey, { sink: 'crm', now });
  const plain = ({ totalsRevision: _, ...profile }: GuestProfile) => profile;
  return { running: plain(profileOf(totals, now)), whole: plain(profileOf(whole, now)) };
}
const rowsOf = async (guestKey: string): Promise<string[]> =>
  [...(await readAllRows(desk.dynamo, 'guests', guestKey)).keys()].map((row) => row.replace(/#.*/, ''));

async function deleteRows(guestKey: string, isToGo: (row: string) => boolean): Promise<void> {
  const rows = [...(await readAllRows(desk.dynamo, 'guests', guestKey)).keys()].filter(isToGo);
  for (const row of rows) {
    await desk.dynamo.send(new DeleteItemCommand({ TableName: 'guests', Key: guestRowKey(guestKey, row) }));
  }
}
const isComputed = (row: string): boolean => !row.startsWith('booking#') && !row.startsWith('sink#');

describe('a guest’s totals', () => {
  it('miss nothing where several bookings come at the same moment', async () => {
    const contact = email('Busy Concierge');
    await bookAs(contact);
    const uuids = [1, 2, 3, 4, 5].map((n) => desk.fareHarbor.book({ contact, startAt: tourIn(n) }).uuid);
    await Promise.all(uuids.map((uuid) => desk.deliver([desk.fareHarbor.bodyOf(uuid)])));
    const { running, whole } = await profilesOf(await guestOf(uuids[0] ?? ''));
    expect(running).toEqual(whole);
    expect(running.bookings).toBe(6);
  });

  it('follow a booking that is rebooked, whichever half is told of first', async () => {
    for (const newestFirst of [true, false]) {
      const contact = email(`Rebooking ${newestFirst ? 'Late' : 'Early'}`);
      const first = await bookAs(contact);
      const { uuid: next } = desk.fareHarbor.rebook(first, { startAt: tourIn(400) });
      const told = newestFirst ? [next, first] : [first, next];
      await desk.deliver([desk.fareHarbor.bodyOf(told[0] ?? '')]);
      const { running, whole } = await profilesOf(await guestOf(first));
      expect(running).toEqual(whole);
      expect(running.bookings).toBeLessThan(2);
      await desk.deliver([desk.fareHarbor.bodyOf(told[1] ?? '')]);
      expect((await profilesOf(await guestOf(first))).running).toMatchObject({ bookings: 1, allBookings: 2 });
    }
  });

  it('go along where a guest turns out to be another one, in whichever order both were seen', async () => {
    const profiles = [];
    for (const [name, order] of [
      ['Order One', ['known', 'mistyped']],
      ['Order Two', ['mistyped', 'known']],
    ] as const) {
      const right = email(name);
      const uuids = new Map<string, string>();
      for (const which of order) {
        const contact = which === 'known' ? right : { ...right, email: right.email.replace('guests', 'guesst') };
        uuids.set(which, await bookAs(contact, { startAt: '2027-06-01T09:00:00-1000' }));
      }
      const [known, mistyped] = [uuids.get('known') ?? '', uuids.get('mistyped') ?? ''];
      const left = await guestOf(mistyped);
      desk.fareHarbor.edit(mistyped, { contact: right });
      await desk.deliver([desk.fareHarbor.bodyOf(mistyped)]);
      const now = await guestOf(mistyped);
      expect(now).toBe(await guestOf(known));
      const { running, whole } = await profilesOf(now);
      expect(running).toEqual(whole);
      expect(running.bookings).toBe(2);
      expect((await profilesOf(left)).running).toMatchObject({
        bookings: 0,
        allBookings: 0,
        spend: [],
        firstTour: null,
      });
      expect(await desk.guests.holds(left)).toBe(false);
      const { firstBookedAt: _, lastBookedAt: __, averageLeadDays: ___, ...rest } = running;
      profiles.push(rest);
    }
    expect(profiles[0]).toEqual(profiles[1]);
  });

  it('are what they were for a guest who only seems to be new: the record and the address are lost', async () => {
    const contact = email('Lost Record');
    const first = await bookAs(contact, { startAt: tourIn(30) });
    await bookAs(contact, { startAt: tourIn(60) });
    const guestKey = await guestOf(first);
    // A bookings table restored to before the first booking, of which FareHarbor now tells with another address.
    await desk.dynamo.send(new DeleteItemCommand({ TableName: 'bookings', Key: { uuid: { S: first } } }));
    desk.fareHarbor.edit(first, { contact: email('Renamed Record') });
    await desk.deliver([desk.fareHarbor.bodyOf(first)]);
    expect(await guestOf(first)).toBe(guestKey);
    const { running, whole } = await profilesOf(guestKey);
    expect(running).toEqual(whole);
    expect(running.bookings).toBe(2);
    // And the address is the guest's: the next booking with it finds them.
    expect(await guestOf(await bookAs(email('Renamed Record')))).toBe(guestKey);
  });

  it('are made from all bookings where there are none yet, with the rows that go with them', async () => {
    const contact = email('Earlier Days');
    const uuids = [];
    for (const hours of [-50, 30, 60, 90]) uuids.push(await bookAs(contact, { startAt: tourIn(hours) }));
    const guestKey = await guestOf(uuids[0] ?? '');
    // Before there were totals, each booking had a row.
    await layOutRows(desk.dynamo, 'guests', guestKey, new Date().toISOString());
    const rows = (await rowsOf(guestKey)).sort();
    await deleteRows(guestKey, isComputed);
    // A sink that looks before anything changed sees the guest as they are.
    const before = await profilesOf(guestKey);
    expect(before.running).toEqual(before.whole);
    desk.fareHarbor.edit(uuids[1] ?? '', { note: 'Nothing that counts' });
    await desk.deliver([desk.fareHarbor.bodyOf(uuids[1] ?? '')]);
    expect((await rowsOf(guestKey)).sort()).toEqual(rows);
    // The next tour goes: only the rows can tell which one is next now.
    desk.fareHarbor.cancel(uuids[1] ?? '');
    await desk.deliver([desk.fareHarbor.bodyOf(uuids[1] ?? '')]);
    const after = await profilesOf(guestKey);
    expect(after.running).toEqual(after.whole);
    expect(after.running).toMatchObject({ bookings: 3, cancellations: 1 });
  });

  it('of few bookings are one row with all of them; of more a row for each, and for good', async () => {
    const contact = email('From Few');
    const uuids: string[] = [];
    const booked = async () => uuids.push(await bookAs(contact, { startAt: tourIn(10 * (uuids.length + 1)) }));
    while (uuids.length < MOST_TOGETHER) await booked();
    const guestKey = await guestOf(uuids[0] ?? '');
    expect(await rowsOf(guestKey)).toEqual(['totals']);
    expect((await profilesOf(guestKey)).running).toMatchObject({ bookings: MOST_TOGETHER });
    expect(await desk.guests.holds(guestKey)).toBe(true);

    await booked();
    const rows = Map.groupBy(await rowsOf(guestKey), (row) => row);
    expect([...rows].map(([row, all]) => [row, all.length])).toEqual([
      ['booking', MOST_TOGETHER + 1],
      ['made', MOST_TOGETHER + 1],
      ['totals', 1],
      ['tour', MOST_TOGETHER + 1],
    ]);
    for (const uuid of uuids.slice(0, 3)) {
      desk.fareHarbor.cancel(uuid);
      await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    }
    const { running, whole } = await profilesOf(guestKey);
    expect(running).toEqual(whole);
    expect(running).toMatchObject({ bookings: MOST_TOGETHER - 2, cancellations: 3 });
  });

  it('of few bookings are laid out in rows once, and stay what they are', async () => {
    const contact = email('Laid Out');
    const first = await bookAs(contact, { startAt: tourIn(30) });
    const { uuid: next } = desk.fareHarbor.rebook(first, { startAt: tourIn(400) });
    await desk.deliver([desk.fareHarbor.bodyOf(next)]);
    const guestKey = await guestOf(first);
    const before = await profilesOf(guestKey);
    for (let time = 1; time <= 2; time += 1) {
      await layOutRows(desk.dynamo, 'guests', guestKey, new Date().toISOString());
      expect((await rowsOf(guestKey)).sort()).toEqual([
        'booking',
        'booking',
        'made',
        'made',
        'successor',
        'totals',
        'tour',
      ]);
      expect(await profilesOf(guestKey)).toEqual(before);
    }
    const look = await desk.guests.look(guestKey, { sink: 'crm', now: new Date().toISOString() });
    expect(await look.successorOf(first)).toBe(next);
  });

  it('give up after some tries where they are always overtaken, and try after a pause each', async () => {
    const pauses: number[] = [];
    const { uuid } = desk.fareHarbor.book({ contact: email('Never Written') });
    const consumer = webhookConsumer('', {
      ...desk.deps,
      commit: async () => {
        throw new RetryableError(GUEST_MOVED, 'overtaken');
      },
      pause: async (tries) => void pauses.push(tries),
    });
    const message = desk.message(desk.fareHarbor.bodyOf(uuid));
    await expect(consumer.handle(message)).rejects.toMatchObject({ name: 'RetryableError', code: GUEST_MOVED });
    expect(pauses).toEqual([1, 2, 3, 4, 5]);
    expect(await desk.record(uuid)).toBeUndefined();
  });

  it('are told to the operator’s distribution once they are written, and a failure of that fails nothing', async () => {
    const told: (readonly [number | undefined, number, string])[] = [];
    const note = async (before: GuestTotals | undefined, after: GuestTotals, company: string) => {
      told.push([before?.all, after.all, company]);
      throw new Error('the table is busy');
    };
    const consumer = webhookConsumer('', { ...desk.deps, noteStanding: note });
    const contact = email('Told Of');
    for (const { uuid } of [desk.fareHarbor.book({ contact }), desk.fareHarbor.book({ contact })]) {
      await consumer.handle(desk.message(desk.fareHarbor.bodyOf(uuid)));
      expect(await desk.record(uuid)).toBeDefined();
    }
    expect(told).toEqual([
      [undefined, 1, 'harbor-kayaks'],
      [1, 2, 'harbor-kayaks'],
    ]);
    expect(desk.events()).toContain('standing.not-noted');
  });
});
