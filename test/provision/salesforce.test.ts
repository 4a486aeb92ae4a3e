import { afterEach, describe, expect, test } from 'vitest';
import type { Field } from '../vendors/salesforce/field.ts';
import { createSalesforce, type Salesforce, type SalesforceOptions } from '../vendors/salesforce/salesforce.ts';
import { type RunningVendor, serveVendor } from '../vendors/server.ts';
import { type Ran, ran } from './run.ts';

const SECRET = 'local-secret';

const running: RunningVendor[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

interface Desk {
  readonly vendor: Salesforce;
  readonly server: RunningVendor;
  run(args?: readonly string[], environment?: Record<string, string>): Promise<Ran>;
}

async function desk(options: SalesforceOptions = {}): Promise<Desk> {
  const vendor = createSalesforce(options);
  const server = await serveVendor(vendor);
  running.push(server);
  const environment = {
    SALESFORCE_LOGIN_URL: server.url,
    SALESFORCE_CLIENT_ID: 'harborlight-local',
    SALESFORCE_CLIENT_SECRET: SECRET,
  };
  return {
    vendor,
    server,
    run: (args = ['--check'], more = {}) => ran(['salesforce', ...args], { ...environment, ...more }),
  };
}

/** What a composite of one describe answers. */
function describeReply(httpStatusCode: number, body: unknown): unknown {
  return { compositeResponse: [{ referenceId: 'described', httpStatusCode, httpHeaders: {}, body }] };
}

describe('an org with our metadata', () => {
  test.each([[['--check']], [[]]])('is ok with %j', async (args) => {
    const one = await desk();
    const { code, rows } = await one.run(args);
    expect([...rows].map(([what, { state }]) => `${what}: ${state}`)).toEqual([
      'API version 66.0: ok',
      'sign-in: ok',
      'Account: 11 of 11 fields: ok',
      'Contact: 22 of 22 fields: ok',
      'Opportunity: 36 of 36 fields: ok',
      'Case: 15 of 15 fields: ok',
      'Lead: 2 of 2 fields: ok',
      'duplicate rules: ok',
      'calls a day: ok',
    ]);
    expect(code).toBe(0);
    expect(one.vendor.logins).toBe(1);
    expect(one.vendor.history).toEqual([]);
  });

  test('with person accounts and several currencies says that the settings have a word for it', async () => {
    const { code, rows } = await (await desk({ personAccounts: true, multiCurrency: true })).run();
    expect(code).toBe(0);
    expect(rows.get('person accounts')?.note).toContain('salesforce.personAccounts');
    expect(rows.get('several currencies')?.note).toContain('salesforce.multiCurrency');
  });
});

test('duplicate rules in force are named, since one that blocks would park bookings', async () => {
  const { rows } = await (await desk({ duplicateRules: 'alert' })).run();
  expect(rows.get('duplicate rules')?.note).toContain('Contact.Standard_Contact_Duplicate_Rule');
});

describe('what is missing', () => {
  test('custom fields are named in one row of their object, with how to create them', async () => {
    const one = await desk({ hiddenFields: ['Opportunity.Voucher__c', 'Opportunity.Tour_Date__c'] });
    const { code, rows } = await one.run();
    expect(code).toBe(1);
    const row = rows.get('Opportunity: 2 fields');
    expect(row?.state).toBe('missing');
    expect(row?.note).toContain('Voucher__c');
    expect(row?.note).toContain('Tour_Date__c');
    expect(row?.note).toContain('create what is missing: npm run provision -- salesforce');
    expect(rows.get('Opportunity: 34 of 36 fields')?.state).toBe('ok');
  });

  test('a standard field only needs the permission set', async () => {
    const { code, rows } = await (await desk({ hiddenFields: ['Lead.Email'] })).run();
    expect(code).toBe(1);
    expect(rows.get('Lead: 1 field')).toMatchObject({
      state: 'missing',
      note: expect.stringContaining('permission set'),
    });
    expect(rows.get('Lead: 1 field')?.note).not.toContain('create');
  });

  test('an object our user cannot see does not hide how the others stand', async () => {
    const one = await desk();
    const body = describeReply(404, [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }]);
    one.server.fault({ route: 'composite', match: 'sobjects/Case/describe', status: 200, body });
    const { code, rows } = await one.run();
    expect(code).toBe(1);
    expect(rows.get('Case')).toMatchObject({ state: 'missing', note: expect.stringContaining('permission set') });
    expect(rows.get('Lead: 2 of 2 fields')?.state).toBe('ok');
  });

  test('the API version is told before anybody signs in', async () => {
    const one = await desk();
    one.server.fault({ route: 'versions', status: 200, body: [{ version: '60.0' }] });
    const { code, rows } = await one.run();
    expect(code).toBe(1);
    expect([...rows.keys()]).toEqual(['API version 66.0']);
    expect(rows.get('API version 66.0')?.state).toBe('missing');
    expect(one.vendor.logins).toBe(0);
  });
});

