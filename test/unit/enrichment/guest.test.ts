import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type GuestKey, guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { clear, type Desk, email, openDesk } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterEach(() => clear(desk));
afterAll(() => desk.close());

describe('a guest', () => {
  const guestOf = async (uuid: string) => (await desk.record(uuid))?.guestKey;
  const bookAs = async (contact: object) => {
    const { uuid } = desk.fareHarbor.book({ contact });
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    return uuid;
  };

  it('is the same on every booking with the address, however it is written', async () => {
    const first = await bookAs({ name: 'Lena Voss', email: 'Lena.Voss@guests.test ' });
    const second = await bookAs({ name: 'L. Voss', email: 'lena.voss@GUESTS.test' });
    expect(await guestOf(second)).toBe(await guestOf(first));
  });

  it('is one although two first bookings come at the same moment (trap 5)', async () => {
    const contact = email('Twin Booking');
    const uuids = [1, 2, 3, 4].map(() => desk.fareHarbor.book({ contact }).uuid);
    await Promise.all(uuids.map((uuid) => desk.deliver([desk.fareHarbor.bodyOf(uuid)])));
    const guests = new Set(await Promise.all(uuids.map(guestOf)));
    expect(guests.size).toBe(1);
    const rows = await desk.guests.read([...guests][0] ?? '');
    expect(rows.bookings.map(({ uuid }) => uuid).sort()).toEqual([...uuids].sort());
  });

  it('belongs to whoever claimed the address first, also where both had found it free (trap 5)', async () => {
    const [first, second] = [guestKeyFor(crypto.randomUUID()), guestKeyFor(crypto.randomUUID())];
    const identity = `identity#harbor-kayaks#${crypto.randomUUID()}`;
    expect(await desk.deps.identities.find(identity)).toBeUndefined();
    const claim = (guestKey: GuestKey) =>
      desk.dynamo.send(
        new TransactWriteItemsCommand({ TransactItems: [desk.deps.identities.claim(identity, guestKey)] }),
      );
    await claim(first);
    await expect(claim(second)).rejects.toThrow(TransactionCanceledException);
    expect(await desk.deps.identities.find(identity)).toBe(first);
  });

  it('keeps the key when the address is corrected (trap 15)', async () => {
    const uuid = await bookAs({ name: 'Typo Guest', email: 'typo@guesst.test' });
    const before = await guestOf(uuid);
    desk.fareHarbor.edit(uuid, { contact: { email: 'typo@guests.test' } });
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    expect(await guestOf(uuid)).toBe(before);
    expect(await guestOf(await bookAs({ name: 'Typo Guest', email: 'typo@guests.test' }))).toBe(before);
  });

  it('joins the one who has the corrected address, and both are looked at', async () => {
    const known = await bookAs(email('Known Guest'));
    const mistyped = await bookAs({ name: 'Known Guest', email: 'known.guest@guesst.test' });
    const left = await guestOf(mistyped);
    desk.hints.length = 0;
    desk.fareHarbor.edit(mistyped, { contact: email('Known Guest') });
    await desk.deliver([desk.fareHarbor.bodyOf(mistyped)]);
    expect(await guestOf(mistyped)).toBe(await guestOf(known));
    expect((await desk.guests.read(left ?? '')).bookings).toEqual([]);
    const hinted = (sink: string) => desk.hints.filter((hint) => hint.sink === sink).map(({ guestKey }) => guestKey);
    expect(hinted('crm')).toEqual([left, await guestOf(known)]);
    expect(hinted('marketing')).toEqual([left, await guestOf(known)]);
  });

  it('that a booking left is hinted although enrichment died before the hints, first of all, and by a later change too', async () => {
    await bookAs(email('Taker'));
    const given = await bookAs(email('Giver'));
    const left = await guestOf(given);
    desk.fareHarbor.edit(given, { contact: email('Taker') });
    desk.switches.hintsFail = true;
    await expect(desk.deliver([desk.fareHarbor.bodyOf(given)])).rejects.toThrow();
    desk.switches.hintsFail = false;
    const hinted = async () => {
      desk.hints.length = 0;
      await desk.deliver([desk.fareHarbor.bodyOf(given)]);
      return desk.hints.filter(({ sink }) => sink === 'crm').map(({ guestKey }) => guestKey);
    };
    expect(await hinted()).toEqual([left, await guestOf(given)]);
    desk.fareHarbor.edit(given, { note: 'Once more' });
    expect(await hinted()).toEqual([left, await guestOf(given)]);
  });

  it('with other bookings stays when one booking is given to somebody else', async () => {
    const first = await bookAs(email('Stays Here'));
    const given = await bookAs(email('Stays Here'));
    desk.fareHarbor.edit(first, { contact: email('Somebody Else') });
    await desk.deliver([desk.fareHarbor.bodyOf(first)]);
    expect(await guestOf(first)).not.toBe(await guestOf(given));
  });

  it('of another company is another guest', async () => {
    const contact = email('Both Companies');
    const first = await bookAs(contact);
    const { uuid } = desk.fareHarbor.book({ company: 'umi-tours', contact });
    await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
    expect(await guestOf(uuid)).not.toBe(await guestOf(first));
  });
});
