import { describe, expect, test } from 'vitest';
import { desiredGuest } from '../../../functions/crm-sync/guest/desired-guest.ts';
import { guestParts } from '../../../functions/crm-sync/guest/guest-parts.ts';
import { type Identity, lookUps, matchGuest, onlyIfUnknown } from '../../../functions/crm-sync/guest/match-guest.ts';
import { caseParts, saleParts } from '../../../functions/crm-sync/sale/sale-parts.ts';
import { readReplies, upsert } from '../../../functions/crm-sync/salesforce/composite.ts';
import { AUTOMATIC } from '../acts/automatic.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { aGuest, aRecord, someSettings } from './record-fixture.ts';

const V = '/services/data/v66.0';
const key = `g-${uuid(1)}`;
const business = { personAccounts: false, fields: {} };
const persons = { personAccounts: true, fields: {} };
const httpHeaders = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' };
const unseen: Identity = { account: { id: null, is: 'ours' }, contact: { id: null, is: 'ours' } };
const soqlOf = (shape: typeof business, contact = aBooking().contact) =>
  lookUps(aGuest(aRecord({ contact })), shape).map(({ referenceId, url }) => [
    referenceId,
    new URL(url, 'http://org').searchParams.get('q'),
  ]);

describe('looking a guest up', () => {
  test('asks by key, e-mail, phone and open lead, in one request of five queries', () => {
    const phones =
      "'+12025550101', '12025550101', '2025550101', '(202) 555-0101', '202-555-0101', '202.555.0101', '+1 202-555-0101', '+1 (202) 555-0101', '1-202-555-0101'";
    expect(soqlOf(business)).toEqual([
      ['account', `SELECT Id FROM Account WHERE FareHarbor_Guest_Key__c = '${key}' LIMIT 2`],
      ['contact', `SELECT Id, AccountId FROM Contact WHERE FareHarbor_Guest_Key__c = '${key}' LIMIT 2`],
      [
        'email',
        "SELECT Id, AccountId FROM Contact WHERE FareHarbor_Guest_Key__c = null AND Email = 'noa@kealoha.test' LIMIT 2",
      ],
      [
        'phone',
        `SELECT Id, AccountId FROM Contact WHERE FareHarbor_Guest_Key__c = null AND (Phone IN (${phones}) OR MobilePhone IN (${phones})) LIMIT 2`,
      ],
      ['lead', "SELECT Id FROM Lead WHERE IsConverted = false AND Email = 'noa@kealoha.test' LIMIT 2"],
    ]);
  });

  test('escapes what a guest typed', () => {
    const contact = { ...aBooking().contact, email: "o'hara\\@kealoha.test", phone: null };
    expect(soqlOf(business, contact).find(([name]) => name === 'email')?.[1]).toContain("'o\\'hara\\\\@kealoha.test'");
  });

  test('asks only by key for a guest without e-mail address and phone', () => {
    const contact = { ...aBooking().contact, email: null, phone: null };
    expect(soqlOf(business, contact).map(([name]) => name)).toEqual(['account', 'contact']);
  });

  test('uses the operator’s names of the key fields', () => {
    const fields = {
      'Contact.FareHarbor_Guest_Key__c': 'Their_Key__c',
      'Account.FareHarbor_Guest_Key__c': 'Acc_Key__c',
    };
    const [account, contact, email] = soqlOf({ personAccounts: false, fields });
    expect([account?.[1], contact?.[1], email?.[1]]).toEqual([
      expect.stringContaining('WHERE Acc_Key__c ='),
      expect.stringContaining('WHERE Their_Key__c ='),
      expect.stringContaining('Their_Key__c = null'),
    ]);
  });
});

