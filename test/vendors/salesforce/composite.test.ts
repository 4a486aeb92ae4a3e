import { describe, expect, test } from 'vitest';
import { type Answer, DATA, part, partsOf, startOrg } from './caller.ts';

const ACCOUNT = '/sobjects/Account/FareHarbor_Guest_Key__c/g1';
const CONTACT = '/sobjects/Contact/FareHarbor_Guest_Key__c/g1';
const SALE = '/sobjects/Opportunity/FareHarbor_Booking_UUID__c/u1';

function booking(sale: Record<string, unknown> = {}): Record<string, unknown>[] {
  return [
    part('account', 'PATCH', ACCOUNT, { Name: 'Reef household' }),
    part('contact', 'PATCH', CONTACT, { LastName: 'Reef', AccountId: '@{account.id}' }),
    part('sale', 'PATCH', SALE, {
      Name: 'Reef snorkelling',
      StageName: 'Closed Won',
      CloseDate: '2026-05-01',
      AccountId: '@{account.id}',
      Guest__c: '@{contact.id}',
      ...sale,
    }),
  ];
}

const allOrNone = (compositeRequest: unknown[]) => ({ allOrNone: true, collateSubrequests: false, compositeRequest });

function statuses(answer: Answer): number[] {
  return partsOf(answer).map((one) => one.httpStatusCode);
}