describe('what is wrong', () => {
  const cases: readonly [path: string, change: Partial<Omit<Field, 'name'>>, words: string][] = [
    ['Opportunity.Tour_Date__c', { type: 'datetime' }, 'is of type datetime, needed is date'],
    ['Opportunity.Voucher__c', { length: 50 }, 'takes 50 characters, needed are 128'],
    ['Opportunity.Total_Amount__c', { integerDigits: 8 }, 'takes 8.2 digits, needed are 16.2'],
    ['Opportunity.Total_Amount__c', { scale: 0 }, 'takes 16.0 digits, needed are 16.2'],
    ['Opportunity.FareHarbor_Current_UUID__c', { externalId: false }, 'is not an external ID'],
    ['Opportunity.FareHarbor_Current_UUID__c', { unique: true }, 'forbids duplicate values'],
    ['Contact.FareHarbor_Guest_Key__c', { unique: false }, 'does not forbid duplicate values'],
    ['Contact.FareHarbor_Guest_Key__c', { caseSensitive: false }, 'for duplicates'],
    ['Case.Opportunity__c', { referenceTo: ['Account'] }, 'points to Account, needed is Opportunity'],
    [
      'Case.Case_Kind__c',
      { picklist: { restricted: true, values: ['refund', 'complaint'] } },
      'cancellation, accessib',
    ],
    ['Opportunity.Affiliate__c', { required: true }, 'is required'],
    ['Contact.AI_Segment__c', { updateable: false }, 'Harborlight_Sync'],
    ['Contact.AI_Segment__c', { createable: false }, 'Harborlight_Sync'],
    ['Contact.Email', { updateable: false, createable: false }, 'Harborlight_Sync'],
  ];
  test.each(cases)('%s %j', async (path, change, words) => {
    const one = await desk();
    one.vendor.alterField(path, change);
    const { code, rows } = await one.run();
    expect(code).toBe(1);
    expect(rows.get(path)).toMatchObject({ state: 'wrong', note: expect.stringContaining(words) });
    expect([...rows.values()].filter(({ state }) => state !== 'ok')).toHaveLength(1);
  });

  const harmless: readonly [path: string, change: Partial<Omit<Field, 'name'>>][] = [
    ['Opportunity.Voucher__c', { length: 255 }],
    ['Opportunity.Party_Size__c', { integerDigits: 12, scale: 2 }],
    ['Case.Case_Kind__c', { picklist: { restricted: false, values: [] } }],
    ['Lead.Email', { updateable: false, createable: false }],
  ];
  test.each(harmless)('not so: %s %j takes all that is written', async (path, change) => {
    const one = await desk();
    one.vendor.alterField(path, change);
    expect((await one.run()).code).toBe(0);
  });
});

describe('an org that cannot be entered', () => {
  test.each([
    ['another secret', { SALESFORCE_CLIENT_SECRET: 'not-the-secret' }, 'sign-in', 'SALESFORCE_CLIENT_SECRET'],
    ['another client', { SALESFORCE_CLIENT_ID: 'somebody-else' }, 'sign-in', 'SALESFORCE_CLIENT_ID'],
    ['another address', { SALESFORCE_LOGIN_URL: 'http://127.0.0.1:1' }, 'API version 66.0', 'SALESFORCE_LOGIN_URL'],
  ])('%s: names what to check, not what was given', async (_, environment, what, variable) => {
    const { code, rows, output } = await (await desk()).run(['--check'], environment);
    expect(code).toBe(1);
    expect(rows.get(what)).toMatchObject({ state: 'wrong', note: expect.stringContaining(variable) });
    for (const value of Object.values(environment)) expect(output).not.toContain(value);
  });

  test('a page that is no API is told from an org', async () => {
    const one = await desk();
    one.server.fault({ route: 'versions', status: 200, body: '<html>welcome</html>' });
    const { code, rows } = await one.run();
    expect(code).toBe(1);
    expect(rows.get('API version 66.0')?.note).toContain('My Domain');
  });

  test('a limit that is used up ends the look, and what was seen is kept', async () => {
    const one = await desk();
    const body = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }];
    one.server.fault({ route: 'composite', match: 'sobjects/Contact/describe', status: 403, body });
    const { code, rows } = await one.run();
    expect(code).toBe(1);
    expect([...rows.keys()]).toEqual(['API version 66.0', 'sign-in', 'Account: 11 of 11 fields', 'Contact']);
    expect(rows.get('Contact')).toMatchObject({ state: 'wrong', note: expect.stringContaining('in a while') });
  });
});

test('no key and no secret is ever printed', async () => {
  const one = await desk({ hiddenFields: ['Contact.AI_Segment__c'] });
  const message = `client harborlight-local with ${SECRET} is over its limit`;
  const body = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message }];
  one.server.fault({ route: 'composite', match: 'sobjects/Lead/describe', status: 403, body });
  const { output } = await one.run();
  expect(output).toContain('is over its limit');
  expect(output).not.toContain(SECRET);
  expect(output).not.toContain('harborlight-local');
});
