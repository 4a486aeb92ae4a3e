import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type RunningVendor, serveVendor, type VendorRequest } from '../server.ts';
import { type Calls, memberPath, served } from './calls.ts';
import { signature } from './outgoing.ts';

const MAIL = 'lena@guests.test';
const WEBHOOKS = '/lists/audience01/webhooks';
const EVERYTHING = { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true };

const received: VendorRequest[] = [];
let receiver: RunningVendor;

beforeEach(async () => {
  received.length = 0;
  const handle = (request: VendorRequest) => {
    received.push(request);
    return { status: 200 };
  };
  receiver = await serveVendor({
    name: 'receiver',
    routes: [
      { name: 'check', method: 'GET', pattern: '/hook', handle: () => ({ status: 200 }) },
      { name: 'hook', method: 'POST', pattern: '/hook', handle },
    ],
    state: () => ({}),
    reset: () => undefined,
  });
});
afterEach(() => receiver.close());

async function listening(sources: Readonly<Record<string, boolean>>, secret?: string): Promise<Calls> {
  const calls = await served(secret === undefined ? {} : { webhookSigningSecret: secret });
  await calls.call('POST', WEBHOOKS, { url: `${receiver.url}/hook`, events: EVERYTHING, sources });
  return calls;
}

function forms(): Readonly<Record<string, string>>[] {
  return received.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
}

describe('registering', () => {
  it('takes an address once, and only one that answers', async () => {
    const { call, mailchimp } = await listening({ api: true, user: true });
    const again = await call('POST', WEBHOOKS, { url: `${receiver.url}/hook` });
    expect(again.body.detail).toMatch(/multiple WebHooks/);
    for (const url of ['mailchimp', 'ftp://hooks.test/x', `${receiver.url}/elsewhere`]) {
      expect(await call('POST', WEBHOOKS, { url })).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'url' }] },
      });
    }
    const listed = z.array(z.object({ id: z.string() })).parse((await call('GET', WEBHOOKS)).body.webhooks);
    await call('PATCH', `${WEBHOOKS}/${listed[0]?.id}`, { sources: { api: false } });
    expect(mailchimp.audience().webhooks).toMatchObject([{ sources: { api: false, user: true }, events: EVERYTHING }]);
  });
});

describe('telling', () => {
  it('what guests do: unsubscribe, bounce, another address', async () => {
    const { mailchimp } = await listening({ user: true });
    mailchimp.seed(MAIL, { mergeValues: { FNAME: 'Lena' } });
    mailchimp.happen({ happening: 'email-changed', email: MAIL, newEmail: 'lena@moved.test' });
    mailchimp.happen({ happening: 'unsubscribed', email: 'lena@moved.test' });
    mailchimp.happen({ happening: 'cleaned', email: 'lena@moved.test' });
    await mailchimp.webhooksAnswered();
    const byType = Object.fromEntries(forms().map((form) => [form.type, form]));
    expect(byType.upemail).toMatchObject({ 'data[old_email]': MAIL, 'data[new_email]': 'lena@moved.test' });
    expect(byType.unsubscribe).toMatchObject({
      'data[email]': 'lena@moved.test',
      'data[merges][FNAME]': 'Lena',
      'data[list_id]': 'audience01',
      fired_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
    expect(byType.cleaned).toMatchObject({ 'data[reason]': 'hard' });
    expect(mailchimp.audience().outbox.deliveries.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('of API writes only who asks for them', async () => {
    const quiet = await listening({ user: true, api: false });
    await quiet.putMember(MAIL, { merge_fields: { FNAME: 'L' } });
    await quiet.putMember(MAIL, { status: 'unsubscribed', merge_fields: { FNAME: 'Le' } });
    await quiet.mailchimp.webhooksAnswered();
    expect(received).toEqual([]);
    const loud = await listening({ api: true });
    await loud.putMember(MAIL);
    await loud.putMember(MAIL, { status: 'unsubscribed', merge_fields: { FNAME: 'Le' } });
    await loud.call('PATCH', memberPath(MAIL), { email_address: 'lena@moved.test' });
    await loud.mailchimp.webhooksAnswered();
    expect(
      forms()
        .map(({ type }) => type)
        .sort(),
    ).toEqual(['profile', 'unsubscribe', 'upemail']);
  });

  it('signed where a secret is set, unsigned where not', async () => {
    const signed = await listening({ user: true }, 'a-signing-secret');
    signed.mailchimp.seed(MAIL);
    signed.mailchimp.happen({ happening: 'unsubscribed', email: MAIL });
    await signed.mailchimp.webhooksAnswered();
    const header = received[0]?.headers['x-mailchimp-signature'] ?? '';
    const seconds = Number(/^t=(\d+),/.exec(header)?.[1]);
    expect(header).toBe(signature('a-signing-secret', seconds, received[0]?.body ?? ''));
    expect(Math.abs(Date.now() / 1000 - seconds)).toBeLessThan(60);
    const unsigned = await listening({ user: true });
    unsigned.mailchimp.seed(MAIL);
    unsigned.mailchimp.happen({ happening: 'unsubscribed', email: MAIL });
    await unsigned.mailchimp.webhooksAnswered();
    expect(received[1]?.headers['x-mailchimp-signature']).toBeUndefined();
  });
});
