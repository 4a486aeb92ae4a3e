import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { type AudienceOf, audiences } from '../../../functions/marketing-sync/mailchimp/audiences.ts';
import { MOST_MEMBERS } from '../../../functions/marketing-sync/mailchimp/mailchimp.ts';
import { mailchimpBulk } from '../../../functions/marketing-sync/mailchimp-bulk.ts';
import type { Booking } from '../../../shared/booking/booking.ts';
import { summarise } from '../../../shared/guest/booking-summary.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { profileOf } from '../../../shared/guest/profile.ts';
import { totalsOf } from '../../../shared/guest/totals.ts';
import { httpClient } from '../../../shared/http/http-client.ts';
import { companySettingsSchema } from '../../../shared/settings/settings.ts';
import type { BulkTask } from '../../../shared/sink/bulk-sink.ts';
import { createMailchimp, type MailchimpOptions } from '../../vendors/mailchimp/mailchimp.ts';
import { serveVendor } from '../../vendors/server.ts';
import { allowed } from '../acts/automatic.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { aRecord, NOW } from './office.ts';

const now = () => new Date(NOW);
const always = async () => true;
const bodySchema = z.looseObject({ members: z.array(z.looseObject({})), update_existing: z.boolean() });
const mailOf = (n: number) => `guest-${n}@harborlight-sample.test`;

async function openAudience(options: MailchimpOptions = {}) {
  const mailchimp = createMailchimp(options);
  const server = await serveVendor(mailchimp);
  onTestFinished(() => server.close());
  const account = { apiKey: 'local-key-us1', audienceId: 'audience01', apiUrl: `${server.url}/3.0` };
  const audienceOf = audiences(
    async () => ({ '*': account }),
    httpClient('mailchimp', 20_000),
    Number.POSITIVE_INFINITY,
  );
  const bodies = () =>
    server.requests.filter(({ route }) => route === 'list.bulk').map(({ body }) => bodySchema.parse(JSON.parse(body)));
  return { mailchimp, server, audienceOf, bodies };
}

const kept: { readonly n: number; readonly value: object }[] = [];

/** Guest `n`, who agreed to marketing, with one booking. */
function aTask(n: number, known?: object, booking: Partial<Booking> = {}): BulkTask {
  const { contact } = aBooking();
  const whole = aBooking({ uuid: uuid(n), contact: { ...contact, email: mailOf(n) }, ...booking });
  const record = aRecord(whole, { guestKey: guestKeyFor(uuid(n)), quietThrough: 1 });
  const profile = profileOf(totalsOf([summarise(whole, NOW)], NOW), NOW);
  return {
    guest: { key: record.guestKey, company: record.company, profile, latest: record, kept: known },
    settings: companySettingsSchema.parse({ name: 'Harbor Kayaks' }),
    ...allowed,
    keep: async (value) => {
      kept.push({ n, value });
    },
    bookings: [{ record, sale: { key: record.uuid, chain: [record] } }],
  };
}

