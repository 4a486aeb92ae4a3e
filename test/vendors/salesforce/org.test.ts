import { describe, expect, test } from 'vitest';
import { readMetadata } from '../../../infra/salesforce/metadata.ts';
import { type Caller, part, partsOf, startOrg } from './caller.ts';
import { buildSchema, findField } from './schema.ts';

const CONTACT = '/sobjects/Contact/FareHarbor_Guest_Key__c';

describe('strict locks', () => {
  function child(caller: Caller, key: string, account: string) {
    return caller.call('PATCH', `${CONTACT}/${key}`, { LastName: 'Reef', AccountId: account });
  }

  test('two requests at once on children of one account: one cannot lock it', async () => {
    const caller = await startOrg({ strictLocks: true });
    const account = caller.org.insert('Account', { Name: 'Reef household' });
    const answers = await Promise.all([child(caller, 'g1', account), child(caller, 'g2', account)]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 400]);
    expect(answers.find((answer) => answer.status === 400)?.body).toMatchObject([{ errorCode: 'UNABLE_TO_LOCK_ROW' }]);
    expect(caller.org.records('Contact')).toHaveLength(1);
  });

  test('two requests at once that create the same key: one is a duplicate', async () => {
    const caller = await startOrg({ strictLocks: true });
    const create = () => caller.call('PATCH', `${CONTACT}/g1`, { LastName: 'Reef' });
    const answers = await Promise.all([create(), create()]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 400]);
    expect(answers.find((answer) => answer.status === 400)?.body).toMatchObject([{ errorCode: 'DUPLICATE_VALUE' }]);
  });

  test('two requests at once on one known record: one cannot lock it', async () => {
    const caller = await startOrg({ strictLocks: true });
    const id = caller.org.insert('Contact', { LastName: 'Reef' });
    const update = (FirstName: string) => caller.call('PATCH', `/sobjects/Contact/${id}`, { FirstName });
    const answers = await Promise.all([update('Ada'), update('Ben')]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([204, 400]);
  });

  test('one after the other, and on different guests, all is well', async () => {
    const caller = await startOrg({ strictLocks: true });
    const account = caller.org.insert('Account', { Name: 'Reef household' });
    expect((await child(caller, 'g1', account)).status).toBe(201);
    expect((await child(caller, 'g1', account)).status).toBe(200);
    const create = (key: string) => caller.call('PATCH', `${CONTACT}/${key}`, { LastName: 'Reef' });
    const answers = await Promise.all([create('g2'), create('g3')]);
    expect(answers.map((answer) => answer.status)).toEqual([201, 201]);
  });

  test('a read is not held up, and does not see what a write has not yet committed', async () => {
    const caller = await startOrg({ strictLocks: true, workMs: 400 });
    const soql = encodeURIComponent("SELECT Id FROM Contact WHERE Email = 'ada@reef.test'");
    const read = async () =>
      partsOf(await caller.call('POST', '/composite', { compositeRequest: [part('q', 'GET', `/query?q=${soql}`)] }));
    const written = caller.call('POST', '/sobjects/Contact', { LastName: 'Reef', Email: 'ada@reef.test' });
    await expect.poll(() => caller.org.usage, { interval: 5 }).toBe(1);
    expect((await read())[0]?.body).toMatchObject({ totalSize: 0 });
    expect((await written).status).toBe(201);
    expect((await read())[0]?.body).toMatchObject({ totalSize: 1 });
  });
});

