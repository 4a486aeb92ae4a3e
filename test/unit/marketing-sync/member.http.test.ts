import { describe, expect, it } from 'vitest';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { GUEST, MAIL, openOffice } from './office.ts';

const { contact } = aBooking();
const withConsent = (emailConsent: boolean) => aBooking({ contact: { ...contact, emailConsent } });

describe('a member', () => {
  it('is written with tags and an event in three calls', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    expect(office.calls()).toEqual(['list.get', 'member.put', 'tags.post', 'events.post']);
    expect(office.member()).toMatchObject({
      status: 'subscribed',
      mergeValues: { FNAME: 'Noa', BOOKINGS: 1, LTV: 200 },
    });
    expect(office.tags()).toEqual(['activity:Sunset Kayak', 'segment:new', 'stage:upcoming']);
    expect(office.mailchimp.audience().noticed).toEqual([]);
    const state = office.records.get(uuid(1))?.sync.marketing;
    expect(state).toMatchObject({
      version: 1,
      state: 'synced',
      links: { contactPage: String(office.member()?.webId) },
    });
    // The audience is asked once; tags that hold already are not written again.
    await office.bring(aBooking({ partySize: 4 }));
    expect(office.calls().slice(4)).toEqual(['member.put', 'events.post']);
  });

  it.each([
    { consent: true, doubleOptIn: false, status: 'subscribed' },
    { consent: true, doubleOptIn: true, status: 'pending' },
    { consent: false, doubleOptIn: false, status: 'transactional' },
    { consent: false, doubleOptIn: true, status: 'transactional' },
  ])('is $status: consent $consent, double opt-in $doubleOptIn', async ({ consent, doubleOptIn, status }) => {
    const office = await openOffice({ mailchimp: { doubleOptIn } });
    await office.bring(withConsent(consent));
    expect(office.member()?.status).toBe(status);
    expect(office.mailchimp.audience().noticed).toEqual([]);
    // What somebody books who did not agree is not told to a marketing tool.
    expect(office.events()).toEqual(consent ? ['booking_created'] : []);
  });

  it.each(['unsubscribed', 'cleaned', 'archived', 'pending', 'transactional', 'subscribed'] as const)(
    'that is %s stays so, whatever is booked and resynced',
    async (status) => {
      const office = await openOffice();
      office.mailchimp.seed(MAIL, { status: status === 'archived' ? 'subscribed' : status });
      if (status === 'archived') office.mailchimp.happen({ happening: 'archived', email: MAIL });
      await office.bring(aBooking());
      office.resync(uuid(1));
      await office.deliver(uuid(1));
      await office.bring(aBooking({ uuid: uuid(2), displayId: '#102' }));
      expect(office.member()?.status).toBe(status);
      expect(office.member()?.mergeValues).toMatchObject({ BOOKINGS: 2 });
      expect(office.tags()).toHaveLength(status === 'archived' ? 0 : 3);
      const bodies = office.server.requests.filter(({ route }) => route === 'member.put').map(({ body }) => body);
      expect(bodies.join()).not.toMatch(/"status":/);
    },
  );

  it('that unsubscribed between two syncs is not brought back', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    office.mailchimp.happen({ happening: 'unsubscribed', email: MAIL });
    await office.bring(aBooking({ partySize: 3 }));
    expect(office.member()?.status).toBe('unsubscribed');
    expect(office.events()).toEqual(['booking_created']);
  });

  it('erased for good is left a tombstone: no error, no further call, no address kept', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    office.mailchimp.happen({ happening: 'erased', email: MAIL });
    await office.bring(aBooking({ partySize: 3 }));
    expect(office.records.get(uuid(1))?.sync.marketing).toMatchObject({ version: 2, state: 'synced' });
    expect(JSON.stringify(office.kept())).not.toContain(MAIL);
    const calls = office.calls().length;
    await office.bring(aBooking({ partySize: 5 }));
    expect(office.calls()).toHaveLength(calls);
    expect(office.records.get(uuid(1))?.sync.marketing?.version).toBe(3);
  });

  it('needs an address: without one nothing is asked and the booking is in sync', async () => {
    const office = await openOffice();
    await office.bring(aBooking({ contact: { ...contact, email: null } }));
    expect(office.calls()).toEqual([]);
    expect(office.records.get(uuid(1))?.sync.marketing).toMatchObject({ version: 1, state: 'synced', links: {} });
  });

  it('is not written where Mailchimp is switched off; without events where those are', async () => {
    const off = await openOffice({ settings: { enabled: false } });
    await off.bring(aBooking());
    expect(off.calls()).toEqual([]);
    const quiet = await openOffice({ settings: { events: false } });
    await quiet.bring(aBooking());
    expect(quiet.events()).toEqual([]);
    expect(quiet.tags()).toHaveLength(3);
  });

  it('loses the tags that no longer hold and keeps those of others', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    office.member()?.tags.set('vip', 'long ago');
    await office.bring(aBooking({ item: { pk: 12, name: 'Whale Watch' } }));
    expect(office.tags()).toEqual(['activity:Whale Watch', 'segment:new', 'stage:upcoming', 'vip']);
    await office.bring(aBooking({ item: { pk: 12, name: 'Whale Watch' }, status: 'cancelled' }));
    expect(office.tags()).toEqual(['segment:new', 'stage:cancelled', 'vip']);
  });

  it.each([0, 1])('leaves no tag behind after a crash while keeping them (%i)', async (after) => {
    const office = await openOffice();
    await office.bring(aBooking());
    const whale = { pk: 12, name: 'Whale Watch' };
    office.crash('keep', after);
    await expect(office.bring(aBooking({ item: whale }))).rejects.toThrow('crashed at keep');
    // The record moves on before the next try.
    await office.bring(aBooking({ item: { pk: 13, name: 'Snorkel' } }));
    expect(office.tags()).toEqual(['activity:Snorkel', 'segment:new', 'stage:upcoming']);
  });

  it('is refreshed when a booking has gone to another guest, without an event', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    await office.bring(aBooking({ uuid: uuid(2), item: { pk: 12, name: 'Whale Watch' } }));
    expect(office.tags()).toContain('activity:Whale Watch');
    const gone = office.records.get(uuid(2));
    if (gone === undefined) throw new Error('no record');
    office.hand(gone, 'g-00000000-0000-4000-8000-000000000009');
    await office.deliver(uuid(2), GUEST);
    expect(office.tags()).toEqual(['activity:Sunset Kayak', 'segment:new', 'stage:upcoming']);
    expect(office.member()?.mergeValues).toMatchObject({ BOOKINGS: 1 });
    expect(office.events()).toEqual(['booking_created', 'booking_created']);
  });

  it('loses our figures and tags where its only booking has gone to another guest; the rest is the person’s own', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    office.member()?.tags.set('vip', 'long ago');
    const gone = office.records.get(uuid(1));
    if (gone === undefined) throw new Error('no record');
    office.hand(gone, 'g-00000000-0000-4000-8000-000000000009');
    await office.deliver(uuid(1), GUEST);
    expect(office.tags()).toEqual(['vip']);
    expect(office.member()).toMatchObject({
      status: 'subscribed',
      mergeValues: { FNAME: 'Noa', BOOKINGS: 0, LTV: 0, NEXT_TOUR: '', AI_SEGMENT: '', UPSELL: '' },
    });
    expect(office.events()).toEqual(['booking_created']);
    // Another look finds nothing to take away any more.
    const calls = office.calls().length;
    await office.deliver(uuid(1), GUEST);
    expect(office.calls().length - calls).toBe(1);
  });

  it('is not made one by that, and an unsubscribe stays', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    office.mailchimp.happen({ happening: 'unsubscribed', email: MAIL });
    const gone = office.records.get(uuid(1));
    if (gone === undefined) throw new Error('no record');
    office.hand(gone, 'g-00000000-0000-4000-8000-000000000009');
    await office.deliver(uuid(1), GUEST);
    expect(office.member()?.status).toBe('unsubscribed');
    office.mailchimp.audience().contacts.clear();
    await office.deliver(uuid(1), GUEST);
    expect(office.mailchimp.audience().contacts.size).toBe(0);
  });
});

