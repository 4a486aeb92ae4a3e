import { describe, expect, it } from 'vitest';
import { AUTH, memberPath, served } from './calls.ts';

const MAIL = 'noor@guests.test';

describe('the account', () => {
  it('wants its key, by Basic auth with any user or as bearer', async () => {
    const { call } = await served();
    expect((await call('GET', '/ping', undefined, AUTH)).body.health_status).toBe("Everything's Chimpy!");
    expect((await call('GET', '/ping', undefined, { authorization: 'Bearer local-key-us1' })).status).toBe(200);
    expect(await call('GET', '/ping', undefined, {})).toMatchObject({
      status: 401,
      body: { title: 'API Key Missing' },
    });
    for (const wrong of [
      `Basic ${Buffer.from('local-key-us1:').toString('base64')}`,
      'Bearer other-us1',
      'Digest local-key-us1',
    ]) {
      const refused = await call('GET', '/ping', undefined, { authorization: wrong });
      expect(refused).toMatchObject({ status: 401, body: { title: 'API Key Invalid' } });
    }
  });

  it('answers an unknown audience and an unknown path with a problem', async () => {
    const { call } = await served();
    for (const path of ['/lists/elsewhere', '/nothing']) {
      const missing = await call('GET', path);
      expect(missing).toMatchObject({ status: 404, body: { title: 'Resource Not Found' } });
      expect(missing.type).toContain('problem+json');
    }
  });

  it('answers ten at once, the eleventh gets 429', async () => {
    const { call } = await served({ latencyMs: 600 });
    const answers = await Promise.all(Array.from({ length: 11 }, () => call('GET', '/ping')));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(10).fill(200), 429]);
    expect((await call('GET', '/ping')).status).toBe(200);
  });

  it('keeps audiences apart', async () => {
    const { call, mailchimp } = await served({ otherAudiences: [{ id: 'audience02', doubleOptIn: true }] });
    const body = { email_address: MAIL, status_if_new: 'pending' };
    await call('PUT', memberPath(MAIL).replace('audience01', 'audience02'), body);
    expect(mailchimp.contact(MAIL)).toBeUndefined();
    expect(mailchimp.contact(MAIL, 'audience02')?.status).toBe('pending');
  });

  it('shows its state, and forgets everything when told', async () => {
    const { call, putMember, server, mailchimp } = await served();
    await putMember(MAIL, { merge_fields: { BOOKINGS: 2 }, tags: ['stage:past'] });
    await call('POST', `${memberPath(MAIL)}/events`, { name: 'booking_created', properties: { event_key: 'k' } });
    const state = await call('GET', '/_state');
    expect(state.body.members).toMatchObject({
      [MAIL]: {
        status: 'transactional',
        merge_fields: { BOOKINGS: 2 },
        tags: ['stage:past'],
        events: [{ name: 'booking_created', properties: { event_key: 'k' } }],
      },
    });
    server.reset();
    expect(mailchimp.contact(MAIL)).toBeUndefined();
    expect((await call('GET', '/_state')).body.members).toEqual({});
  });

  it('commits and drops on demand: the write is there, the answer is not', async () => {
    const { call, putMember, server, mailchimp } = await served();
    await putMember(MAIL);
    server.fault({ route: 'events.post', commitThenDrop: true });
    await expect(call('POST', `${memberPath(MAIL)}/events`, { name: 'booking_created' })).rejects.toThrow();
    expect(mailchimp.contact(MAIL)?.events).toHaveLength(1);
    server.fault({ route: 'member.put', status: 403, body: '<html>Forbidden</html>' });
    const response = await fetch(`${server.url}/3.0${memberPath(MAIL)}`, { method: 'PUT', headers: AUTH, body: '{}' });
    expect(response.status).toBe(403);
    expect(await response.text()).toBe('<html>Forbidden</html>');
  });

  it('lets things happen to a contact from outside', async () => {
    const { call, putMember, mailchimp } = await served();
    await putMember(MAIL, { status_if_new: 'subscribed' });
    expect((await call('POST', '/_contacts', { happening: 'unsubscribed', email: MAIL }, {})).status).toBe(204);
    expect(mailchimp.contact(MAIL)?.status).toBe('unsubscribed');
    expect((await call('POST', '/_contacts', { happening: 'unsubscribed', email: 'x@guests.test' }, {})).status).toBe(
      404,
    );
    expect((await call('POST', '/_contacts', { happening: 'vanished', email: MAIL }, {})).status).toBe(400);
  });
});

