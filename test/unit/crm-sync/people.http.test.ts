import { describe, expect, test } from 'vitest';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { aBooking, usd, uuid } from '../shared/booking-fixture.ts';
import { open } from './open-desk.ts';
import { aRecord, recorded } from './record-fixture.ts';

const { contact } = aBooking();
const key = guestKeyFor(uuid(1));
const cancelled = recorded(2, { kind: 'refunded', amount: usd(20000) }, { kind: 'cancelled' });

describe('people', () => {
  test('a contact with the e-mail address is taken up with its account and its name', async () => {
    const desk = await open();
    const account = desk.vendor.insert('Account', { Name: 'Kealoha Roofing' });
    const id = desk.vendor.insert('Contact', {
      FirstName: 'N.',
      LastName: 'Kealoha-Smith',
      Email: 'NOA@kealoha.test',
      AccountId: account,
    });
    await desk.bring(aRecord());
    expect(desk.vendor.records('Contact')).toMatchObject([
      { Id: id, FirstName: 'N.', LastName: 'Kealoha-Smith', AccountId: account, FareHarbor_Guest_Key__c: key },
    ]);
    const { Account, Opportunity } = desk.vendor.state();
    expect(Account).toMatchObject([{ Id: account, Name: 'Kealoha Roofing' }]);
    expect(Account[0]?.FareHarbor_Guest_Key__c ?? null).toBeNull();
    expect(Opportunity).toMatchObject([{ AccountId: account, Guest__c: id }]);
  });

  test('a contact with the phone number, however typed, is taken up where no e-mail address matches', async () => {
    const desk = await open();
    const id = desk.vendor.insert('Contact', { LastName: 'Kealoha', MobilePhone: '(202) 555-0101' });
    await desk.bring(aRecord());
    expect(desk.vendor.records('Contact')).toMatchObject([{ Id: id, Email: 'noa@kealoha.test' }]);
    expect(desk.vendor.records('Contact')[0]?.AccountId).toBe(desk.vendor.records('Account')[0]?.Id);
  });

  test("another guest's contact with the same number stays theirs", async () => {
    const desk = await open();
    await desk.bring(aRecord());
    const partner = { ...contact, name: 'Leilani Kealoha', email: 'leilani@kealoha.test' };
    await desk.bring(aRecord({ uuid: uuid(2), contact: partner }, { guestKey: guestKeyFor(uuid(2)) }));
    expect(desk.vendor.records('Contact').map(({ FirstName }) => FirstName)).toEqual(['Noa', 'Leilani']);
  });

  describe('a guest who has forgotten records, since a table was restored to a time before them,', () => {
    const inDoubt = { crm: { version: 0, at: '2026-11-21T12:00:00.000Z', state: 'synced' as const, attempting: 1 } };
    const lost = guestKeyFor(uuid(9));
    const withLost = async () => {
      const desk = await open();
      const account = desk.vendor.insert('Account', { Name: 'Kealoha household', FareHarbor_Guest_Key__c: lost });
      const values = { LastName: 'Kealoha', Email: 'noa@kealoha.test', AccountId: account };
      return { desk, account, id: desk.vendor.insert('Contact', { ...values, FareHarbor_Guest_Key__c: lost }) };
    };

    test('gets them back under the new key', async () => {
      const { desk, account, id } = await withLost();
      await desk.bring(aRecord({}, { sync: inDoubt }));
      expect(desk.vendor.records('Contact')).toMatchObject([{ Id: id, FareHarbor_Guest_Key__c: key }]);
      expect(desk.vendor.records('Account')).toMatchObject([{ Id: account, FareHarbor_Guest_Key__c: key }]);
    });

    test('is not given those of a guest we hold', async () => {
      const { desk } = await withLost();
      desk.sinkRows.set(lost, {});
      await desk.bring(aRecord({}, { sync: inDoubt }));
      expect(desk.vendor.records('Contact')).toHaveLength(2);
    });

    test('is not looked for where nothing is in doubt', async () => {
      const { desk } = await withLost();
      await desk.bring(aRecord());
      expect(desk.vendor.records('Contact')).toHaveLength(2);
      expect(desk.composites()).toHaveLength(1);
    });
  });

  test('two contacts with the e-mail address: nothing is written, the booking is parked with the reason', async () => {
    const desk = await open();
    desk.vendor.insert('Contact', { LastName: 'Kealoha', Email: 'noa@kealoha.test' });
    desk.vendor.insert('Contact', { LastName: 'Kealoha', Email: 'noa@kealoha.test' });
    const error = await desk.park(aRecord());
    expect(error).toMatchObject({ code: 'salesforce.ambiguous' });
    expect(desk.vendor.history).toEqual([]);
    expect(desk.record(uuid(1))?.sync.crm).toMatchObject({ state: 'parked', version: 0, parkedVersion: 1 });
    expect(JSON.stringify([desk.lines, error.message, error.remedy])).not.toMatch(/kealoha|0101/i);
  });

  test('several open leads of the guest stop nothing, as nothing is written to them: one is linked', async () => {
    const desk = await open();
    const inquiry = { LastName: 'Kealoha', Company: '-', Email: 'noa@kealoha.test' };
    desk.vendor.insert('Lead', { ...inquiry, IsConverted: true });
    const leads = [desk.vendor.insert('Lead', inquiry), desk.vendor.insert('Lead', inquiry)];
    await desk.bring(aRecord());
    expect(leads).toContain(desk.record(uuid(1))?.sync.crm?.links?.lead);
    expect(desk.vendor.records('Contact')).toHaveLength(1);
  });

  test('a corrected e-mail address and name follow on the same contact; a missing one is not forgotten', async () => {
    const desk = await open();
    await desk.bring(aRecord());
    const corrected = { ...contact, name: 'Noah Kealoha', email: 'noah@kealoha.test', phone: null };
    await desk.bring(aRecord({ contact: corrected }, { version: 2 }));
    expect(desk.vendor.records('Contact')).toMatchObject([
      { FirstName: 'Noah', Email: 'noah@kealoha.test', Phone: '+12025550101' },
    ]);
  });

  test('a contact deleted meanwhile is looked up again, once, and made anew', async () => {
    const desk = await open();
    await desk.bring(aRecord());
    const [gone] = desk.vendor.records('Contact');
    await desk.remove('Contact', String(gone?.Id));
    await desk.bring(aRecord({ partySize: 3 }, { version: 2 }));
    expect(desk.composites()).toHaveLength(4);
    const [contactNow, ...others] = desk.vendor.records('Contact');
    expect([contactNow?.LastName, others.length]).toEqual(['Kealoha', 0]);
    expect(contactNow?.Id).not.toBe(gone?.Id);
    expect(desk.vendor.records('Opportunity')).toMatchObject([{ Party_Size__c: 3, Guest__c: contactNow?.Id }]);
    expect(desk.vendor.records('Account')).toHaveLength(1);
    // And it is remembered.
    await desk.bring(aRecord({ partySize: 4 }, { version: 3 }));
    expect(desk.composites()).toHaveLength(5);
  });

  test("a key that stays taken is looked into once, then parked with Salesforce's reason", async () => {
    const desk = await open();
    await desk.bring(aRecord());
    const errors = [{ errorCode: 'DUPLICATE_VALUE', message: 'duplicate value found: FareHarbor_Guest_Key__c' }];
    const compositeResponse = [{ referenceId: 'account', httpStatusCode: 400, httpHeaders: {}, body: errors }];
    const parts = ['contact', 'opportunity'].map((referenceId) => ({
      referenceId,
      httpStatusCode: 400,
      httpHeaders: {},
      body: [{ errorCode: 'PROCESSING_HALTED', message: '-' }],
    }));
    const body = { compositeResponse: [...compositeResponse, ...parts] };
    desk.server.fault({ route: 'composite', match: 'PATCH', status: 200, body, times: 9 });
    const error = await desk.park(aRecord({ partySize: 3 }, { version: 2 }));
    expect(error).toMatchObject({ code: 'salesforce.duplicate-key' });
    // One for the first version; then the write, the look-up, the write again.
    expect(desk.composites()).toHaveLength(4);
    expect(desk.record(uuid(1))?.sync.crm).toMatchObject({ state: 'parked', version: 1, parkedVersion: 2 });
  });

  test('a guest whose booking has moved on is shown without it', async () => {
    const desk = await open();
    const first = aRecord();
    const second = aRecord({ uuid: uuid(2) });
    await desk.bring(first);
    await desk.bring(second);
    expect(desk.vendor.records('Contact')).toMatchObject([{ Bookings__c: 2 }]);
    desk.put({ ...second, guestKey: guestKeyFor(uuid(2)), version: 2 });
    await desk.again(second);
    expect(desk.vendor.records('Contact')).toMatchObject([{ Bookings__c: 1 }]);
    expect(desk.vendor.records('Opportunity')).toHaveLength(2);
  });
});

