import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Caller, startOrg } from './caller.ts';

const RESULT = z.object({ totalSize: z.number(), done: z.literal(true), records: z.array(z.looseObject({})) });

async function query(caller: Caller, soql: string): Promise<z.infer<typeof RESULT>> {
  const { body } = await caller.call('GET', `/query?q=${encodeURIComponent(soql)}`);
  return RESULT.parse(body);
}

async function lastNames(caller: Caller, where: string): Promise<unknown[]> {
  const { records } = await query(caller, `SELECT LastName FROM Contact ${where}`);
  return records.map((record) => record.LastName);
}

async function fleet(): Promise<Caller> {
  const caller = await startOrg();
  const account = caller.org.insert('Account', { Name: 'Reef household', FareHarbor_Guest_Key__c: 'g1' });
  const people = [
    { LastName: 'Reef', Email: 'ada@reef.test', Phone: '+12025550101', AccountId: account, Lead_Score__c: 40 },
    { LastName: "O'Bay", Email: 'ben@bay.test', MobilePhone: '+12025550101', Email_Consent__c: true },
    { LastName: 'C:\\Cove', First_Tour_Date__c: '2026-05-01', Lead_Score__c: 90 },
  ];
  for (const person of people) caller.org.insert('Contact', person);
  return caller;
}

describe('SOQL finds', () => {
  test.each([
    ["WHERE Email = 'ADA@REEF.TEST'", ['Reef']],
    ["WHERE Phone = '+12025550101' OR MobilePhone = '+12025550101'", ['Reef', "O'Bay"]],
    ["WHERE Email IN ('ada@reef.test', 'ben@bay.test')", ['Reef', "O'Bay"]],
    ["WHERE Email NOT IN ('ada@reef.test')", ["O'Bay", 'C:\\Cove']],
    ['WHERE Email != null AND Email_Consent__c = true', ["O'Bay"]],
    ['WHERE Email = null', ['C:\\Cove']],
    ["WHERE (Email = 'ada@reef.test' OR Email = null) AND Lead_Score__c > 50", ['C:\\Cove']],
    ['WHERE NOT Email_Consent__c = true', ['Reef', 'C:\\Cove']],
    ["WHERE LastName = 'O\\'Bay'", ["O'Bay"]],
    ["WHERE LastName = 'C:\\\\Cove'", ['C:\\Cove']],
    ["WHERE LastName LIKE 'r%f'", ['Reef']],
    ['WHERE First_Tour_Date__c >= 2026-05-01', ['C:\\Cove']],
    ["WHERE Account.FareHarbor_Guest_Key__c = 'g1'", ['Reef']],
    ['ORDER BY LastName DESC LIMIT 2', ['Reef', "O'Bay"]],
    ['ORDER BY Lead_Score__c DESC NULLS LAST, LastName LIMIT 1', ['C:\\Cove']],
    ['LIMIT 1 OFFSET 1', ["O'Bay"]],
  ])('%s', async (where, expected) => {
    expect(await lastNames(await fleet(), where)).toEqual(expected);
  });

  test('records with attributes, own fields as null where empty, and fields of the parent', async () => {
    const caller = await fleet();
    const { records, totalSize } = await query(
      caller,
      "SELECT Id, Title, Account.Name FROM Contact WHERE LastName = 'Reef'",
    );
    const [contact] = caller.org.records('Contact');
    expect(totalSize).toBe(1);
    expect(records).toEqual([
      {
        attributes: { type: 'Contact', url: `/services/data/v66.0/sobjects/Contact/${contact?.Id}` },
        Id: contact?.Id,
        Title: null,
        Account: { Name: 'Reef household' },
      },
    ]);
  });

  test('a count', async () => {
    expect(await query(await fleet(), 'SELECT COUNT() FROM Contact')).toMatchObject({ totalSize: 3, records: [] });
  });

  test('what was changed, under its new value only', async () => {
    const caller = await fleet();
    const [contact] = caller.org.records('Contact');
    await caller.call('PATCH', `/sobjects/Contact/${contact?.Id}`, { Email: 'new@reef.test' });
    expect(await lastNames(caller, "WHERE Email = 'ada@reef.test'")).toEqual([]);
    expect(await lastNames(caller, "WHERE Email = 'new@reef.test'")).toEqual(['Reef']);
  });

  test('no deleted record', async () => {
    const caller = await fleet();
    const [contact] = caller.org.records('Contact');
    await caller.call('DELETE', `/sobjects/Contact/${contact?.Id}`);
    expect(await lastNames(caller, "WHERE Email = 'ada@reef.test'")).toEqual([]);
  });
});

describe('SOQL refuses', () => {
  test.each([
    ['an open string', "SELECT Id FROM Contact WHERE LastName = 'O'Bay'", 'MALFORMED_QUERY'],
    ['an unknown escape', "SELECT Id FROM Contact WHERE LastName = 'a\\qb'", 'MALFORMED_QUERY'],
    [
      'AND beside OR without parentheses',
      "SELECT Id FROM Contact WHERE Email = null AND Phone = null OR LastName = 'x'",
      'MALFORMED_QUERY',
    ],
    ['an empty list', 'SELECT Id FROM Contact WHERE Email IN ()', 'MALFORMED_QUERY'],
    ['words after the end', 'SELECT Id FROM Contact LIMIT 1 Contact', 'MALFORMED_QUERY'],
    ['an unknown object', 'SELECT Id FROM Guest__c', 'INVALID_TYPE'],
    ['an unknown field', 'SELECT Nothing__c FROM Contact', 'INVALID_FIELD'],
    ['a person account field in an org without them', 'SELECT PersonEmail FROM Account', 'INVALID_FIELD'],
    ['an unquoted text', 'SELECT Id FROM Contact WHERE Email = 5', 'INVALID_FIELD'],
    ['a quoted boolean', "SELECT Id FROM Lead WHERE IsConverted = 'false'", 'INVALID_FIELD'],
    ['a filter by long text', "SELECT Id FROM Contact WHERE Interests__c = 'reef'", 'INVALID_FIELD'],
  ])('%s', async (_, soql, errorCode) => {
    const { call } = await startOrg();
    const { status, body } = await call('GET', `/query?q=${encodeURIComponent(soql)}`);
    expect(status).toBe(400);
    expect(body).toMatchObject([{ errorCode }]);
  });

  test('no query at all', async () => {
    const { call } = await startOrg();
    expect(await call('GET', '/query')).toMatchObject({ status: 400, body: [{ errorCode: 'MALFORMED_QUERY' }] });
  });
});
