import { describe, expect, it } from 'vitest';
import { memberPath, served } from './calls.ts';

const MAIL = 'ines@guests.test';

describe('tags', () => {
  it('adds and removes by name', async () => {
    const { putMember, call, mailchimp } = await served();
    await putMember(MAIL);
    const path = `${memberPath(MAIL)}/tags`;
    const tag = (name: string, status: string) => ({ name, status });
    expect((await call('POST', path, { tags: [tag('a', 'active'), tag('b', 'active')] })).status).toBe(204);
    await call('POST', path, { tags: [tag('a', 'inactive'), tag('never', 'inactive')] });
    expect((await call('GET', path)).body).toMatchObject({ tags: [{ name: 'b' }], total_items: 1 });
    expect([...(mailchimp.contact(MAIL)?.tags.keys() ?? [])]).toEqual(['b']);
  });

  it.each([{ tags: ['a'] }, { tags: [{ name: 'a' }] }, [{ name: 'a', status: 'active' }], { tags: { a: 'active' } }])(
    'answers 204 to the wrong shape %j and does nothing',
    async (body) => {
      const { putMember, call, mailchimp } = await served();
      await putMember(MAIL);
      expect((await call('POST', `${memberPath(MAIL)}/tags`, body)).status).toBe(204);
      expect(mailchimp.contact(MAIL)?.tags.size).toBe(0);
      expect(mailchimp.audience().noticed).toMatchObject([{ what: 'tags-shape-ignored', email: MAIL }]);
    },
  );

  it('takes tags in a member body only when it is created', async () => {
    const { putMember, mailchimp } = await served();
    await putMember(MAIL, { tags: ['first'] });
    await putMember(MAIL, { tags: ['second'] });
    expect([...(mailchimp.contact(MAIL)?.tags.keys() ?? [])]).toEqual(['first']);
    expect(mailchimp.audience().noticed).toMatchObject([{ what: 'tags-ignored-on-update' }]);
  });

  it('knows no tags of nobody', async () => {
    const { call } = await served();
    expect((await call('POST', `${memberPath(MAIL)}/tags`, { tags: [] })).status).toBe(404);
  });
});

describe('events', () => {
  it('keeps name and text properties, newest first, ten a page unless told', async () => {
    const { putMember, call } = await served();
    await putMember(MAIL);
    const path = `${memberPath(MAIL)}/events`;
    for (let version = 1; version <= 12; version += 1) {
      const body = { name: 'booking_changed', properties: { event_key: `uuid:${version}:party` } };
      expect((await call('POST', path, body)).status).toBe(204);
    }
    const { body } = await call('GET', path);
    expect(body.total_items).toBe(12);
    expect(body.events).toHaveLength(10);
    expect(body.events).toMatchObject([
      { properties: { event_key: 'uuid:12:party' } },
      {},
      {},
      {},
      {},
      {},
      {},
      {},
      {},
      {},
    ]);
    expect((await call('GET', `${path}?count=1000`)).body.events).toHaveLength(12);
  });

  it.each([
    [{ name: 'x' }],
    [{ name: 'n'.repeat(31) }],
    [{}],
    [{ name: 'booking_created', properties: { party_size: 4 } }],
    [{ name: 'booking_created', properties: { when: null } }],
  ])('refuses %j', async (body) => {
    const { putMember, call, mailchimp } = await served();
    await putMember(MAIL);
    const refused = await call('POST', `${memberPath(MAIL)}/events`, body);
    expect(refused).toMatchObject({ status: 400, body: { title: 'Invalid Resource' } });
    expect(mailchimp.contact(MAIL)?.events).toEqual([]);
  });
});

describe('journeys', () => {
  const journeys = ['booking_created', 'stage:upcoming'];
  const tag = { tags: [{ name: 'stage:upcoming', status: 'active' }] };

  it('begin by an event each time, by a tag once', async () => {
    const { call, mailchimp } = await served({ journeys });
    mailchimp.seed(MAIL);
    for (const _round of [1, 2]) {
      await call('POST', `${memberPath(MAIL)}/events`, { name: 'booking_created' });
      await call('POST', `${memberPath(MAIL)}/tags`, tag);
    }
    await call('POST', `${memberPath(MAIL)}/events`, { name: 'booking_changed' });
    const triggers = mailchimp.audience().journeys.map(({ trigger }) => trigger);
    expect(triggers).toEqual(['event:booking_created', 'tag:stage:upcoming', 'event:booking_created']);
  });

  it('stay quiet for a syncing write and for who is not subscribed', async () => {
    const { call, mailchimp } = await served({ journeys });
    mailchimp.seed(MAIL);
    mailchimp.seed('quiet@guests.test', { status: 'transactional' });
    await call('POST', `${memberPath(MAIL)}/events`, { name: 'booking_created', is_syncing: true });
    await call('POST', `${memberPath(MAIL)}/tags`, { ...tag, is_syncing: true });
    await call('POST', `${memberPath('quiet@guests.test')}/events`, { name: 'booking_created' });
    expect(mailchimp.audience().journeys).toEqual([]);
    expect(mailchimp.contact('quiet@guests.test')?.events).toHaveLength(1);
  });
});