describe('composite', () => {
  test('creates with references, then updates the same records', async () => {
    const { org, call } = await startOrg();
    const first = await call('POST', '/composite', allOrNone(booking()));
    const again = await call('POST', '/composite', allOrNone(booking({ Party_Size__c: 4 })));
    const { Account, Contact, Opportunity } = org.state();
    expect(statuses(first)).toEqual([201, 201, 201]);
    expect(statuses(again)).toEqual([200, 200, 200]);
    expect(partsOf(first)[0]?.httpHeaders).toEqual({ Location: `${DATA}/sobjects/Account/${Account[0]?.Id}` });
    expect(Contact).toMatchObject([{ AccountId: Account[0]?.Id }]);
    expect(Opportunity).toMatchObject([{ AccountId: Account[0]?.Id, Guest__c: Contact[0]?.Id, Party_Size__c: 4 }]);
    expect(org.usage).toBe(2);
  });

  test('all or none: outer status 200, the culprit keeps its error, all others are halted and undone', async () => {
    const { org, call } = await startOrg();
    org.insert('Account', { Name: 'Before', FareHarbor_Guest_Key__c: 'g1' });
    const before = org.state();
    const answer = await call('POST', '/composite', allOrNone(booking({ Booking_Currency__c: 'EURO' })));
    const [account, contact, sale] = partsOf(answer);
    expect(answer.status).toBe(200);
    expect(sale).toMatchObject({ httpStatusCode: 400, body: [{ errorCode: 'STRING_TOO_LONG' }] });
    for (const other of [account, contact]) {
      expect(other).toMatchObject({ httpStatusCode: 400, body: [{ errorCode: 'PROCESSING_HALTED' }] });
    }
    expect(org.state()).toEqual(before);
    expect(org.history).toEqual([]);
  });

  test('what was rolled back is free again: keys, and e-mail to search by', async () => {
    const { org, call } = await startOrg();
    const parts = [part('contact', 'PATCH', CONTACT, { LastName: 'Reef', Email: 'ada@reef.test' })];
    const failing = part('bad', 'POST', '/sobjects/Contact', {});
    await call('POST', '/composite', allOrNone([...parts, failing]));
    const found = await call(
      'GET',
      `/query?q=${encodeURIComponent("SELECT Id FROM Contact WHERE Email = 'ada@reef.test'")}`,
    );
    expect(found.body).toMatchObject({ totalSize: 0 });
    expect(statuses(await call('POST', '/composite', allOrNone(parts)))).toEqual([201]);
    expect(org.records('Contact')).toHaveLength(1);
  });

  test('an update that is undone leaves the old values', async () => {
    const { org, call } = await startOrg();
    await call('POST', '/composite', allOrNone(booking()));
    const before = org.state();
    const parts = [part('contact', 'PATCH', CONTACT, { LastName: 'Bay', FirstName: 'Ada' })];
    await call('POST', '/composite', allOrNone([...parts, part('bad', 'POST', '/sobjects/Contact', {})]));
    expect(org.state()).toEqual(before);
  });

  test('without allOrNone only what refers to the failed part fails with it', async () => {
    const { org, call } = await startOrg();
    const parts = [
      part('account', 'PATCH', ACCOUNT, { Nothing__c: 1 }),
      part('child', 'POST', '/sobjects/Contact', { LastName: 'Reef', AccountId: '@{account.id}' }),
      part('other', 'POST', '/sobjects/Contact', { LastName: 'Bay' }),
    ];
    const answer = await call('POST', '/composite', { compositeRequest: parts });
    expect(statuses(answer)).toEqual([400, 400, 201]);
    expect(partsOf(answer)[1]?.body).toMatchObject([{ errorCode: 'PROCESSING_HALTED' }]);
    expect(org.records('Contact')).toMatchObject([{ LastName: 'Bay' }]);
  });

  test('references reach into query results and URLs', async () => {
    const { org, call } = await startOrg();
    const id = org.insert('Contact', { LastName: 'Reef', Email: 'ada@reef.test' });
    const soql = encodeURIComponent("SELECT Id FROM Contact WHERE Email = 'ada@reef.test'");
    const parts = [
      part('found', 'GET', `/query?q=${soql}`),
      part('update', 'PATCH', '/sobjects/Contact/@{found.records[0].Id}', { FirstName: 'Ada' }),
    ];
    expect(statuses(await call('POST', '/composite', allOrNone(parts)))).toEqual([200, 204]);
    expect(org.records('Contact')).toMatchObject([{ Id: id, FirstName: 'Ada' }]);
  });

  test('an update by id answers nothing a later part could refer to', async () => {
    const { org, call } = await startOrg();
    const id = org.insert('Account', { Name: 'Reef household' });
    const parts = [
      part('account', 'PATCH', `/sobjects/Account/${id}`, { Name: 'Reef' }),
      part('contact', 'POST', '/sobjects/Contact', { LastName: 'Reef', AccountId: '@{account.id}' }),
    ];
    const answer = await call('POST', '/composite', allOrNone(parts));
    expect(partsOf(answer)[1]?.body).toMatchObject([{ message: expect.stringContaining('Invalid reference') }]);
    expect(org.records('Account')).toMatchObject([{ Name: 'Reef household' }]);
  });

  test('a part that matches several records answers 300 and halts the others', async () => {
    const { org, call } = await startOrg({ notUnique: ['Account.FareHarbor_Guest_Key__c'] });
    for (const Name of ['one', 'two']) org.insert('Account', { Name, FareHarbor_Guest_Key__c: 'g1' });
    const answer = await call('POST', '/composite', allOrNone(booking()));
    expect(statuses(answer)).toEqual([300, 400, 400]);
    expect(partsOf(answer)[0]?.body).toHaveLength(2);
  });

  test('a part of an unknown version, path or site is NOT_FOUND', async () => {
    const { call } = await startOrg();
    const urls = [
      '/services/data/v30.0/sobjects',
      '/sobjects',
      `${DATA}/nothing`,
      `https://elsewhere.test${DATA}/sobjects`,
    ];
    const parts = urls.map((url, index) => ({ referenceId: `p${index}`, method: 'GET', url }));
    expect(statuses(await call('POST', '/composite', { compositeRequest: parts }))).toEqual([404, 404, 404, 404]);
  });

  test('collated, the order is not the caller’s', async () => {
    const { org, call } = await startOrg();
    const parts = ['one', 'two'].map((name) => part(name, 'POST', '/sobjects/Account', { Name: name }));
    await call('POST', '/composite', { collateSubrequests: true, compositeRequest: parts });
    expect(org.records('Account').map((one) => one.Name)).toEqual(['two', 'one']);
  });

  test.each([
    ['26 parts', Array.from({ length: 26 }, (_, index) => part(`p${index}`, 'GET', '/sobjects'))],
    ['6 queries', Array.from({ length: 6 }, (_, i) => part(`q${i}`, 'GET', '/query?q=SELECT+Id+FROM+Contact'))],
    ['a referenceId with a hyphen', [part('a-b', 'GET', '/sobjects')]],
    ['a referenceId twice', [part('a', 'GET', '/sobjects'), part('a', 'GET', '/sobjects')]],
    ['a part without method', [{ referenceId: 'a', url: `${DATA}/sobjects` }]],
    ['a part that sets Authorization', [{ ...part('a', 'GET', '/sobjects'), httpHeaders: { Authorization: 'x' } }]],
  ])('with %s is refused as a whole', async (_, parts) => {
    const { call } = await startOrg();
    const { status, body } = await call('POST', '/composite', { compositeRequest: parts });
    expect(status).toBe(400);
    expect(body).toEqual([{ errorCode: expect.any(String), message: expect.any(String) }]);
  });

  test('history has every committed write in order', async () => {
    const { org, call } = await startOrg();
    await call('POST', '/composite', allOrNone(booking({ Booking_Version__c: 1 })));
    await call('POST', '/composite', allOrNone(booking({ Booking_Version__c: 2 })));
    const sales = org.history.filter((entry) => entry.object === 'Opportunity');
    expect(sales.map(({ kind, fields }) => [kind, fields.Booking_Version__c])).toEqual([
      ['created', 1],
      ['updated', 2],
    ]);
  });

  test('committed, then dropped: the caller sees an error, the records are there', async () => {
    const { org, call, server } = await startOrg();
    server.fault({ route: 'composite', commitThenDrop: true });
    await expect(call('POST', '/composite', allOrNone(booking()))).rejects.toThrow();
    expect(org.records('Opportunity')).toHaveLength(1);
  });
});