describe('writing only where nobody is found', () => {
  const askedOf = (shape: typeof business, contact = aBooking().contact) =>
    onlyIfUnknown(aGuest(aRecord({ contact })), shape).map(({ referenceId, url }) => [
      referenceId,
      new URL(url, 'http://org').searchParams.get('q') ?? url,
    ]);

  test('asks for the account and for any contact of the look-ups, each followed by what there is only without it', () => {
    const contact = { ...aBooking().contact, phone: '+442079460101' };
    const unclaimed = 'FareHarbor_Guest_Key__c = null';
    const phones = "'+442079460101', '442079460101'";
    const anybody = [
      `(FareHarbor_Guest_Key__c = '${key}')`,
      `(${unclaimed} AND Email = 'noa@kealoha.test')`,
      `(${unclaimed} AND (Phone IN (${phones}) OR MobilePhone IN (${phones})))`,
    ].join(' OR ');
    expect(askedOf(business, contact)).toEqual([
      ['knownAccount', `SELECT Id FROM Account WHERE FareHarbor_Guest_Key__c = '${key}' LIMIT 1`],
      ['knownContact', `SELECT Id FROM Contact WHERE ${anybody} LIMIT 1`],
      ['no_knownAccount', 'SELECT Id FROM Organization LIMIT 1 OFFSET @{knownAccount.totalSize}'],
      ['only_if_no_knownAccount', `${V}/sobjects/Organization/@{no_knownAccount.records[0].Id}?fields=Id`],
      ['no_knownContact', 'SELECT Id FROM Organization LIMIT 1 OFFSET @{knownContact.totalSize}'],
      ['only_if_no_knownContact', `${V}/sobjects/Organization/@{no_knownContact.records[0].Id}?fields=Id`],
      ['lead', "SELECT Id FROM Lead WHERE IsConverted = false AND Email = 'noa@kealoha.test' LIMIT 2"],
    ]);
  });

  test('references stand as they are, since Salesforce replaces them as they are written', () => {
    const urls = onlyIfUnknown(aGuest(aRecord()), business).map(({ url }) => url);
    expect(urls.join().match(/@\{[^}]+\}/g)).toHaveLength(4);
  });

  test.each([
    ['no address and no number', { email: null, phone: null }, `(FareHarbor_Guest_Key__c = '${key}')`],
    [
      'an address alone',
      { phone: null },
      `(FareHarbor_Guest_Key__c = '${key}') OR (FareHarbor_Guest_Key__c = null AND Email = 'noa@kealoha.test')`,
    ],
  ])('of a guest with %s', (_, change, where) => {
    const asked = askedOf(business, { ...aBooking().contact, ...change });
    expect(asked[1]?.[1]).toBe(`SELECT Id FROM Contact WHERE ${where} LIMIT 1`);
  });
});

describe('deciding who the guest is', () => {
  const found = (replies: Record<string, object[]>, shape = business) =>
    matchGuest(new Map(Object.entries(replies).map(([name, records]) => [name, { records }])), shape);
  const ours = { Id: '003A', AccountId: '001A' };
  const theirs = { Id: '003B', AccountId: '001B' };
  const third = { Id: '003C', AccountId: null };

  test.each<[string, Record<string, object[]>, Identity]>([
    ['nobody', {}, unseen],
    [
      'our key, our account',
      { account: [{ Id: '001A' }], contact: [ours] },
      { account: { id: '001A', is: 'ours' }, contact: { id: '003A', is: 'ours' } },
    ],
    [
      'our key, moved to another account',
      { account: [{ Id: '001Z' }], contact: [ours] },
      { account: { id: '001A', is: 'theirs' }, contact: { id: '003A', is: 'ours' } },
    ],
    [
      'our account only',
      { account: [{ Id: '001A' }] },
      { account: { id: '001A', is: 'ours' }, contact: { id: null, is: 'ours' } },
    ],
    [
      'e-mail before phone',
      { email: [theirs], phone: [third] },
      { account: { id: '001B', is: 'theirs' }, contact: { id: '003B', is: 'theirs' } },
    ],
    [
      'e-mail decides though several share the phone',
      { email: [theirs], phone: [third, ours] },
      { account: { id: '001B', is: 'theirs' }, contact: { id: '003B', is: 'theirs' } },
    ],
    [
      'phone, a contact of no account',
      { email: [], phone: [third] },
      { account: { id: null, is: 'ours' }, contact: { id: '003C', is: 'theirs' } },
    ],
    [
      'key before e-mail',
      { contact: [ours], email: [theirs] },
      { account: { id: '001A', is: 'theirs' }, contact: { id: '003A', is: 'ours' } },
    ],
  ])('%s', (_, replies, identity) => {
    expect(found(replies)).toEqual(identity);
  });

  test.each(['account', 'contact', 'email', 'phone'])('several by %s: a person decides', (name) => {
    const both = [
      { Id: '1', AccountId: null },
      { Id: '2', AccountId: null },
    ];
    expect(() => found({ [name]: both })).toThrow(expect.objectContaining({ code: 'salesforce.ambiguous' }));
  });

  test('an org with person accounts makes persons, and knows companies’ contacts from persons', () => {
    expect(found({}, persons).account).toEqual({ id: null, is: 'person' });
    const person = { Id: '003P', AccountId: '001P', IsPersonAccount: true };
    expect(found({ email: [person] }, persons).account).toEqual({ id: '001P', is: 'person' });
    expect(found({ email: [theirs] }, persons).account).toEqual({ id: '001B', is: 'theirs' });
  });
});

