import { describe, expect, it } from 'vitest';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { uuid } from '../shared/booking-fixture.ts';
import { keyOf, mailOf, openWorld, someBooking, type World, withTables } from './two-ways.ts';

withTables();

const OFF = { mailchimp: { enabled: false } };
const plain = someBooking(1, 1);

/** One booking of each of so many guests, by their number. */
async function putGuests(world: World, guests: number, email: (guest: number) => string | null = mailOf) {
  const numbers = Array.from({ length: guests }, (_, index) => index + 1);
  return await Promise.all(
    numbers.map((n) => {
      const { contact, ...booking } = someBooking(n, n);
      return world.put({ ...booking, contact: { ...contact, email: email(n) } }, keyOf(n), 'history');
    }),
  );
}
const standing = async (world: World, records: readonly BookingRecord[]) => {
  const now = await Promise.all(records.map(({ uuid: of }) => world.read(of)));
  return Object.fromEntries(now.map(({ uuid: of, attention }) => [Number(of.slice(-3)), attention]));
};

describe('Salesforce', () => {
  it('refuses a guest: that one alone is parked there, with the reason of its own write', async () => {
    const world = await openWorld({ settings: OFF });
    const tooLong = `${'a'.repeat(90)}@harborlight-sample.test`;
    const records = await putGuests(world, 3, (n) => (n === 2 ? tooLong : mailOf(n)));
    expect(await world.bulk().bring(records)).toEqual({ brought: 2, left: 1, waiting: 0 });
    await world.followHints();
    expect(await standing(world, records)).toEqual({ 1: undefined, 2: 'parked', 3: undefined });
    expect((await world.read(uuid(2))).sync.crm).toMatchObject({ code: 'salesforce.data', state: 'parked' });
    expect(world.salesforce.records('Contact')).toHaveLength(2);
  });

  it('has one contact that two guests could be: the first gets it, the second an own one', async () => {
    const world = await openWorld({ settings: OFF });
    world.salesforce.insert('Contact', { LastName: 'Kealoha', Email: 'SHARED@harborlight-sample.test' });
    const records = await putGuests(world, 2, () => 'shared@harborlight-sample.test');
    expect(await world.bulk().bring(records)).toEqual({ brought: 1, left: 1, waiting: 0 });
    await world.followHints();
    const contacts = world.salesforce.records('Contact');
    expect(contacts.map((one) => one.FareHarbor_Guest_Key__c).sort()).toEqual([keyOf(1), keyOf(2)]);
    expect(contacts.filter(({ LastName }) => LastName === 'Kealoha')).toHaveLength(1);
  });

  it('has several contacts with the phone number: that guest alone is parked', async () => {
    const world = await openWorld({ settings: OFF });
    for (const LastName of ['One', 'Two']) world.salesforce.insert('Contact', { LastName, Phone: '202-555-0101' });
    const records = await putGuests(world, 3);
    expect(await world.bulk().bring(records)).toEqual({ brought: 2, left: 1, waiting: 0 });
    await world.followHints();
    expect(await standing(world, records)).toEqual({ 1: 'parked', 2: undefined, 3: undefined });
    expect((await world.read(uuid(1))).sync.crm?.code).toBe('salesforce.ambiguous');
  });

  it('is down: nothing is left behind, Mailchimp goes on, and the next write brings the rest', async () => {
    const world = await openWorld();
    const records = await putGuests(world, 2);
    world.servers.salesforce.fault({ route: 'graph', status: 503 });
    expect(await world.bulk().bring(records)).toEqual({ brought: 0, left: 0, waiting: 2 });
    expect(world.hints).toEqual([]);
    expect(await standing(world, records)).toEqual({ 1: 'backfill', 2: 'backfill' });
    const calls = world.calls('mailchimp', 'list.bulk');
    const again = await Promise.all(records.map(({ uuid: of }) => world.read(of)));
    expect(await world.bulk().bring(again)).toEqual({ brought: 2, left: 0, waiting: 0 });
    expect(world.calls('mailchimp', 'list.bulk')).toBe(calls);
    expect(await standing(world, records)).toEqual({ 1: undefined, 2: undefined });
  });

  it('does not answer: what it may still do is over before the next write', async () => {
    const world = await openWorld({ settings: OFF, timeoutMs: 200 });
    const records = await putGuests(world, 1);
    world.servers.salesforce.fault({ route: 'graph', hang: true });
    expect(await world.bulk().bring(records)).toEqual({ brought: 0, left: 0, waiting: 1 });
    expect(world.waited).toEqual([120_000]);
  });
});

