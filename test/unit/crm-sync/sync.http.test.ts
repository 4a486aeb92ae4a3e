import { afterEach, describe, expect, test } from 'vitest';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { aBooking, usd, uuid } from '../shared/booking-fixture.ts';
import { type CrmDesk, type CrmDeskOptions, crmDesk } from './crm-desk.ts';
import { aRecord, recorded } from './record-fixture.ts';

const desks: CrmDesk[] = [];
async function open(options?: CrmDeskOptions): Promise<CrmDesk> {
  const desk = await crmDesk(options);
  desks.push(desk);
  return desk;
}
afterEach(async () => {
  await Promise.all(desks.splice(0).map((desk) => desk.close()));
});

const { contact } = aBooking();
const key = guestKeyFor(uuid(1));
const cancelled = recorded(2, { kind: 'refunded', amount: usd(20000) }, { kind: 'cancelled' });

describe('a new booking', () => {
  test('becomes account, contact and opportunity in two calls, the next version in one', async () => {
    const desk = await open();
    await desk.bring(aRecord());

    const { Account, Contact, Opportunity, Case } = desk.vendor.state();
    expect(Account).toMatchObject([{ Name: 'Kealoha household', FareHarbor_Guest_Key__c: key, Bookings__c: 1 }]);
    expect(Contact).toMatchObject([
      {
        FirstName: 'Noa',
        LastName: 'Kealoha',
        Email: 'noa@kealoha.test',
        AccountId: Account[0]?.Id,
        Lead_Score__c: 72,
      },
    ]);
    expect(Opportunity).toMatchObject([
      {
        FareHarbor_Booking_UUID__c: uuid(1),
        StageName: 'Closed Won',
        Amount: 200,
        Tour_Date__c: '2026-12-20',
        AccountId: Account[0]?.Id,
        Guest__c: Contact[0]?.Id,
        AI_Summary__c: 'A returning couple.',
        AI_Generated__c: true,
      },
    ]);
    expect(Case).toEqual([]);
    expect(desk.composites()).toHaveLength(2);
    expect(desk.record(uuid(1))?.sync.crm).toMatchObject({
      version: 1,
      links: { account: Account[0]?.Id, contact: Contact[0]?.Id, opportunity: Opportunity[0]?.Id },
    });

    await desk.bring(aRecord({ partySize: 5 }, { version: 2 }));
    expect(desk.composites()).toHaveLength(3);
    expect(desk.vendor.records('Opportunity')).toMatchObject([{ Party_Size__c: 5, Booking_Version__c: 2 }]);
    expect(desk.vendor.logins).toBe(1);
  });

  test('asked for again is a needless look: no call', async () => {
    const desk = await open();
    await desk.bring(aRecord());
    await desk.again(aRecord());
    expect(desk.composites()).toHaveLength(2);
  });

  test('of a guest whose name holds references, quotes and control characters harms nobody', async () => {
    const desk = await open();
    const name = "Ann @{account.id} {!$User.Id} O\\'Hara\u0007 👩‍👩‍👧 ‏עדי";
    const email = "o'hara\\@kealoha.test";
    await desk.bring(aRecord({ contact: { ...contact, name, email: null }, note: `${email} @{contact.id}` }));
    const [person] = desk.vendor.records('Contact');
    expect(`${person?.FirstName} ${person?.LastName}`).toBe("Ann @ {account.id} { !$User.Id} O\\'Hara 👩‍👩‍👧 ‏עדי");
    expect(desk.vendor.records('Opportunity')[0]?.Special_Requests__c).toBe(`${email} @ {contact.id}`);
  });

  test('in an org that is switched off in the settings is done without a call', async () => {
    const desk = await open({ salesforce: { enabled: false } });
    await desk.bring(aRecord());
    expect(desk.server.requests).toEqual([]);
    expect(desk.record(uuid(1))?.sync.crm?.version).toBe(1);
  });
});

