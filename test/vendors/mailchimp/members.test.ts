import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { memberPath, served } from './calls.ts';

const MAIL = 'Mara.Lind@guests.test';

describe('adding and updating a member', () => {
  it('takes status_if_new only where the contact is absent', async () => {
    const { putMember, mailchimp } = await served();
    const first = await putMember(MAIL, { status_if_new: 'transactional', merge_fields: { FNAME: 'Mara' } });
    expect(first).toMatchObject({ status: 200, body: { status: 'transactional', email_address: MAIL } });
    const second = await putMember(MAIL, { status_if_new: 'subscribed', merge_fields: { LNAME: 'Lind' } });
    expect(second.body).toMatchObject({
      status: 'transactional',
      merge_fields: { FNAME: 'Mara', LNAME: 'Lind', UPSELL: '' },
    });
    expect(mailchimp.contact(MAIL)?.status).toBe('transactional');
    expect(mailchimp.audience().history.map(({ operation }) => operation)).toEqual(['member.put', 'member.put']);
  });

  it('lets status overwrite, new or not', async () => {
    const { putMember } = await served();
    await putMember(MAIL, { status_if_new: 'subscribed' });
    expect((await putMember(MAIL, { status: 'unsubscribed' })).body.status).toBe('unsubscribed');
  });

  it.each(['unsubscribed', 'cleaned', 'under-review'] as const)('never re-subscribes who is %s', async (happening) => {
    const { putMember, mailchimp, call } = await served();
    mailchimp.seed(MAIL);
    mailchimp.happen({ happening, email: MAIL });
    const before = mailchimp.contact(MAIL)?.status;
    const refused = await putMember(MAIL, { status: 'subscribed', merge_fields: { FNAME: 'Lost' } });
    expect(refused).toMatchObject({ status: 400, body: { title: 'Member In Compliance State', status: 400 } });
    expect(refused.type).toContain('application/problem+json');
    expect(await call('PATCH', memberPath(MAIL), { status: 'subscribed' })).toMatchObject({ status: 400 });
    expect(mailchimp.contact(MAIL)).toMatchObject({ status: before, mergeValues: {} });
    expect((await putMember(MAIL, { status_if_new: 'subscribed' })).body.status).toBe(before);
    expect((await putMember(MAIL, { status: 'pending' })).body.status).toBe('pending');
  });

  it('leaves an archived contact archived by status_if_new, and revives it by status', async () => {
    const { putMember, call } = await served();
    await putMember(MAIL, { status_if_new: 'subscribed' });
    expect((await call('DELETE', memberPath(MAIL))).status).toBe(204);
    expect((await putMember(MAIL, { status_if_new: 'subscribed' })).body.status).toBe('archived');
    expect((await call('GET', memberPath(MAIL))).body.status).toBe('archived');
    expect((await putMember(MAIL, { status: 'subscribed' })).body.status).toBe('subscribed');
  });

  it('does not let the archive wash an unsubscribe away', async () => {
    const { putMember, mailchimp } = await served();
    mailchimp.seed(MAIL, { status: 'unsubscribed' });
    mailchimp.happen({ happening: 'archived', email: MAIL });
    expect((await putMember(MAIL, { status: 'subscribed' })).body.title).toBe('Member In Compliance State');
  });

  it('forgets the erased for good: GET says 404, a write is refused', async () => {
    const { putMember, call } = await served();
    await putMember(MAIL);
    expect((await call('POST', `${memberPath(MAIL)}/actions/delete-permanent`)).status).toBe(204);
    expect(await call('GET', memberPath(MAIL))).toMatchObject({ status: 404, body: { title: 'Resource Not Found' } });
    expect(await putMember(MAIL)).toMatchObject({ status: 400, body: { title: 'Forgotten Email Not Subscribed' } });
    const post = await call('POST', '/lists/audience01/members', { email_address: MAIL, status: 'pending' });
    expect(post.body.title).toBe('Forgotten Email Not Subscribed');
  });

  it.each(['guest@example.com', 'x@sub@example.org', 'nobody@mailinator.com', 'no address', 'a@nodot'])(
    'refuses the address %s',
    async (email) => {
      const { putMember, mailchimp } = await served();
      expect(await putMember(email)).toMatchObject({ status: 400, body: { title: 'Invalid Resource' } });
      expect(mailchimp.audience().contacts.size).toBe(0);
    },
  );

  it('says what is wrong with a fake-looking and with a throttled address', async () => {
    const { putMember } = await served({ throttled: [MAIL] });
    expect((await putMember('a@example.com')).body.detail).toMatch(/looks fake or invalid/);
    expect((await putMember(MAIL)).body.detail).toMatch(/signed up to a lot of lists very recently/);
  });

  it('finds a member by hash, address or contact id, but not by a hash of the address as typed', async () => {
    const { putMember, call, mailchimp } = await served();
    await putMember(MAIL);
    const typed = `/lists/audience01/members/${createHash('md5').update(MAIL).digest('hex')}`;
    expect((await call('GET', typed)).status).toBe(404);
    const again = await call('PUT', typed, { email_address: MAIL, status_if_new: 'subscribed' });
    expect(again).toMatchObject({ status: 400, body: { title: 'Member Exists' } });
    for (const id of [MAIL, mailchimp.contact(MAIL)?.contactId ?? '']) {
      const found = await call('GET', `/lists/audience01/members/${encodeURIComponent(id)}`);
      expect(found.body.email_address).toBe(MAIL);
    }
  });

  it('moves a contact to a new address, keeping tags and events, unless somebody has it', async () => {
    const { putMember, call, mailchimp } = await served();
    const fresh = 'mara@new-home.test';
    await putMember(MAIL);
    await putMember('other@guests.test');
    await call('POST', `${memberPath(MAIL)}/tags`, { tags: [{ name: 'stage:upcoming', status: 'active' }] });
    const moved = await call('PATCH', memberPath(MAIL), { email_address: fresh });
    expect(moved).toMatchObject({ status: 200, body: { email_address: fresh, tags_count: 1 } });
    expect((await call('GET', memberPath(MAIL))).status).toBe(404);
    const louder = await call('PATCH', memberPath(fresh), { email_address: fresh.toUpperCase() });
    expect(louder.body.email_address).toBe(fresh.toUpperCase());
    const taken = await call('PUT', memberPath(fresh), {
      email_address: 'OTHER@guests.test',
      status_if_new: 'pending',
    });
    expect(taken).toMatchObject({ status: 400, body: { title: 'Member Exists' } });
    expect(mailchimp.contact(fresh)?.tags.has('stage:upcoming')).toBe(true);
    expect(mailchimp.audience().contacts.size).toBe(2);
  });

  it('notices who is subscribed past a double opt-in', async () => {
    const { putMember, call, mailchimp } = await served({ doubleOptIn: true });
    expect((await call('GET', '/lists/audience01')).body.double_optin).toBe(true);
    await putMember(MAIL, { status_if_new: 'pending' });
    expect(mailchimp.audience().noticed).toEqual([]);
    await putMember('b@guests.test', { status_if_new: 'subscribed' });
    expect(mailchimp.audience().noticed).toMatchObject([{ what: 'subscribed-without-double-opt-in' }]);
  });

  it('POST adds only, PATCH changes only', async () => {
    const { call } = await served();
    const body = { email_address: MAIL, status: 'subscribed' };
    expect((await call('PATCH', memberPath(MAIL), { status: 'subscribed' })).status).toBe(404);
    expect((await call('POST', '/lists/audience01/members', { email_address: MAIL })).status).toBe(400);
    expect((await call('POST', '/lists/audience01/members', body)).status).toBe(200);
    expect((await call('POST', '/lists/audience01/members', body)).body.title).toBe('Member Exists');
  });
});