describe('composite graph', () => {
  const graph = (graphId: string, compositeRequest: unknown[]) => ({ graphId, compositeRequest });
  const good = (id: string) => graph(id, [part('a', 'POST', '/sobjects/Account', { Name: id })]);
  const bad = (id: string) => graph(id, [...good(id).compositeRequest, part('b', 'POST', '/sobjects/Account', {})]);

  test('each graph is all or none by itself', async () => {
    const { org, call } = await startOrg();
    const { status, body } = await call('POST', '/composite/graph', { graphs: [bad('one'), good('two')] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      graphs: [
        { graphId: 'one', isSuccessful: false },
        { graphId: 'two', isSuccessful: true, graphResponse: { compositeResponse: [{ httpStatusCode: 201 }] } },
      ],
    });
    expect(org.records('Account')).toMatchObject([{ Name: 'two' }]);
  });

  test('stops after 14 failed graphs', async () => {
    const { org, call } = await startOrg();
    const graphs = [...Array.from({ length: 14 }, (_, index) => bad(`bad${index}`)), good('late')];
    const { body } = await call('POST', '/composite/graph', { graphs });
    expect(body).toMatchObject({
      graphs: expect.arrayContaining([expect.objectContaining({ graphId: 'late', isSuccessful: false })]),
    });
    expect(org.records('Account')).toEqual([]);
  });

  const chain = Array.from({ length: 16 }, (_, index) =>
    part(`n${index}`, 'POST', '/sobjects/Account', { Name: index === 0 ? 'x' : `@{n${index - 1}.id}` }),
  );
  test.each([
    ['76 graphs', Array.from({ length: 76 }, (_, index) => good(`g${index}`))],
    [
      '501 nodes',
      [
        graph(
          'g',
          Array.from({ length: 501 }, (_, i) => part(`n${i}`, 'POST', '/sobjects/Lead', {})),
        ),
      ],
    ],
    ['a chain of 16', [graph('g', chain)]],
    ['a query', [graph('g', [part('q', 'GET', '/query?q=SELECT+Id+FROM+Contact')])]],
    ['a graphId twice', [good('g'), good('g')]],
  ])('with %s is refused as a whole', async (_, graphs) => {
    const { org, call } = await startOrg();
    expect(await call('POST', '/composite/graph', { graphs })).toMatchObject({ status: 400 });
    expect(org.records('Account')).toEqual([]);
  });
});

describe('collections', () => {
  const record = (key: string, more: Record<string, unknown> = {}) => ({
    attributes: { type: 'Contact' },
    FareHarbor_Guest_Key__c: key,
    LastName: 'Reef',
    ...more,
  });
  const PATH = '/composite/sobjects/Contact/FareHarbor_Guest_Key__c';

  test('upsert answers 200 with a result for each record, errors by statusCode', async () => {
    const { org, call } = await startOrg();
    org.insert('Contact', { LastName: 'Bay', FareHarbor_Guest_Key__c: 'g1' });
    const records = [record('g1'), record('g2', { Email: 'nobody' }), record('g3')];
    const { status, body } = await call('PATCH', PATH, { records });
    expect(status).toBe(200);
    expect(body).toMatchObject([
      { success: true, created: false },
      { success: false, errors: [{ statusCode: 'INVALID_EMAIL_ADDRESS', fields: ['Email'] }] },
      { success: true, created: true },
    ]);
    expect(org.records('Contact')).toHaveLength(2);
  });

  test('all or none undoes the others', async () => {
    const { org, call } = await startOrg();
    const records = [record('g1'), record('g2', { Email: 'nobody' })];
    const { body } = await call('PATCH', PATH, { allOrNone: true, records });
    expect(body).toMatchObject([
      { success: false, errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }] },
      { success: false, errors: [{ statusCode: 'INVALID_EMAIL_ADDRESS' }] },
    ]);
    expect(org.records('Contact')).toEqual([]);
  });

  test('takes at most 200 records, and no upsert before version 46', async () => {
    const { call } = await startOrg();
    const records = Array.from({ length: 201 }, (_, index) => record(`g${index}`));
    expect(await call('PATCH', PATH, { records })).toMatchObject({ status: 400 });
    expect(await call('PATCH', `/services/data/v45.0${PATH}`, { records: [] })).toMatchObject({ status: 404 });
  });

  test('create and update by id', async () => {
    const { org, call } = await startOrg();
    const { body } = await call('POST', '/composite/sobjects', { records: [{ ...record('g1') }] });
    expect(body).toMatchObject([{ success: true }]);
    const id = org.records('Contact')[0]?.Id;
    const update = { attributes: { type: 'Contact' }, id, FirstName: 'Ada' };
    expect((await call('PATCH', '/composite/sobjects', { records: [update] })).body).toMatchObject([
      { id, success: true },
    ]);
    expect(org.records('Contact')).toMatchObject([{ FirstName: 'Ada' }]);
  });
});
