import { describe, expect, test } from 'vitest';
import { startOrg } from './caller.ts';

const KEY = '/sobjects/Contact/FareHarbor_Guest_Key__c';

describe('single records', () => {
  test('create answers 201 with an 18-character id and its Location', async () => {
    const { org, call } = await startOrg();
    const { status, headers, body } = await call('POST', '/sobjects/Account', { Name: 'Reef household' });
    const [account] = org.records('Account');
    expect(status).toBe(201);
    expect(body).toEqual({ id: account?.Id, success: true, errors: [] });
    expect(String(account?.Id)).toMatch(/^001[\dA-Za-z]{15}$/);
    expect(headers.get('location')).toBe(`/services/data/v66.0/sobjects/Account/${account?.Id}`);
  });

  test('update answers 204 without a body; the 15-character id works too', async () => {
    const { org, call } = await startOrg();
    const id = org.insert('Contact', { LastName: 'Reef' });
    expect(await call('PATCH', `/sobjects/Contact/${id.slice(0, 15)}`, { FirstName: 'Ada' })).toMatchObject({
      status: 204,
      body: '',
    });
    expect(org.records('Contact')).toMatchObject([{ Id: id, FirstName: 'Ada', LastName: 'Reef', Name: 'Ada Reef' }]);
  });

  test('a deleted record answers ENTITY_IS_DELETED, an unknown one NOT_FOUND', async () => {
    const { org, call } = await startOrg();
    const id = org.insert('Contact', { LastName: 'Reef' });
    expect((await call('DELETE', `/sobjects/Contact/${id}`)).status).toBe(204);
    const deleted = await call('PATCH', `/sobjects/Contact/${id}`, { FirstName: 'Ada' });
    expect(deleted).toMatchObject({ status: 404, body: [{ errorCode: 'ENTITY_IS_DELETED' }] });
    const unknown = await call('PATCH', '/sobjects/Contact/003000000000009AAA', { FirstName: 'Ada' });
    expect(unknown).toMatchObject({ status: 404, body: [{ errorCode: 'NOT_FOUND' }] });
  });

  test('a deleted parent is refused', async () => {
    const { org, call } = await startOrg();
    const account = org.insert('Account', { Name: 'Reef household' });
    await call('DELETE', `/sobjects/Account/${account}`);
    const child = await call('POST', '/sobjects/Contact', { LastName: 'Reef', AccountId: account });
    expect(child).toMatchObject({ status: 400, body: [{ errorCode: 'ENTITY_IS_DELETED' }] });
  });

  test('deleting an account takes its contacts along', async () => {
    const { org, call } = await startOrg();
    const account = org.insert('Account', { Name: 'Reef household' });
    org.insert('Contact', { LastName: 'Reef', AccountId: account });
    await call('DELETE', `/sobjects/Account/${account}`);
    expect(org.records('Contact')).toEqual([]);
  });
});