describe('consent taken back', () => {
  it('unsubscribes, once, before anything else could start a journey', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    await office.bring(withConsent(false));
    expect(office.member()?.status).toBe('unsubscribed');
    expect(office.calls().slice(4)).toEqual(['member.put', 'member.patch']);
    // Signed up again by the guest: what was taken back then is not taken back again.
    office.mailchimp.happen({ happening: 'confirmed', email: MAIL });
    await office.bring(aBooking({ contact: { ...contact, emailConsent: false }, partySize: 5 }));
    expect(office.member()?.status).toBe('subscribed');
  });

  it('and given again ends as it began', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    office.write(withConsent(false));
    await office.bring(aBooking());
    expect(office.member()?.status).toBe('subscribed');
  });

  it.each(['archived', 'cleaned'] as const)('leaves %s as it is', async (happening) => {
    const office = await openOffice();
    await office.bring(aBooking());
    office.mailchimp.happen({ happening, email: MAIL });
    await office.bring(withConsent(false));
    expect(office.member()?.status).toBe(happening);
  });

  it('is remembered where there was no contact', async () => {
    const office = await openOffice();
    office.write(aBooking());
    await office.bring(withConsent(false));
    expect(office.member()?.status).toBe('unsubscribed');
    expect(office.calls()).toEqual(['member.put', 'tags.post']);
    expect(office.events()).toEqual([]);
  });

  it('counts on an older booking, too, and for that booking’s own address', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    const later = aBooking({ uuid: uuid(2), createdAt: null, contact: { ...contact, email: 'noa@work.test' } });
    office.mailchimp.seed('noa@work.test', { status: 'subscribed' });
    await office.bring(later);
    await office.bring(withConsent(false));
    expect(office.member(MAIL)?.status).toBe('unsubscribed');
    expect(office.member('noa@work.test')?.status).toBe('unsubscribed');
  });
});
