import { describe, expect, it } from 'vitest';
import { audiences } from '../../../functions/marketing-sync/mailchimp/audiences.ts';
import { guestKeySchema } from '../../../shared/guest/guest-key.ts';
import { httpClient } from '../../../shared/http/http-client.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { MAIL, NOW, openOffice } from './office.ts';

const keysOf = (office: Awaited<ReturnType<typeof openOffice>>) =>
  office.member()?.events.map(({ properties }) => properties.event_key?.slice(37)) ?? [];

describe('what Mailchimp is called for', () => {
  it('a new booking: the contact, its tags, its event; a change that moves no tag: the contact, and its event', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    // The audience is asked for its double opt-in once in a process's life.
    expect(office.calls()).toEqual(['list.get', 'member.put', 'tags.post', 'events.post']);
    await office.bring(aBooking({ note: 'We come ten minutes later' }));
    expect(office.calls().slice(4)).toEqual(['member.put']);
    await office.bring(aBooking({ note: 'We come ten minutes later', partySize: 3 }));
    expect(office.calls().slice(5)).toEqual(['member.put', 'events.post']);
  });
});

describe('an event', () => {
  it('starts its journey once, however often the hint comes', async () => {
    const office = await openOffice({ mailchimp: { journeys: ['booking_created'] } });
    await office.bring(aBooking());
    await office.deliver(uuid(1));
    await office.deliver(uuid(1));
    expect(office.mailchimp.audience().journeys).toHaveLength(1);
  });

  it.each(['member.put', 'tags.post', 'events.post'])(
    'is there once when the answer to %s was lost after the work was done',
    async (route) => {
      const office = await openOffice();
      office.server.fault({ route, commitThenDrop: true });
      await expect(office.bring(aBooking())).rejects.toMatchObject({ code: 'mailchimp.network' });
      await office.deliver(uuid(1));
      expect(keysOf(office)).toEqual(['1:booked']);
      expect(office.tags()).toHaveLength(3);
      expect(office.records.get(uuid(1))?.sync.marketing?.version).toBe(1);
    },
  );

  it.each(['events.post', 'tags.post'])('is there once when %s failed before the work was done', async (route) => {
    const office = await openOffice();
    office.server.fault({ route, status: 503, times: 2 });
    await expect(office.bring(aBooking())).rejects.toMatchObject({ code: 'mailchimp.unavailable' });
    await expect(office.deliver(uuid(1))).rejects.toMatchObject({ code: 'mailchimp.unavailable' });
    await office.deliver(uuid(1));
    expect(keysOf(office)).toEqual(['1:booked']);
  });

  it.each(['noteAttempt', 'noteSynced'] as const)('is there once after a crash at %s', async (method) => {
    const office = await openOffice();
    office.crash(method);
    await expect(office.bring(aBooking())).rejects.toThrow(`crashed at ${method}`);
    await office.deliver(uuid(1));
    expect(keysOf(office)).toEqual(['1:booked']);
  });

  it('is there once when the booking moved on between the crash and the next try', async () => {
    const office = await openOffice();
    office.crash('noteSynced');
    await expect(office.bring(aBooking())).rejects.toThrow();
    await office.bring(aBooking({ partySize: 4 }));
    await office.bring(aBooking());
    expect(keysOf(office)).toEqual(['1:booked', '1:party_changed', '2:party_changed']);
  });

  it('is there once when the address was corrected between the crash and the next try', async () => {
    const office = await openOffice();
    office.crash('noteSynced');
    await expect(office.bring(aBooking())).rejects.toThrow();
    // The new address is a contact already, so that the old one stays behind with what it was told.
    const audience = await audiences(async () => office.secret, httpClient('mailchimp', 2_000))('harbor-kayaks');
    const email = 'ida@lund.test';
    await audience.writeMember(email, { email_address: email, status_if_new: 'subscribed', merge_fields: {} });
    await office.bring(aBooking({ contact: { ...aBooking().contact, email } }));
    expect(office.member()?.events).toHaveLength(1);
    expect([...office.events(), ...office.events('ida@lund.test')]).toEqual(['booking_created']);
  });

  it('waits until nobody can be at work on it under another guest', async () => {
    let clock = Date.parse(NOW);
    const office = await openOffice({ now: () => new Date(clock) });
    const moved = { kind: 'guest_changed', from: guestKeySchema.parse(`g-${uuid(9)}`) } as const;
    office.write(aBooking());
    await expect(office.bring(aBooking(), [moved])).rejects.toMatchObject({
      code: 'guest.moved',
      waitSeconds: 30,
    });
    expect(office.events()).toEqual([]);
    clock += 30_000;
    await office.deliver(uuid(1));
    expect(office.events()).toEqual(['booking_created']);
  });

  it('is sent by the next try when only some of several arrived', async () => {
    const office = await openOffice();
    office.write(aBooking());
    office.write(aBooking({ partySize: 4 }));
    office.server.fault({ route: 'events.post', match: ':1:party_changed', status: 500 });
    await expect(office.deliver(uuid(1))).rejects.toThrow();
    expect(keysOf(office)).toEqual(['1:booked']);
    await office.deliver(uuid(1));
    expect(keysOf(office)).toEqual(['1:booked', '1:party_changed']);
  });

  it('is found among thousands, and another booking’s is not taken for it', async () => {
    const office = await openOffice();
    office.crash('noteSynced');
    await expect(office.bring(aBooking())).rejects.toThrow();
    const at = { occurred_at: '2026-12-01T12:00:00Z', is_syncing: false };
    const others = Array.from({ length: 1_500 }, (_, n) => ({ name: 'visit', properties: { page: `${n}` }, ...at }));
    office.member()?.events.push(...others);
    await office.deliver(uuid(1));
    expect(office.events().filter((name) => name === 'booking_created')).toHaveLength(1);
    office.crash('noteAttempt');
    await expect(office.bring(aBooking({ uuid: uuid(2) }))).rejects.toThrow();
    await office.deliver(uuid(2));
    expect(office.events().filter((name) => name === 'booking_created')).toHaveLength(2);
  });

  it('is never looked for without need', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    await office.bring(aBooking({ partySize: 4 }));
    expect(office.calls()).not.toContain('events.get');
  });

  it('tells a rebooking once, whichever half comes first', async () => {
    for (const newHalfFirst of [true, false]) {
      const office = await openOffice();
      await office.bring(aBooking());
      const halves = [
        aBooking({ uuid: uuid(2), rebookedFrom: uuid(1), displayId: '#102' }),
        aBooking({ status: 'rebooked', rebookedTo: uuid(2) }),
      ];
      for (const half of newHalfFirst ? halves : halves.reverse()) await office.bring(half);
      expect(office.events()).toEqual(['booking_created', 'booking_changed']);
      expect(office.tags()).toContain('stage:upcoming');
    }
  });

  it('tells of cancelling and of taking it back', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    await office.bring(aBooking({ status: 'cancelled' }));
    expect(office.tags()).toEqual(['segment:new', 'stage:cancelled']);
    await office.bring(aBooking());
    expect(office.events()).toEqual(['booking_created', 'booking_cancelled', 'booking_changed']);
    expect(office.tags()).toContain('stage:upcoming');
  });
});

