import { describe, expect, it } from 'vitest';
import { subscriberHash } from '../../../functions/marketing-sync/mailchimp/mailchimp.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { MAIL, openOffice } from './office.ts';

const RIGHT = 'noa@kealoha-home.test';
const { contact } = aBooking();
const corrected = aBooking({ contact: { ...contact, email: RIGHT } });
const OURS = ['activity:Sunset Kayak', 'segment:new', 'stage:upcoming'];

describe('an e-mail address that was corrected', () => {
  it('takes the contact along, with its history', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    const id = office.member()?.contactId;
    await office.bring(corrected);
    expect(office.member(MAIL)).toBeUndefined();
    expect(office.member(RIGHT)).toMatchObject({ contactId: id, status: 'subscribed' });
    expect(office.events(RIGHT)).toEqual(['booking_created']);
    expect(office.tags(RIGHT)).toEqual(OURS);
    await office.bring(aBooking({ status: 'cancelled', contact: corrected.contact }));
    expect(office.tags(RIGHT)).toEqual(['segment:new', 'stage:cancelled']);
  });

  it('and only written in another case is the same', async () => {
    const office = await openOffice();
    office.mailchimp.seed('Noa@Kealoha.test', { status: 'unsubscribed' });
    await office.bring(aBooking());
    expect(office.mailchimp.audience().contacts.size).toBe(1);
    expect(office.member()?.status).toBe('unsubscribed');
  });

  it.each(['keep', 'noteSynced'] as const)('ends right after a crash at %s', async (method) => {
    const office = await openOffice();
    await office.bring(aBooking());
    office.crash(method);
    await expect(office.bring(aBooking({ ...corrected, item: { pk: 12, name: 'Whale Watch' } }))).rejects.toThrow();
    await office.deliver(uuid(1));
    expect(office.mailchimp.audience().contacts.size).toBe(1);
    expect(office.tags(RIGHT)).toEqual(['activity:Whale Watch', 'segment:new', 'stage:upcoming']);
    expect(office.events(RIGHT)).toEqual(['booking_created', 'booking_changed']);
  });

  it('keeps an unsubscribe', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    office.mailchimp.happen({ happening: 'unsubscribed', email: MAIL });
    await office.bring(corrected);
    expect(office.member(RIGHT)?.status).toBe('unsubscribed');
  });

  it('that is a contact already is that contact; the old one loses our tags only', async () => {
    const office = await openOffice();
    office.mailchimp.seed(RIGHT, { status: 'unsubscribed' });
    await office.bring(aBooking());
    office.member()?.tags.set('vip', 'long ago');
    await office.bring(corrected);
    expect(office.tags(MAIL)).toEqual(['vip']);
    expect(office.tags(RIGHT)).toEqual(OURS);
    expect(office.member(RIGHT)).toMatchObject({ status: 'unsubscribed', mergeValues: { FNAME: 'Noa' } });
  });

  it('makes no subscriber of an address that never agreed', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    const other = { ...contact, email: RIGHT, emailConsent: false };
    await office.bring(aBooking({ uuid: uuid(2), createdAt: null, contact: other }));
    expect(office.member(RIGHT)?.status).toBe('transactional');
    expect(office.member(MAIL)?.status).toBe('subscribed');
    expect(office.tags(MAIL)).toEqual([]);
    expect(office.tags(RIGHT)).toEqual(OURS);
  });

  it('with consent taken back at once is unsubscribed', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    await office.bring(aBooking({ contact: { ...contact, email: RIGHT, emailConsent: false } }));
    expect(office.member(RIGHT)?.status).toBe('unsubscribed');
    expect(office.mailchimp.audience().contacts.size).toBe(1);
  });

  it('leaves the bounced one behind and begins anew', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    office.mailchimp.happen({ happening: 'cleaned', email: MAIL });
    await office.bring(corrected);
    expect(office.member(RIGHT)).toMatchObject({ status: 'subscribed' });
    expect(office.member(MAIL)?.status).toBe('cleaned');
    expect(office.tags(MAIL)).toEqual([]);
  });

  it('to one erased for good leaves the old contact as it is', async () => {
    const office = await openOffice();
    office.mailchimp.seed(RIGHT);
    office.mailchimp.happen({ happening: 'erased', email: RIGHT });
    await office.bring(aBooking());
    await office.bring(corrected);
    expect(office.member(RIGHT)).toBeUndefined();
    expect(office.tags(MAIL)).toEqual(OURS);
    // Corrected back: the tombstone was the other address's.
    await office.bring(aBooking({ item: { pk: 12, name: 'Whale Watch' } }));
    expect(office.tags(MAIL)).toEqual(['activity:Whale Watch', 'segment:new', 'stage:upcoming']);
    expect(office.events(MAIL)).toEqual(['booking_created', 'booking_changed']);
  });

  it('is taken from the booking at hand where the latest has none', async () => {
    const office = await openOffice();
    office.write(aBooking({ uuid: uuid(2), createdAt: null, contact: { ...contact, email: null } }));
    await office.bring(aBooking());
    expect(office.member()?.mergeValues).toMatchObject({ BOOKINGS: 2 });
  });

  it('names its contact whatever its case', () => {
    expect(subscriberHash('Noa@Kealoha.TEST')).toBe(subscriberHash(MAIL));
    expect(subscriberHash(MAIL)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('and taken off the booking leaves the guest’s contact true', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    await office.bring(aBooking({ status: 'cancelled', contact: { ...contact, email: null } }));
    expect(office.tags(MAIL)).toEqual(['segment:new', 'stage:cancelled']);
    expect(office.member(MAIL)?.status).toBe('subscribed');
  });
});
