import { afterEach, describe, expect, test } from 'vitest';
import { defaultCredentials } from '../vendors/fareharbor/fareharbor.ts';
import type { SalesforceOptions } from '../vendors/salesforce/salesforce.ts';
import { type Desk, openDesk } from './desk.ts';

const desks: Desk[] = [];
// Each throws where anything was changed anywhere, or a secret printed.
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close();
});

async function opened(options: SalesforceOptions = {}): Promise<Desk> {
  const desk = await openDesk(options);
  desks.push(desk);
  return desk;
}

/** Before what is found of an account that all companies share. */
const ORG = 'Salesforce: ';
const AUDIENCE = 'Mailchimp: ';

describe('FareHarbor', () => {
  test('refuses the keys', async () => {
    const desk = await opened();
    const apiUrl = `${desk.servers.fareharbor.url}/api/external/v1/`;
    desk.put('fareharbor', { '*': { ...defaultCredentials, appKey: 'wrong-app-key', apiUrl } });
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('FareHarbor: harbor-kayaks')).toContain('wrong FareHarbor refuses the keys');
  });

  test('lets the keys read other companies only', async () => {
    const desk = await opened();
    const body = { companies: [{ shortname: 'somebody-else' }] };
    desk.servers.fareharbor.fault({ route: '*', match: '/companies/', times: 3, status: 200, body });
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('FareHarbor: umi-tours')).toContain(
      'wrong the keys read somebody-else: ask FareHarbor to add umi-tours',
    );
  });

  test('has one key of the two that a company needs', async () => {
    const desk = await opened();
    desk.put('fareharbor', { '*': { appKey: '', userKey: '' }, 'umi-tours': { appKey: 'one-app-key', userKey: '' } });
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('FareHarbor: umi-tours')).toContain('wrong has one key of two');
    expect(row('FareHarbor: harbor-kayaks')).toContain('ok no API access: bookings are taken from the webhooks alone');
  });

  test('is not to be reached, or something else answers', async () => {
    const desk = await opened();
    desk.put('fareharbor', { '*': { ...defaultCredentials, apiUrl: 'http://127.0.0.1:1/api/external/v1/' } });
    expect((await desk.run()).row('FareHarbor: harbor-kayaks')).toContain('wrong');
    desk.put('fareharbor', { '*': { ...defaultCredentials, apiUrl: `${desk.servers.openai.url}/v1/` } });
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('FareHarbor: harbor-kayaks')).toContain('check apiUrl');
  });
});

describe('Salesforce', () => {
  test('refuses the login: names the entries of the secret', async () => {
    const desk = await opened();
    const loginUrl = desk.servers.salesforce.url;
    desk.put('salesforce', { '*': { loginUrl, clientId: 'harborlight-local', clientSecret: 'not-the-one' } });
    const { code, row, output } = await desk.run();
    expect(code).toBe(1);
    expect(row(`${ORG}API`)).toContain('ok');
    expect(row(`${ORG}sign-in`)).toContain('check loginUrl, clientId and clientSecret');
    expect(output).not.toContain('SALESFORCE_');
  });

  test('is not where the secret says, or its key is none', async () => {
    const desk = await opened();
    const entry = { clientId: 'harborlight-local', username: 'sync@harborlight.test' };
    desk.put('salesforce', { '*': { ...entry, loginUrl: 'http://127.0.0.1:1', privateKey: 'not-a-pem-text' } });
    expect((await desk.run()).row(`${ORG}API`)).toContain('check loginUrl: your org');
    const loginUrl = desk.servers.salesforce.url;
    desk.put('salesforce', { '*': { ...entry, loginUrl, privateKey: 'not-a-pem-text' } });
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row(`${ORG}sign-in`)).toContain('put the PEM text of the RSA private key there');
  });

  test('does not serve the API version', async () => {
    const desk = await opened();
    desk.servers.salesforce.fault({ route: 'versions', status: 200, body: [{ version: '60.0' }] });
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row(`${ORG}API`)).toContain('missing');
  });

  test('lacks an object, fields, and rights: each in its row', async () => {
    const desk = await opened({ hiddenFields: ['Opportunity.Voucher__c', 'Lead.Email'] });
    desk.salesforce.alterField('Contact.AI_Segment__c', { updateable: false });
    const body = {
      compositeResponse: [
        { referenceId: 'described', httpStatusCode: 404, httpHeaders: {}, body: [{ errorCode: 'NOT_FOUND' }] },
      ],
    };
    desk.servers.salesforce.fault({ route: 'composite', match: 'sobjects/Case/describe', status: 200, body });
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row(`${ORG}Opportunity: 1 field`)).toContain('missing');
    expect(row(`${ORG}Opportunity: 1 field`)).toContain('npm run provision -- salesforce');
    expect(row(`${ORG}Lead: 1 field`)).toContain('permission set Harborlight_Sync');
    expect(row(`${ORG}Contact.AI_Segment__c`)).toContain('is read-only for our user');
    expect(row(`${ORG}Case`)).toContain('missing our user cannot see it');
  });

  test('has duplicate rules in force', async () => {
    const desk = await opened({ duplicateRules: 'alert' });
    const { code, row } = await desk.run();
    expect(code).toBe(0);
    expect(row(`${ORG}duplicate rules`)).toContain(
      'Contact.Standard_Contact_Duplicate_Rule; they must allow, not block',
    );
  });

  test('with person accounts and currencies that the settings do not use is still ready', async () => {
    const { code, row } = await (await opened({ personAccounts: true, multiCurrency: true })).run();
    expect(code).toBe(0);
    expect(row(`${ORG}person accounts`)).toContain('the settings do not use them: salesforce.personAccounts');
    expect(row(`${ORG}several currencies`)).toContain('the settings do not use them: salesforce.multiCurrency');
  });

  test('calls its stages otherwise', async () => {
    const desk = await opened();
    const values = ['Prospecting', 'Closed Won', 'Closed Lost'];
    desk.salesforce.alterField('Opportunity.StageName', { picklist: { restricted: false, values } });
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row(`${ORG}stages of a sale`)).toContain('missing the org has no Negotiation/Review: add them');
    desk.salesforce.alterField('Opportunity.StageName', {
      picklist: { restricted: false, values: [...values, 'Negotiation/Review'] },
    });
    expect((await desk.run()).row(`${ORG}stages of a sale`)).toContain('ok as the settings say');
  });

  test('has used most of its calls of the day', async () => {
    const desk = await opened();
    desk.salesforce.setRequestLimit(1000);
    desk.salesforce.useCalls(690);
    const early = await desk.run();
    expect(early.row(`${ORG}calls a day`)).toMatch(/ok 69\d of 1000 calls used/);
    desk.salesforce.useCalls(10);
    const late = await desk.run();
    expect(late.code).toBe(1);
    expect(late.row(`${ORG}calls a day`)).toMatch(/wrong 7\d\d of 1000 calls used in the last 24 hours: see who/);
  });

  test('has no entry for one company: the others are looked at, each org once', async () => {
    const desk = await opened();
    const entry = {
      loginUrl: desk.servers.salesforce.url,
      clientId: 'harborlight-local',
      clientSecret: 'local-secret',
    };
    desk.put('salesforce', { 'harbor-kayaks': entry, 'bateau-mouette': entry });
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('Salesforce (umi-tours)')).toContain('missing its secret has no entry for it and none for *');
    expect(row('Salesforce (harbor-kayaks, bateau-mouette): sign-in')).toContain('ok');
    expect(desk.salesforce.logins).toBe(1);
  });
});