describe('cases', () => {
  test('are made once for a cancellation and a refund, and the sale is lost without revenue', async () => {
    const desk = await open();
    await desk.bring(aRecord());
    await desk.bring(aRecord({ status: 'cancelled' }, { version: 2, changes: cancelled }));

    const [opportunity] = desk.vendor.records('Opportunity');
    expect(opportunity).toMatchObject({ StageName: 'Closed Lost', Amount: 0, Net_Amount__c: 0, Total_Amount__c: 200 });
    const cases = desk.vendor.records('Case');
    expect(cases.map((one) => [one.Case_Kind__c, one.FareHarbor_Event_Key__c, one.Opportunity__c])).toEqual([
      ['refund', `${uuid(1)}:2:refunded`, opportunity?.Id],
      ['cancellation', `${uuid(1)}:2:cancelled`, opportunity?.Id],
    ]);
    expect(cases[0]).toMatchObject({ ContactId: desk.vendor.records('Contact')[0]?.Id, Priority: 'Medium' });
    expect(desk.composites()).toHaveLength(3);

    // Later versions leave the Cases of earlier ones alone, whatever a person made of them.
    const before = desk.vendor.history.filter(({ object }) => object === 'Case').length;
    await desk.bring(aRecord({ status: 'cancelled', note: 'called back' }, { version: 3, changes: cancelled }));
    expect(desk.vendor.history.filter(({ object }) => object === 'Case')).toHaveLength(before);
  });

  test('are made once when Salesforce commits and the connection drops', async () => {
    const desk = await open();
    desk.server.fault({ route: 'composite', match: 'PATCH', commitThenDrop: true });
    const record = aRecord({ status: 'cancelled' }, { version: 2, changes: cancelled });
    await expect(desk.bring(record)).rejects.toMatchObject({ name: 'RetryableError', code: 'salesforce.network' });
    expect(desk.vendor.records('Case')).toHaveLength(2);
    await desk.again(record);
    const { Account, Contact, Opportunity, Case } = desk.vendor.state();
    expect([Account, Contact, Opportunity, Case].map(({ length }) => length)).toEqual([1, 1, 1, 2]);
    expect(desk.record(uuid(1))?.sync.crm?.version).toBe(2);
  });

  test('more of them than one composite request holds are all made', async () => {
    const desk = await open();
    const changes = Array.from({ length: 30 }, (_, index) =>
      recorded(index + 1, { kind: 'refunded', amount: usd(100) }),
    ).flat();
    await desk.bring(aRecord({}, { version: 30, changes }));
    const sale = desk.vendor.records('Opportunity')[0]?.Id;
    expect(desk.vendor.records('Case').filter((one) => one.Opportunity__c === sale)).toHaveLength(30);
    expect(desk.composites()).toHaveLength(3);
  });
});

describe('a rebooking', () => {
  const old = (version: number) =>
    aRecord({ status: 'rebooked', rebookedTo: uuid(2) }, { version, changes: recorded(version, { kind: 'booked' }) });
  const successor = aRecord({ uuid: uuid(2), rebookedFrom: uuid(1), displayId: '#102', partySize: 4 });
  const carried = {
    FareHarbor_Booking_UUID__c: uuid(1),
    FareHarbor_Current_UUID__c: uuid(2),
    StageName: 'Closed Won',
    Amount: 200,
    Party_Size__c: 4,
  };

  test('carries one sale on, the old booking first', async () => {
    const desk = await open();
    await desk.bring(aRecord());
    await desk.bring(old(2));
    expect(desk.vendor.records('Opportunity')).toMatchObject([{ StageName: 'Negotiation/Review', Amount: 0 }]);
    await desk.bring(successor);
    expect(desk.vendor.records('Opportunity')).toMatchObject([carried]);
  });

  test('carries one sale on, the new booking first', async () => {
    const desk = await open();
    await desk.bring(aRecord());
    await desk.bring(successor);
    await desk.bring(old(2));
    expect(desk.vendor.records('Opportunity')).toMatchObject([carried]);
    const versions = desk.vendor.history.flatMap(({ object, fields }) =>
      object === 'Opportunity' ? [Number(fields.Booking_Version__c)] : [],
    );
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });

  test('carries one sale on when the first booking was never seen', async () => {
    const desk = await open();
    await desk.bring(successor);
    expect(desk.vendor.records('Opportunity')).toMatchObject([carried]);
  });

  test('to another guest leaves the sale to that guest', async () => {
    const desk = await open();
    await desk.bring(aRecord());
    const other = {
      ...successor,
      guestKey: guestKeyFor(uuid(2)),
      booking: { ...successor.booking, contact: { ...contact, email: 'ida@lund.test', phone: null, name: 'Ida Lund' } },
    };
    await desk.bring(other);
    await desk.bring(old(2));
    const ida = desk.vendor.records('Contact').find(({ Email }) => Email === 'ida@lund.test');
    expect(desk.vendor.records('Opportunity')).toMatchObject([{ ...carried, Guest__c: ida?.Id }]);
  });
});

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
    expect(desk.composites()).toHaveLength(5);
    const [contactNow, ...others] = desk.vendor.records('Contact');
    expect([contactNow?.LastName, others.length]).toEqual(['Kealoha', 0]);
    expect(contactNow?.Id).not.toBe(gone?.Id);
    expect(desk.vendor.records('Opportunity')).toMatchObject([{ Party_Size__c: 3, Guest__c: contactNow?.Id }]);
    expect(desk.vendor.records('Account')).toHaveLength(1);
    // And it is remembered.
    await desk.bring(aRecord({ partySize: 4 }, { version: 3 }));
    expect(desk.composites()).toHaveLength(6);
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
    // Two for the first version; then the write, the look-up, the write again.
    expect(desk.composites()).toHaveLength(5);
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
    expect(desk.composites()).toHaveLength(2);
    await desk.bring(aRecord({ partySize: 3 }, { version: 3 }));
    expect(desk.composites()).toHaveLength(3);
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