describe('bulk', () => {
  const bulk = '/lists/audience01';

  it('answers 200 with what failed, and writes the rest', async () => {
    const { call, mailchimp } = await served();
    mailchimp.seed('known@guests.test', { status: 'unsubscribed' });
    const members = [
      { email_address: MAIL, status: 'transactional', merge_fields: { FNAME: 'Noor' } },
      { email_address: 'known@guests.test', status: 'subscribed' },
      { email_address: 'who@example.com', status: 'subscribed' },
      { email_address: 'day@guests.test', status: 'subscribed', merge_fields: { NEXT_TOUR: 'soon' } },
    ];
    const added = await call('POST', bulk, { members });
    expect(added).toMatchObject({ status: 200, body: { total_created: 1, total_updated: 0, error_count: 3 } });
    expect(added.body.errors).toMatchObject([
      { email_address: 'known@guests.test', error_code: 'ERROR_CONTACT_EXISTS' },
      { error_code: 'ERROR_GENERIC' },
      { field: 'NEXT_TOUR' },
    ]);
    const updated = await call('POST', bulk, { members: members.slice(0, 2), update_existing: true });
    expect(updated.body).toMatchObject({ total_created: 0, total_updated: 1, error_count: 1 });
    expect(mailchimp.contact('known@guests.test')?.status).toBe('unsubscribed');
  });

  it('replaces all tags where asked to sync them', async () => {
    const { call, putMember, mailchimp } = await served();
    await putMember(MAIL, { tags: ['stage:upcoming', 'segment:new'] });
    const members = [{ email_address: MAIL, tags: ['segment:new', 'stage:past'] }];
    await call('POST', bulk, { members, update_existing: true });
    expect([...(mailchimp.contact(MAIL)?.tags.keys() ?? [])]).toEqual(['stage:upcoming', 'segment:new']);
    await call('POST', bulk, { members, update_existing: true, sync_tags: true });
    expect([...(mailchimp.contact(MAIL)?.tags.keys() ?? [])]).toEqual(['segment:new', 'stage:past']);
  });

  it('takes 500 members, not 501', async () => {
    const { call, mailchimp } = await served();
    const members = Array.from({ length: 501 }, (_, n) => ({
      email_address: `g${n}@guests.test`,
      status: 'transactional',
    }));
    expect((await call('POST', bulk, { members })).status).toBe(400);
    expect(mailchimp.audience().contacts.size).toBe(0);
    expect((await call('POST', bulk, { members: members.slice(1) })).body.total_created).toBe(500);
  });
});

describe('segments', () => {
  it('shows each tag as a static segment, and keeps saved ones', async () => {
    const { call, putMember } = await served();
    await putMember(MAIL, { tags: ['activity:whales'] });
    const condition = { condition_type: 'TextMerge', field: 'CHURN', op: 'is', value: 'high' };
    const saved = { name: 'Win back', options: { match: 'all', conditions: [condition] } };
    expect((await call('POST', '/lists/audience01/segments', saved)).body).toMatchObject({
      name: 'Win back',
      type: 'saved',
    });
    expect((await call('POST', '/lists/audience01/segments', saved)).status).toBe(400);
    const { body } = await call('GET', '/lists/audience01/segments?type=static');
    expect(body.segments).toMatchObject([{ name: 'activity:whales', member_count: 1 }]);
  });

  it.each([
    ['no condition', []],
    ['a field it does not have', [{ condition_type: 'TextMerge', field: 'NOBODY', op: 'is', value: 'a' }]],
    ['a date', [{ condition_type: 'TextMerge', field: 'LAST_TOUR', op: 'is', value: 'a' }]],
    ['an unknown comparison', [{ condition_type: 'TextMerge', field: 'CHURN', op: 'equals', value: 'a' }]],
    ['an unknown kind', [{ field: 'CHURN', op: 'is', value: 'a' }]],
  ])('refuses a saved segment with %s', async (_, conditions) => {
    const { call } = await served();
    const saved = { name: 'Win back', options: { match: 'all', conditions } };
    expect((await call('POST', '/lists/audience01/segments', saved)).status).toBe(400);
  });
});