describe('writing', () => {
  const guest = desiredGuest(aGuest(aRecord()), AUTOMATIC);

  test('a new guest: by our key, with names, the contact under its account', () => {
    const { parts, accountRef, contactRef } = guestParts(guest, unseen, {});
    const { FareHarbor_Guest_Key__c: _, ...account } = guest.account;
    const { FareHarbor_Guest_Key__c: __, ...contact } = guest.contact;
    expect(parts).toEqual([
      {
        method: 'PATCH',
        url: `${V}/sobjects/Account/FareHarbor_Guest_Key__c/${key}`,
        referenceId: 'account',
        httpHeaders,
        body: { ...account, Name: 'Kealoha household' },
      },
      {
        method: 'PATCH',
        url: `${V}/sobjects/Contact/FareHarbor_Guest_Key__c/${key}`,
        referenceId: 'contact',
        httpHeaders,
        body: { ...contact, FirstName: 'Noa', LastName: 'Kealoha', AccountId: '@{account.id}' },
      },
    ]);
    expect([accountRef, contactRef]).toEqual(['@{account.id}', '@{contact.id}']);
  });

  test('a known guest: by id, the account’s name and the contact’s account left to people', () => {
    const known: Identity = { account: { id: '001A', is: 'ours' }, contact: { id: '003A', is: 'ours' } };
    const { parts } = guestParts(guest, known, {});
    expect(parts.map(({ url }) => url)).toEqual([`${V}/sobjects/Account/001A`, `${V}/sobjects/Contact/003A`]);
    expect(parts[0]?.body).toEqual(guest.account);
    expect(parts[1]?.body).toEqual({ ...guest.contact, FirstName: 'Noa', LastName: 'Kealoha' });
  });

  test('a guest without a name gets one only where Salesforce demands it', () => {
    const nameless = desiredGuest(aGuest(aRecord({ contact: { ...aBooking().contact, name: ' ' } })), AUTOMATIC);
    const known: Identity = { account: { id: '001A', is: 'ours' }, contact: { id: '003A', is: 'ours' } };
    expect(guestParts(nameless, unseen, {}).parts[1]?.body).toMatchObject({ LastName: 'Guest' });
    expect(guestParts(nameless, known, {}).parts[1]?.body).not.toHaveProperty('LastName');
  });

  test('a person account: one record with the contact’s fields as its own', () => {
    const person: Identity = { account: { id: null, is: 'person' }, contact: { id: null, is: 'ours' } };
    const { parts, contactRef } = guestParts(guest, person, { 'Contact.Churn_Risk__c': null });
    expect(parts.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `PATCH ${V}/sobjects/Account/FareHarbor_Guest_Key__c/${key}`,
      `GET ${V}/sobjects/Account/@{account.id}?fields=PersonContactId`,
    ]);
    const body = parts[0]?.body;
    expect(body).toMatchObject({ LastName: 'Kealoha', PersonEmail: 'noa@kealoha.test', Lead_Score__pc: 72 });
    expect(body).not.toHaveProperty('Name');
    expect(body).not.toHaveProperty('Churn_Risk__pc');
    expect(body).not.toHaveProperty('Email');
    expect(contactRef).toBe('@{person.PersonContactId}');
  });

  test('the sale and its cases refer to the records before them; keys are encoded', () => {
    const refs = { accountRef: '001A', contactRef: '@{contact.id}' };
    expect(saleParts('a/b c', { Name: 'n' }, refs, {})).toEqual([
      {
        method: 'PATCH',
        url: `${V}/sobjects/Opportunity/FareHarbor_Booking_UUID__c/a%2Fb%20c`,
        referenceId: 'opportunity',
        httpHeaders,
        body: { Name: 'n', AccountId: '001A', Guest__c: '@{contact.id}' },
      },
    ]);
    const one = { kind: 'refund' as const, eventKey: `${uuid(1)}:2:refunded`, values: { Subject: 's' } };
    const { salesforce } = someSettings({ caseOwnerId: '00G1' });
    expect(caseParts([one], { ...refs, opportunityRef: '@{opportunity.id}' }, salesforce)).toEqual([
      {
        method: 'PATCH',
        url: `${V}/sobjects/Case/FareHarbor_Event_Key__c/${uuid(1)}%3A2%3Arefunded`,
        referenceId: 'case0',
        httpHeaders,
        body: {
          Subject: 's',
          OwnerId: '00G1',
          AccountId: '001A',
          ContactId: '@{contact.id}',
          Opportunity__c: '@{opportunity.id}',
        },
      },
    ]);
  });
});

test('replies are found by their reference id', () => {
  const part = upsert('account', 'Account', { field: 'K__c', value: 'k' }, {});
  const reply = {
    compositeResponse: [{ referenceId: 'account', httpStatusCode: 201, httpHeaders: {}, body: { id: '1' } }],
  };
  expect(readReplies(reply, [part]).get('account')).toEqual({ id: '1' });
});