describe('Mailchimp', () => {
  const put = (desk: Desk, entry: object): void => {
    const apiUrl = `${desk.servers.mailchimp.url}/3.0`;
    desk.put('mailchimp', { '*': { apiKey: 'local-key-us1', audienceId: 'audience01', apiUrl, ...entry } });
  };

  test.each([
    ['another key', { apiKey: 'another-key-us1' }, 'audience', 'wrong', 'check apiKey'],
    ['another audience', { audienceId: '0000000000' }, 'audience', 'wrong', 'check audienceId'],
    ['no audience', { audienceId: '' }, 'audience', 'missing', 'fill audienceId'],
    ['another address', { apiUrl: 'http://127.0.0.1:1/3.0' }, 'audience', 'wrong', 'check apiUrl'],
    ['half a key', { apiKey: 'a-key-cut-off', apiUrl: undefined }, 'key', 'wrong', 'data centre, such as -us1'],
  ])('%s', async (_, entry, what, state, words) => {
    const desk = await opened();
    put(desk, entry);
    const { code, row, output } = await desk.run();
    expect(code).toBe(1);
    expect(row(`${AUDIENCE}${what}`)).toContain(state);
    expect(row(`${AUDIENCE}${what}`)).toContain(words);
    expect(output).not.toContain('MAILCHIMP_');
  });

  test('says how it asks for consent', async () => {
    expect((await (await opened()).run()).row(`${AUDIENCE}double opt-in`)).toMatch(/ok (on|off): guests who consent/);
  });

  test('lacks a merge field, has one of another type, and requires one of its own', async () => {
    const desk = await opened();
    const audience = desk.mailchimp.audience();
    audience.mergeFields = audience.mergeFields
      .filter(({ tag }) => tag !== 'UPSELL')
      .map((field) => (field.tag === 'BOOKINGS' ? { ...field, type: 'text' as const } : field))
      .map((field) => (field.tag === 'LNAME' ? { ...field, required: true } : field));
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row(`${AUDIENCE}merge field UPSELL`)).toContain('missing npm run provision -- mailchimp creates the field');
    expect(row(`${AUDIENCE}merge field BOOKINGS`)).toContain('of type text, needed is number');
    expect(row(`${AUDIENCE}merge field LNAME`)).toContain('required: guests who leave it empty would be refused');
  });

  test('a key that comes back in a refusal is not printed', async () => {
    const desk = await opened();
    const body = { title: 'Invalid', status: 400, detail: 'the key local-key-us1 may not do this' };
    desk.servers.mailchimp.fault({ route: 'list.get', status: 400, body });
    expect((await desk.run()).row(`${AUDIENCE}audience`)).toContain('the key … may not do this');
  });
});

describe('the model', () => {
  test.each([
    ['is not one that the server has', { model: 'gpt-gone' }, 'missing the server answers 404 when asked for gpt-gone'],
    ['is behind another key', { apiKey: 'sk-wrong-one' }, 'wrong the server refuses the key: check apiKey'],
    ['is not to be reached', { baseUrl: 'http://127.0.0.1:1/v1' }, 'wrong'],
    ['has an address that is none', { baseUrl: 'nowhere' }, 'wrong'],
  ])('%s', async (_, entry, words) => {
    const desk = await opened();
    const baseUrl = `${desk.servers.openai.url}/v1`;
    desk.put('openai', { '*': { apiKey: 'sk-local', baseUrl, model: 'gpt-local', ...entry } });
    const { code, row } = await desk.run();
    expect(code).toBe(1);
    expect(row('model: harbor-kayaks')).toContain(words);
  });

  test('is asked for by its name, and nothing that would cost', async () => {
    const desk = await opened();
    await desk.run();
    expect(desk.servers.openai.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(
      Array.from({ length: 3 }, () => 'GET /v1/models/gpt-local'),
    );
  });
});