describe('an org with person accounts', () => {
  test('shows the guest as one person account', async () => {
    const desk = await open({ org: { personAccounts: true }, salesforce: { personAccounts: true } });
    await desk.bring(aRecord({ status: 'cancelled' }, { version: 2, changes: cancelled }));
    const { Account, Contact, Opportunity, Case } = desk.vendor.state();
    expect(Account).toMatchObject([
      { IsPersonAccount: true, LastName: 'Kealoha', PersonEmail: 'noa@kealoha.test', Lead_Score__pc: 72 },
    ]);
    expect(Contact).toHaveLength(1);
    expect(Opportunity).toMatchObject([{ AccountId: Account[0]?.Id, Guest__c: Account[0]?.PersonContactId }]);
    expect(Case).toHaveLength(2);
    expect(desk.composites()).toHaveLength(1);
    await desk.bring(aRecord({ partySize: 3 }, { version: 3 }));
    expect(desk.composites()).toHaveLength(2);
    expect(desk.vendor.records('Account')).toHaveLength(1);
  });

  test('takes up a person that was there before', async () => {
    const desk = await open({ org: { personAccounts: true }, salesforce: { personAccounts: true } });
    const id = desk.vendor.insert('Account', { LastName: 'Kealoha', PersonEmail: 'noa@kealoha.test' });
    await desk.bring(aRecord());
    expect(desk.vendor.records('Account')).toMatchObject([{ Id: id, FareHarbor_Guest_Key__c: key }]);
  });
});

test('an org with several currencies is told the currency', async () => {
  const desk = await open({ org: { multiCurrency: true }, salesforce: { multiCurrency: true } });
  const yen = (amount: number) => ({ amount, currency: 'JPY' });
  const company = { shortname: 'harbor-kayaks', name: 'Harbor Kayaks', currency: 'JPY' };
  const price = { total: yen(24000), taxes: null, invoice: null, invoiceTaxes: null, paid: yen(24000), discount: null };
  await desk.bring(aRecord({ company, price }));
  expect(desk.vendor.records('Opportunity')).toMatchObject([{ Amount: 24000, CurrencyIsoCode: 'JPY' }]);
});

test('a field mapped to nothing is left out, so that an org without it still takes the sale', async () => {
  const fields = { 'Opportunity.Affiliate__c': null, 'Contact.Churn_Risk__c': null };
  const desk = await open({
    org: { hiddenFields: ['Opportunity.Affiliate__c', 'Contact.Churn_Risk__c'] },
    salesforce: { fields },
  });
  await desk.bring(aRecord());
  expect(desk.vendor.records('Opportunity')).toHaveLength(1);
});