describe('Mailchimp', () => {
  it('refuses an address: that booking alone is parked there', async () => {
    const world = await openWorld();
    const records = await putGuests(world, 3, (n) => (n === 2 ? 'fake@example.com' : mailOf(n)));
    expect(await world.bulk().bring(records)).toEqual({ brought: 2, left: 1, waiting: 0 });
    await world.followHints();
    expect(await standing(world, records)).toEqual({ 1: undefined, 2: 'parked', 3: undefined });
    const { crm, marketing } = (await world.read(uuid(2))).sync;
    expect([crm?.version, marketing?.code]).toEqual([1, 'mailchimp.bad-address']);
  });

  it('keeps every contact’s own state, and tags that are not ours', async () => {
    const world = await openWorld();
    const states = ['subscribed', 'unsubscribed', 'cleaned', 'archived', 'transactional', 'pending'] as const;
    for (const [index, status] of states.entries()) {
      world.mailchimp.seed(mailOf(index + 1), { status }).tags.set('vip', '2026-01-01T00:00:00Z');
    }
    // Guests 7 and 8 are new; those with even numbers agreed to marketing.
    const records = await putGuests(world, 8);
    expect(await world.bulk().bring(records)).toMatchObject({ brought: 8, left: 0 });
    const contacts = records.map((_, index) => world.mailchimp.contact(mailOf(index + 1)));
    expect(contacts.map((contact) => contact?.status)).toEqual([...states, 'transactional', 'subscribed']);
    expect(contacts.slice(0, 6).every((contact) => contact?.tags.has('vip'))).toBe(true);
    expect(contacts.map((contact) => contact?.mergeValues.BOOKINGS)).toEqual(records.map(() => 1));
    expect(
      contacts.flatMap((contact) => [...(contact?.tags.keys() ?? [])]).filter((tag) => tag.startsWith('segment')),
    ).toHaveLength(7);
  });

  it('asks new contacts to confirm where the audience does', async () => {
    const world = await openWorld({ mailchimp: { doubleOptIn: true } });
    await world.bulk().bring(await putGuests(world, 2));
    expect([1, 2].map((n) => world.mailchimp.contact(mailOf(n))?.status)).toEqual(['transactional', 'pending']);
  });

  it('takes an address that two guests share, or that was erased, one by one', async () => {
    const world = await openWorld();
    world.mailchimp.seed(mailOf(4));
    world.mailchimp.happen({ happening: 'erased', email: mailOf(4) });
    const records = await putGuests(world, 4, (n) => mailOf(n === 2 ? 1 : n));
    expect(await world.bulk().bring(records)).toEqual({ brought: 2, left: 2, waiting: 0 });
    await world.followHints();
    expect(await standing(world, records)).toEqual({ 1: undefined, 2: undefined, 3: undefined, 4: undefined });
    expect(world.mailchimp.contact(mailOf(1))?.mergeValues.FNAME).toBe('Guest');
    expect(world.mailchimp.contact(mailOf(4))).toBeUndefined();
  });

  it('unsubscribes whoever took consent back, found in history or not', async () => {
    const world = await openWorld();
    const agreed = { ...plain, contact: { ...plain.contact, emailConsent: true } };
    await world.bulk().bring([await world.put(agreed, keyOf(1), 'history')]);
    expect(world.mailchimp.contact(mailOf(1))?.status).toBe('subscribed');
    const found = await world.put(plain, keyOf(1), 'history');
    expect(await world.bulk().bring([found])).toEqual({ brought: 0, left: 1, waiting: 0 });
    await world.followHints();
    expect(world.mailchimp.contact(mailOf(1))?.status).toBe('unsubscribed');
    expect(world.mailchimp.contact(mailOf(1))?.events).toEqual([]);
  });

  it('never has more than two connections of it', async () => {
    const world = await openWorld({ mailchimp: { simultaneous: 2, latencyMs: 5 } });
    const records = await putGuests(world, 8);
    expect(await world.bulk().bring(records)).toMatchObject({ brought: 8 });
  });
});

describe('what is not to be called', () => {
  it('is not: the booking waits there, and is in the other', async () => {
    const world = await openWorld();
    const records = await putGuests(world, 2);
    const mayGoOn = async (sink: string) => sink !== 'crm';
    expect(await world.bulk({ mayGoOn }).bring(records)).toEqual({ brought: 0, left: 0, waiting: 2 });
    expect(world.servers.salesforce.requests).toEqual([]);
    const read = await world.read(uuid(1));
    expect([read.attention, read.sync.crm?.version, read.sync.marketing?.version]).toEqual(['backfill', 0, 1]);
  });

  it('switched off in the settings, counts as brought', async () => {
    const world = await openWorld({ settings: { salesforce: { enabled: false }, mailchimp: { enabled: false } } });
    expect(await world.bulk().bring(await putGuests(world, 1))).toMatchObject({ brought: 1 });
    expect([...world.servers.salesforce.requests, ...world.servers.mailchimp.requests]).toEqual([]);
    expect((await world.read(uuid(1))).attention).toBeUndefined();
  });
});