describe('upsert by external id', () => {
  test('creates with 201, then updates with 200 the same record', async () => {
    const { org, call } = await startOrg();
    const first = await call('PATCH', `${KEY}/g%2F1%20a`, { LastName: 'Reef' });
    const second = await call('PATCH', `${KEY}/g%2F1%20a`, { LastName: 'Reefer' });
    const [contact] = org.records('Contact');
    expect(first).toMatchObject({ status: 201, body: { id: contact?.Id, created: true } });
    expect(second).toMatchObject({ status: 200, body: { id: contact?.Id, created: false } });
    expect(org.records('Contact')).toMatchObject([{ FareHarbor_Guest_Key__c: 'g/1 a', LastName: 'Reefer' }]);
  });

  test('answered 204 before version 46', async () => {
    const { call } = await startOrg();
    const path = `/services/data/v45.0${KEY}/g1`;
    expect((await call('PATCH', path, { LastName: 'Reef' })).status).toBe(201);
    expect((await call('PATCH', path, { LastName: 'Reef' })).status).toBe(204);
  });

  test('with updateOnly never creates', async () => {
    const { org, call } = await startOrg();
    expect(await call('PATCH', `${KEY}/g1?updateOnly=true`, { LastName: 'Reef' })).toMatchObject({ status: 404 });
    expect(org.records('Contact')).toEqual([]);
  });

  test('answers 300 with the URLs when several match, and writes nothing', async () => {
    const { org, call } = await startOrg();
    const sale = { StageName: 'Closed Won', CloseDate: '2026-05-01', FareHarbor_Current_UUID__c: 'u1' };
    const ids = ['one', 'two'].map((Name) => org.insert('Opportunity', { Name, ...sale }));
    const { status, body } = await call('PATCH', '/sobjects/Opportunity/FareHarbor_Current_UUID__c/u1', { Name: 'x' });
    expect(status).toBe(300);
    expect(body).toEqual(ids.map((id) => `/services/data/v66.0/sobjects/Opportunity/${id}`));
    expect(org.records('Opportunity').map((one) => one.Name)).toEqual(['one', 'two']);
  });

  test('by a field that is no external id is NOT_FOUND', async () => {
    const { call } = await startOrg();
    for (const field of ['Nothing__c', 'LastName']) {
      const { status, body } = await call('PATCH', `/sobjects/Contact/${field}/x`, { FirstName: 'Ada' });
      expect(status).toBe(404);
      expect(body).toMatchObject([
        { errorCode: 'NOT_FOUND', message: expect.stringContaining('Provided external ID field does not exist') },
      ]);
    }
  });

  test('minds the case of the guest key, not that of the booking UUID', async () => {
    const { org, call } = await startOrg();
    for (const key of ['g1', 'G1']) await call('PATCH', `${KEY}/${key}`, { LastName: 'Reef' });
    const sale = { Name: 'Reef', StageName: 'Closed Won', CloseDate: '2026-05-01' };
    for (const uuid of ['ab', 'AB']) {
      await call('PATCH', `/sobjects/Opportunity/FareHarbor_Booking_UUID__c/${uuid}`, sale);
    }
    expect(org.records('Contact')).toHaveLength(2);
    expect(org.records('Opportunity')).toHaveLength(1);
  });

  test('a key that was taken off a record is free for another', async () => {
    const { org, call } = await startOrg();
    const first = org.insert('Contact', { LastName: 'Reef', FareHarbor_Guest_Key__c: 'g1' });
    await call('PATCH', `/sobjects/Contact/${first}`, { FareHarbor_Guest_Key__c: 'g2' });
    expect(await call('PATCH', `${KEY}/g1`, { LastName: 'Bay' })).toMatchObject({ status: 201 });
    expect(await call('PATCH', `${KEY}/g2`, { FirstName: 'Ada' })).toMatchObject({ status: 200, body: { id: first } });
  });

  test('refuses the key inside the record', async () => {
    const { call } = await startOrg();
    const reply = await call('PATCH', `${KEY}/g1`, { LastName: 'Reef', FareHarbor_Guest_Key__c: 'g1' });
    expect(reply).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD' }] });
  });

  test('finds the parent by its external id', async () => {
    const { org, call } = await startOrg();
    const account = org.insert('Account', { Name: 'Reef household', FareHarbor_Guest_Key__c: 'g1' });
    await call('PATCH', `${KEY}/g1`, { LastName: 'Reef', Account: { FareHarbor_Guest_Key__c: 'g1' } });
    expect(org.records('Contact')).toMatchObject([{ AccountId: account }]);
    const missing = await call('PATCH', `${KEY}/g1`, { Account: { FareHarbor_Guest_Key__c: 'g2' } });
    expect(missing).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD' }] });
  });
});