describe('Mailchimp in trouble', () => {
  it('is given two minutes after a call that timed out: it may still be at work', async () => {
    const office = await openOffice({ timeoutMs: 200 });
    office.server.fault({ route: 'member.put', hang: true });
    await expect(office.bring(aBooking())).rejects.toMatchObject({ code: 'mailchimp.timeout', waitSeconds: 120 });
  });

  it.each([
    [{ status: 403, body: '<html>Forbidden</html>' }, 'mailchimp.unavailable', 'RetryableError'],
    [{ status: 429 }, 'mailchimp.busy', 'RetryableError'],
    [{ status: 200, body: 'not JSON' }, 'mailchimp.unreadable', 'RetryableError'],
    [{ status: 200, body: { id: 7 } }, 'mailchimp.unreadable', 'RetryableError'],
    [{ status: 403, body: { title: 'User Disabled', status: 403 } }, 'mailchimp.key-rejected', 'PermanentError'],
  ])('answering %j is %s', async (answer, code, name) => {
    const office = await openOffice();
    office.server.fault({ route: 'member.put', ...answer });
    await expect(office.bring(aBooking())).rejects.toMatchObject({ code, name });
    await office.deliver(uuid(1));
    expect(office.events()).toEqual(['booking_created']);
  });

  it('with a wrong key or audience parks and says what to do', async () => {
    const office = await openOffice();
    office.secret['*'].apiKey = 'other-us1';
    await expect(office.bring(aBooking())).rejects.toMatchObject({ code: 'mailchimp.key-rejected' });
    office.secret['*'].apiKey = 'local-key-us1';
    office.secret['*'].audienceId = 'elsewhere';
    await expect(office.deliver(uuid(1))).rejects.toMatchObject({ code: 'mailchimp.audience-unknown' });
  });

  it('refusing an address parks without repeating it', async () => {
    const office = await openOffice({ mailchimp: { throttled: ['busy@guests.test'] } });
    const { contact } = aBooking();
    const refused = await office.bring(aBooking({ contact: { ...contact, email: 'noa@example.com' } })).catch((e) => e);
    expect(refused).toMatchObject({ name: 'PermanentError', code: 'mailchimp.bad-address' });
    expect(JSON.stringify([refused.message, refused.remedy])).not.toContain('noa@');
    await expect(office.bring(aBooking({ contact: { ...contact, email: 'busy@guests.test' } }))).rejects.toMatchObject({
      code: 'mailchimp.throttled-address',
    });
  });

  it('refusing a merge field parks with the field’s name and no value', async () => {
    const office = await openOffice();
    const phone = office.mailchimp.audience().mergeFields.findIndex(({ tag }) => tag === 'PHONE');
    const field = office.mailchimp.audience().mergeFields[phone];
    if (field)
      office.mailchimp.audience().mergeFields[phone] = { ...field, type: 'phone', options: { phone_format: 'US' } };
    const refused = await office.bring(aBooking()).catch((error) => error);
    expect(refused).toMatchObject({ name: 'PermanentError', code: 'mailchimp.rejected' });
    expect(refused.message).toContain('PHONE: Phone number invalid');
    expect(refused.message).not.toContain('0101');
  });

  it('leaves nothing personal in the log', async () => {
    const office = await openOffice();
    await office.bring(aBooking());
    office.mailchimp.happen({ happening: 'erased', email: MAIL });
    await office.bring(aBooking({ partySize: 4 }));
    expect(office.lines.length).toBeGreaterThan(2);
    expect(JSON.stringify(office.lines)).not.toMatch(/noa|kealoha|2025550101/i);
  });
});