describe('person accounts', () => {
  const ACCOUNT = '/sobjects/Account/FareHarbor_Guest_Key__c/g1';
  const person = { FirstName: 'Ada', LastName: 'Reef', PersonEmail: 'ada@reef.test', Interests__pc: 'snorkelling' };

  test('an account with a last name is a person, with a contact of its own', async () => {
    const { org, call } = await startOrg({ personAccounts: true });
    await call('PATCH', ACCOUNT, person);
    const [account] = org.records('Account');
    const [contact] = org.records('Contact');
    expect(account).toMatchObject({ Name: 'Ada Reef', IsPersonAccount: true, PersonContactId: contact?.Id });
    expect(contact).toMatchObject({ AccountId: account?.Id, Email: 'ada@reef.test', Interests__c: 'snorkelling' });
  });

  test('the contact follows the account, and cannot be changed by itself', async () => {
    const { org, call } = await startOrg({ personAccounts: true });
    await call('PATCH', ACCOUNT, person);
    expect((await call('PATCH', ACCOUNT, { PersonEmail: 'new@reef.test' })).status).toBe(200);
    expect(org.records('Contact')).toMatchObject([{ Email: 'new@reef.test' }]);
    const direct = await call('PATCH', `/sobjects/Contact/${org.records('Contact')[0]?.Id}`, { Email: 'x@reef.test' });
    expect(direct).toMatchObject({ status: 400, body: [{ errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY' }] });
  });

  test('a person has no account name, a company no first name', async () => {
    const { call } = await startOrg({ personAccounts: true });
    const both = await call('PATCH', ACCOUNT, { ...person, Name: 'Reef household' });
    expect(both).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE' }] });
    const company = await call('PATCH', ACCOUNT, { Name: 'Reef', FirstName: 'Ada' });
    expect(company).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE' }] });
  });

  test('a person whose contact is refused leaves no account behind', async () => {
    const { org, call } = await startOrg({ personAccounts: true });
    org.insert('Contact', { LastName: 'Bay', FareHarbor_Guest_Key__c: 'taken' });
    const answer = await call('PATCH', ACCOUNT, { ...person, FareHarbor_Guest_Key__pc: 'taken' });
    expect(answer).toMatchObject({ status: 400, body: [{ errorCode: 'DUPLICATE_VALUE' }] });
    expect(org.records('Account')).toEqual([]);
  });

  test('do not exist in an org that never switched them on', async () => {
    const { call } = await startOrg();
    expect(await call('PATCH', ACCOUNT, person)).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD' }] });
  });
});

describe('duplicate rules', () => {
  const twin = { LastName: 'Reef', Email: 'ada@reef.test' };
  const allow = { 'sforce-duplicate-rule-header': 'allowSave=true' };

  test('an alert is passed with allowSave, in a header of the call or of a part', async () => {
    const { org, call } = await startOrg({ duplicateRules: 'alert' });
    org.insert('Contact', twin);
    const refused = await call('POST', '/sobjects/Contact', twin);
    expect(refused).toMatchObject({ status: 400, body: [{ errorCode: 'DUPLICATES_DETECTED' }] });
    expect((await call('POST', '/sobjects/Contact', twin, allow)).status).toBe(201);
    const parts = [
      {
        ...part('a', 'POST', '/sobjects/Contact', twin),
        httpHeaders: { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' },
      },
    ];
    expect(partsOf(await call('POST', '/composite', { compositeRequest: parts }))[0]?.httpStatusCode).toBe(201);
    expect(org.records('Contact')).toHaveLength(3);
  });

  test('a block is not', async () => {
    const { org, call } = await startOrg({ duplicateRules: 'block' });
    org.insert('Contact', twin);
    const refused = await call('POST', '/sobjects/Contact', twin, allow);
    expect(refused).toMatchObject({ status: 400, body: [{ errorCode: 'DUPLICATES_DETECTED' }] });
  });
});

describe('the administrator', () => {
  test('forgot a field: it does not exist for the caller, in writes, queries and as a key', async () => {
    const { org, call } = await startOrg();
    org.hideField('Contact.FareHarbor_Guest_Key__c');
    const write = await call('POST', '/sobjects/Contact', { LastName: 'Reef', FareHarbor_Guest_Key__c: 'g1' });
    expect(write).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_FIELD', message: expect.stringContaining('No such column') }],
    });
    const read = await call('GET', '/query?q=SELECT+FareHarbor_Guest_Key__c+FROM+Contact');
    expect(read).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD' }] });
    expect(await call('PATCH', `${CONTACT}/g1`, { LastName: 'Reef' })).toMatchObject({
      status: 404,
      body: [{ errorCode: 'NOT_FOUND' }],
    });
  });

  test('made a field otherwise: it is described so, and writes are held to it', async () => {
    const { org, call } = await startOrg();
    org.alterField('Contact.AI_Segment__c', { length: 5 });
    const described = await call('GET', '/sobjects/Contact/describe');
    expect(described.body).toMatchObject({
      fields: expect.arrayContaining([expect.objectContaining({ name: 'AI_Segment__c', length: 5 })]),
    });
    const write = (AI_Segment__c: string) => call('POST', '/sobjects/Contact', { LastName: 'Reef', AI_Segment__c });
    expect(await write('loyal')).toMatchObject({ status: 201 });
    expect(await write('family')).toMatchObject({ status: 400, body: [{ errorCode: 'STRING_TOO_LONG' }] });
    org.alterField('Contact.AI_Segment__c', { createable: false });
    expect(await write('loyal')).toMatchObject({ body: [{ errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE' }] });
  });

  test('gave the user no permission for it: the same', () => {
    const metadata = readMetadata();
    const access = new Map([...metadata.access].filter(([name]) => name !== 'Contact.Interests__c'));
    const rules = { personAccounts: false, multiCurrency: false, notUnique: [] };
    const { Contact } = buildSchema(rules, { ...metadata, access });
    expect(findField(Contact, 'Interests__c')).toBeUndefined();
    expect(findField(Contact, 'Churn_Risk__c')).toBeDefined();
  });

  test('has several currencies', async () => {
    const { org, call } = await startOrg({ multiCurrency: true });
    const sale = { Name: 'Reef', StageName: 'Closed Won', CloseDate: '2026-05-01', CurrencyIsoCode: 'JPY' };
    expect((await call('POST', '/sobjects/Opportunity', sale)).status).toBe(201);
    expect(org.records('Opportunity')).toMatchObject([{ CurrencyIsoCode: 'JPY' }]);
  });
});

describe('leads', () => {
  test('a converted one cannot be changed, and a query tells it from an open one', async () => {
    const { org, call } = await startOrg();
    const contact = org.insert('Contact', { LastName: 'Reef' });
    const person = { LastName: 'Reef', Company: 'Reef Ltd', Email: 'ada@reef.test' };
    const converted = org.insert('Lead', { ...person, IsConverted: true, ConvertedContactId: contact });
    const openLead = org.insert('Lead', person);
    const soql = "SELECT Id FROM Lead WHERE IsConverted = false AND Email = 'ada@reef.test'";
    const { body } = await call('GET', `/query?q=${encodeURIComponent(soql)}`);
    expect(body).toMatchObject({ totalSize: 1, records: [{ Id: openLead }] });
    const change = await call('PATCH', `/sobjects/Lead/${converted}`, { FirstName: 'Ada' });
    expect(change).toMatchObject({
      status: 400,
      body: [{ errorCode: 'CANNOT_UPDATE_CONVERTED_LEAD', message: 'cannot reference converted lead' }],
    });
  });
});

describe('faults', () => {
  test('a scripted HTML page comes instead of JSON', async () => {
    const { call, server } = await startOrg();
    server.fault({
      route: 'composite',
      status: 503,
      body: '<html>down</html>',
      headers: { 'content-type': 'text/html' },
    });
    const { status, body, headers } = await call('POST', '/composite', { compositeRequest: [] });
    expect([status, body, headers.get('content-type')]).toEqual([503, '<html>down</html>', 'text/html']);
  });

  test('reset forgets records and history, but not who is logged in', async () => {
    const { org, call, server } = await startOrg();
    await call('POST', '/sobjects/Account', { Name: 'Reef' });
    server.reset();
    expect(Object.values(org.state()).flat()).toEqual([]);
    expect(org.history).toEqual([]);
    expect((await call('GET', '/sobjects')).status).toBe(200);
  });
});