describe('members in bulk', () => {
  it(`go ${MOST_MEMBERS} in a call, and no event with them`, async () => {
    const { mailchimp, server, audienceOf, bodies } = await openAudience();
    const tasks = Array.from({ length: MOST_MEMBERS + 1 }, (_, index) => aTask(index + 1));
    const outcomes = await mailchimpBulk({ audienceOf, now }).bring('harbor-kayaks', tasks, always);
    expect([...outcomes.values()].every(({ kind }) => kind === 'brought')).toBe(true);
    expect(bodies().map(({ members }) => members.length)).toEqual([MOST_MEMBERS, 1]);
    expect(mailchimp.audience().contacts.size).toBe(tasks.length);
    const routes = new Set(server.requests.map(({ route }) => route));
    expect([...routes].sort()).toEqual(['list.bulk', 'list.get', 'tags.post']);
  });

  it('that exist are never sent a status: who unsubscribes between the two calls stays so', async () => {
    const { mailchimp, audienceOf, bodies } = await openAudience();
    for (const n of [1, 2]) mailchimp.seed(mailOf(n), { status: 'subscribed' });
    const inBetween: AudienceOf = async (company) => {
      const audience = await audienceOf(company);
      return {
        ...audience,
        async addMembers(members) {
          const replies = await audience.addMembers(members);
          mailchimp.happen({ happening: 'unsubscribed', email: mailOf(1) });
          return replies;
        },
      };
    };
    const tasks = [1, 2, 3].map((n) => aTask(n));
    await mailchimpBulk({ audienceOf: inBetween, now }).bring('harbor-kayaks', tasks, always);
    expect([1, 2, 3].map((n) => mailchimp.contact(mailOf(n))?.status)).toEqual([
      'unsubscribed',
      'subscribed',
      'subscribed',
    ]);
    expect([1, 2, 3].map((n) => mailchimp.contact(mailOf(n))?.mergeValues.BOOKINGS)).toEqual([1, 1, 1]);
    const [add, update] = bodies();
    expect([add?.update_existing, update?.update_existing]).toEqual([false, true]);
    expect(update?.members.some((member) => 'status' in member)).toBe(false);
    expect([...bodies()].every((body) => !('sync_tags' in body))).toBe(true);
  });

  it('we wrote before are updated at once; who is gone since is left to the single path', async () => {
    const { mailchimp, audienceOf, bodies } = await openAudience();
    mailchimp.seed(mailOf(1), { status: 'transactional' });
    const known = (n: number) => ({ email: mailOf(n), tags: ['stage:past'], tagsCertain: true, forgotten: [] });
    const tasks = [1, 2].map((n) => aTask(n, known(n)));
    const outcomes = await mailchimpBulk({ audienceOf, now }).bring('harbor-kayaks', tasks, always);
    expect([1, 2].map((n) => outcomes.get(guestKeyFor(uuid(n)))?.kind)).toEqual(['brought', 'left']);
    expect(bodies()).toHaveLength(1);
    expect([...(mailchimp.contact(mailOf(1))?.tags.keys() ?? [])]).not.toContain('stage:past');
    expect(mailchimp.contact(mailOf(2))).toBeUndefined();
  });

  it('whose address changed, or who took consent back, are left to the single path', async () => {
    const { server, audienceOf } = await openAudience();
    const elsewhere = aTask(1, { email: mailOf(9), tags: [], tagsCertain: true, forgotten: [] });
    const withdrawn = aTask(2, undefined, {
      contact: { ...aBooking().contact, email: mailOf(2), emailConsent: false },
    });
    const change = { version: 1, at: NOW, change: { kind: 'consent_withdrawn' } } as const;
    const bookings = withdrawn.bookings.map(({ record, sale }) => ({ sale, record: { ...record, changes: [change] } }));
    const tasks = [elsewhere, { ...withdrawn, bookings }];
    const outcomes = await mailchimpBulk({ audienceOf, now }).bring('harbor-kayaks', tasks, always);
    expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(['left', 'left']);
    expect(server.requests).toEqual([]);
  });

  it('whose tags could not be written wait, and it is known that some may be there', async () => {
    const { server, audienceOf } = await openAudience();
    server.fault({ route: 'tags.post', status: 503 });
    kept.length = 0;
    const outcomes = await mailchimpBulk({ audienceOf, now }).bring('harbor-kayaks', [aTask(1)], always);
    expect([...outcomes.values()]).toEqual([{ kind: 'waits', code: 'mailchimp.unavailable' }]);
    expect(kept).toEqual([{ n: 1, value: expect.objectContaining({ email: mailOf(1), tagsCertain: false }) }]);
  });

  it('stop between two calls when somebody pauses: the members are there, their tags wait', async () => {
    const { server, audienceOf } = await openAudience();
    let [asked, at] = [0, 0];
    const later = () => {
      at += 11_000;
      return new Date(at);
    };
    const mayGoOn = async () => {
      asked += 1;
      return asked === 1;
    };
    const outcomes = await mailchimpBulk({ audienceOf, now: later }).bring(
      'harbor-kayaks',
      [aTask(1), aTask(2)],
      mayGoOn,
    );
    expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(['waits', 'waits']);
    expect(server.requests.map(({ route }) => route)).toEqual(['list.get', 'list.bulk']);
  });
});