describe('the document’s rules', () => {
  it.each([
    [{ status_if_new: 'archived' }, 'status_if_new'],
    [{ status_if_new: undefined }, 'status_if_new'],
    [{ merge_fields: { FNAME: null } }, 'merge_fields.FNAME'],
    [{ merge_fields: { PHONE: { addr1: 'Pier 1' } } }, 'merge_fields.PHONE'],
    [{ merge_fields: ['FNAME'] }, 'merge_fields'],
    [{ vip: 'yes' }, 'vip'],
    [{ timestamp_opt: 'yesterday' }, 'timestamp_opt'],
  ])('refuses %j, naming the field', async (body, field) => {
    const { putMember, mailchimp } = await served();
    const refused = await putMember(MAIL, body);
    expect(refused).toMatchObject({ status: 400, body: { title: 'Invalid Resource' } });
    expect(refused.body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ field })]));
    expect(mailchimp.audience().contacts.size).toBe(0);
  });

  it('refuses what is no JSON and a page larger than 1,000', async () => {
    const { call } = await served();
    expect((await call('PUT', memberPath(MAIL), '{"email')).body.title).toBe('JSON Parse Error');
    expect((await call('GET', '/lists/audience01/members?count=1001')).status).toBe(400);
    expect((await call('GET', '/lists/audience01/members?count=1000')).status).toBe(200);
  });
});
