import { describe, expect, it } from 'vitest';
import { audiences, mailchimpSecretSchema } from '../../../functions/marketing-sync/mailchimp/audiences.ts';
import { failure } from '../../../functions/marketing-sync/mailchimp/mailchimp-errors.ts';
import type { MemberBody } from '../../../functions/marketing-sync/mailchimp/member-body.ts';
import { PermanentError } from '../../../shared/errors/errors.ts';
import type { HttpReply, HttpRequest } from '../../../shared/http/http-client.ts';

const sent: MemberBody = {
  email_address: 'noa@kealoha.test',
  status_if_new: 'transactional',
  merge_fields: { FNAME: 'Noa', LNAME: 'Kealoha (Jr.', PHONE: '+12025550101', UPSELL: 'Whale watching' },
};

function reply(status: number, json: unknown, headers: Record<string, string> = {}): HttpReply {
  return { status, json, text: JSON.stringify(json) ?? '', headers: new Headers(headers) };
}
const problem = (title: string, detail = '', errors?: object[]) => ({ title, detail, status: 400, errors });

describe('Mailchimp’s refusals', () => {
  it.each([
    [429, undefined, 'mailchimp.busy'],
    [429, problem('Too Many Requests'), 'mailchimp.busy'],
    [403, undefined, 'mailchimp.unavailable'],
    [500, problem('Internal Server Error'), 'mailchimp.unavailable'],
    [503, undefined, 'mailchimp.unavailable'],
    [404, problem('Resource Not Found'), 'mailchimp.not-found'],
  ])('%i is tried again', (status, json, code) => {
    expect(failure(reply(status, json), 'contact')).toMatchObject({ name: 'RetryableError', code });
  });

  it.each([
    [401, problem('API Key Invalid'), 'mailchimp.key-rejected'],
    [403, problem('User Disabled'), 'mailchimp.key-rejected'],
    [404, problem('Resource Not Found'), 'mailchimp.audience-unknown'],
    [400, problem('Invalid Resource', 'a@example.com looks fake or invalid, please'), 'mailchimp.bad-address'],
    [400, problem('Invalid Resource', 'Please provide a valid email address.'), 'mailchimp.bad-address'],
    [400, problem('Invalid Resource', 'x has signed up to a lot of lists very'), 'mailchimp.throttled-address'],
    [400, problem('Invalid Resource', 'no'), 'mailchimp.rejected'],
    [302, undefined, 'mailchimp.rejected'],
  ])('%i %j is refused for good', (status, json, code) => {
    const error = failure(reply(status, json), 'audience');
    expect(error).toMatchObject({ name: 'PermanentError', code });
    expect(error instanceof PermanentError && error.remedy).toBeTruthy();
  });

  it('waits as long as it is told', () => {
    expect(failure(reply(429, undefined, { 'retry-after': '17' }), 'contact')).toMatchObject({ waitSeconds: 17 });
    expect(failure(reply(429, undefined), 'contact')).toMatchObject({ waitSeconds: undefined });
  });

  it('gives Mailchimp’s reason without what the guest gave', () => {
    const errors = [
      { field: 'PHONE', message: '+12025550101 is no phone number of NOA KEALOHA (JR.' },
      { field: 'BOOKINGS', message: 'Please enter a number' },
    ];
    const { message } = failure(reply(400, problem('Invalid Resource', 'see errors', errors)), 'audience', sent);
    expect(message).toContain('PHONE');
    expect(message).toContain('BOOKINGS: Please enter a number');
    expect(message).not.toMatch(/2025550101|noa|kealoha/i);
    const other = failure(reply(400, problem('Odd', 'noa@kealoha.test and <Other@Guest.test>')), 'audience', sent);
    expect(other.message).not.toMatch(/kealoha|guest/i);
  });
});

describe('an account', () => {
  const asked: HttpRequest[] = [];
  const http = async (request: HttpRequest): Promise<HttpReply> => {
    asked.push(request);
    return reply(200, { double_optin: true });
  };
  const account = { apiKey: 'abc-us21', audienceId: 'aud' };

  it('is found at its key’s data centre, with Basic auth, and asked once for its opt-in', async () => {
    const audienceOf = audiences(async () => mailchimpSecretSchema.parse({ '*': account }), http);
    asked.length = 0;
    for (const company of ['one', 'two']) expect(await (await audienceOf(company)).doubleOptIn()).toBe(true);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toBe('https://us21.api.mailchimp.com/3.0/lists/aud?fields=double_optin');
    expect(asked[0]?.headers?.authorization).toBe(`Basic ${Buffer.from('harborlight:abc-us21').toString('base64')}`);
  });

  it('is a company’s own where it has one', async () => {
    const own = { ...account, audienceId: 'own' };
    const audienceOf = audiences(async () => ({ '*': account, one: own }), http);
    asked.length = 0;
    for (const company of ['one', 'two', 'constructor']) await (await audienceOf(company)).doubleOptIn();
    expect(asked.map(({ url }) => new URL(url).pathname)).toEqual(['/3.0/lists/own', '/3.0/lists/aud']);
  });

  it.each([
    [{}],
    [{ '*': { apiKey: '', audienceId: 'aud', apiUrl: 'https://proxy.test/3.0' } }],
    [{ '*': { apiKey: 'abc-us21', audienceId: '' } }],
    [{ '*': { apiKey: 'abc', audienceId: 'aud' } }],
    [{ '*': { apiKey: 'abc-us21.evil.test/', audienceId: 'aud' } }],
  ])('that is not usable is said so: %j', async (secret) => {
    const audienceOf = audiences(async () => secret, http);
    await expect(audienceOf('one')).rejects.toMatchObject({ code: 'mailchimp.not-set-up' });
  });
});