describe('the schema refuses', () => {
  const sale = { Name: 'Reef', StageName: 'Closed Won', CloseDate: '2026-05-01' };
  const person = { LastName: 'Reef' };
  test.each([
    ['a missing required field', 'Contact', { FirstName: 'Ada' }, 'REQUIRED_FIELD_MISSING', 'LastName'],
    ['a blank required field', 'Contact', { LastName: '  ' }, 'REQUIRED_FIELD_MISSING', 'LastName'],
    ['a text that is too long', 'Contact', { LastName: 'x'.repeat(81) }, 'STRING_TOO_LONG', 'LastName'],
    ['a bad e-mail', 'Contact', { ...person, Email: 'ada@' }, 'INVALID_EMAIL_ADDRESS', 'Email'],
    [
      'a number too large',
      'Contact',
      { ...person, Lead_Score__c: 1000 },
      'NUMBER_OUTSIDE_VALID_RANGE',
      'Lead_Score__c',
    ],
    [
      'a picklist value nobody listed',
      'Case',
      { Case_Kind__c: 'other' },
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'Case_Kind__c',
    ],
    [
      'an empty checkbox',
      'Contact',
      { ...person, Email_Consent__c: null },
      'INVALID_TYPE_ON_FIELD_IN_RECORD',
      'Email_Consent__c',
    ],
    ['a read-only field', 'Contact', { ...person, Name: 'Ada' }, 'INVALID_FIELD_FOR_INSERT_UPDATE', 'Name'],
    [
      'an id of another object',
      'Opportunity',
      { ...sale, AccountId: '003000000000001AAA' },
      'MALFORMED_ID',
      'AccountId',
    ],
    [
      'an id of nothing',
      'Opportunity',
      { ...sale, AccountId: '001000000000001AAA' },
      'INVALID_CROSS_REFERENCE_KEY',
      'AccountId',
    ],
  ])('%s', async (_, object, record, errorCode, field) => {
    const { org, call } = await startOrg();
    const { status, body } = await call('POST', `/sobjects/${object}`, record);
    expect(status).toBe(400);
    expect(body).toMatchObject([{ errorCode, fields: [field], message: expect.any(String) }]);
    expect(Object.values(org.state()).flat()).toEqual([]);
  });

  test.each([
    ['a field that is not there', 'Contact', { ...person, Nothing__c: 'x' }, 'INVALID_FIELD'],
    ['a currency code in an org of one currency', 'Opportunity', { ...sale, CurrencyIsoCode: 'EUR' }, 'INVALID_FIELD'],
    ['a day that does not exist', 'Opportunity', { ...sale, CloseDate: '2026-02-30' }, 'JSON_PARSER_ERROR'],
    ['a moment without offset', 'Opportunity', { ...sale, Tour_Start__c: '2026-05-01T10:00:00' }, 'JSON_PARSER_ERROR'],
    ['a text for a number', 'Opportunity', { ...sale, Party_Size__c: '4' }, 'JSON_PARSER_ERROR'],
    ['a text for a checkbox', 'Contact', { ...person, Email_Consent__c: 'true' }, 'JSON_PARSER_ERROR'],
    ['a number for a text', 'Contact', { LastName: 5 }, 'JSON_PARSER_ERROR'],
  ])('%s', async (_, object, record, errorCode) => {
    const { org, call } = await startOrg();
    const { status, body } = await call('POST', `/sobjects/${object}`, record);
    expect(status).toBe(400);
    expect(body).toMatchObject([{ errorCode }]);
    expect(Object.values(org.state()).flat()).toEqual([]);
  });

  test('a second record with the same unique key, even by an update', async () => {
    const { org, call } = await startOrg();
    const first = org.insert('Contact', { LastName: 'Reef', FareHarbor_Guest_Key__c: 'g1' });
    const second = org.insert('Contact', { LastName: 'Bay' });
    const { status, body } = await call('PATCH', `/sobjects/Contact/${second}`, { FareHarbor_Guest_Key__c: 'g1' });
    expect(status).toBe(400);
    expect(body).toEqual([
      {
        errorCode: 'DUPLICATE_VALUE',
        message: `duplicate value found: FareHarbor_Guest_Key__c duplicates value on record with id: ${first}`,
        fields: [],
      },
    ]);
  });

  test('a body that is not JSON, and one of another type', async () => {
    const { call, server } = await startOrg();
    const broken = await call('POST', '/sobjects/Account', undefined);
    expect(broken).toMatchObject({ status: 400, body: [{ errorCode: 'JSON_PARSER_ERROR' }] });
    const form = await call('POST', '/sobjects/Account', {}, { 'content-type': 'text/plain' });
    expect(form).toMatchObject({ status: 415, body: [{ errorCode: 'UNSUPPORTED_MEDIA_TYPE' }] });
    expect(server.requests.map((request) => request.route)).toContain('sobject.create');
  });
});

describe('the schema stores', () => {
  test('text trimmed, empty text as nothing, moments in UTC, money to the cent', async () => {
    const { org, call } = await startOrg();
    const sale = { Name: ' Reef ', StageName: 'Closed Won', CloseDate: '2026-05-01', Description: '' };
    await call('POST', '/sobjects/Opportunity', {
      ...sale,
      Total_Amount__c: 10.005,
      Tour_Start__c: '2026-05-01T10:00:00+02:00',
    });
    expect(org.records('Opportunity')).toMatchObject([
      { Name: 'Reef', Total_Amount__c: 10.01, Tour_Start__c: '2026-05-01T08:00:00.000+0000', IsWon: true },
    ]);
    expect(org.records('Opportunity')[0]).not.toHaveProperty('Description');
  });

  test('null empties a field', async () => {
    const { org, call } = await startOrg();
    const id = org.insert('Contact', { LastName: 'Reef', Email: 'ada@reef.test' });
    await call('PATCH', `/sobjects/Contact/${id}`, { Email: null });
    expect(org.records('Contact')[0]).not.toHaveProperty('Email');
  });
});

describe('describe', () => {
  test('lists custom fields as the metadata defines them', async () => {
    const { call } = await startOrg();
    const { body } = await call('GET', '/sobjects/Contact/describe');
    expect(body).toMatchObject({
      name: 'Contact',
      fields: expect.arrayContaining([
        expect.objectContaining({
          name: 'FareHarbor_Guest_Key__c',
          type: 'string',
          length: 80,
          externalId: true,
          unique: true,
          caseSensitive: true,
        }),
        expect.objectContaining({ name: 'Lifetime_Value__c', type: 'currency', precision: 18, scale: 2 }),
      ]),
    });
  });

  test('does not show a hidden field', async () => {
    const { call } = await startOrg({ hiddenFields: ['Contact.Interests__c'] });
    const { body } = await call('GET', '/sobjects/Contact/describe');
    expect(JSON.stringify(body)).not.toContain('Interests__c');
  });
});
