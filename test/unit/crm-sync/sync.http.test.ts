import { describe, expect, test } from 'vitest';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { aBooking, usd, uuid } from '../shared/booking-fixture.ts';
import { open } from './open-desk.ts';
import { aRecord, recorded } from './record-fixture.ts';

const { contact } = aBooking();
const key = guestKeyFor(uuid(1));
const cancelled = recorded(2, { kind: 'refunded', amount: usd(20000) }, { kind: 'cancelled' });

describe('a new booking', () => {
  test('becomes account, contact and opportunity in one call, and so does the next version', async () => {
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
    expect(desk.composites()).toHaveLength(1);
    expect(desk.record(uuid(1))?.sync.crm).toMatchObject({
      version: 1,
      links: { account: Account[0]?.Id, contact: Contact[0]?.Id, opportunity: Opportunity[0]?.Id },
    });

    await desk.bring(aRecord({ partySize: 5 }, { version: 2 }));
    expect(desk.composites()).toHaveLength(2);
    expect(desk.vendor.records('Opportunity')).toMatchObject([{ Party_Size__c: 5, Booking_Version__c: 2 }]);
    expect(desk.vendor.logins).toBe(1);
  });

  test('asked for again is a needless look: no call', async () => {
    const desk = await open();
    await desk.bring(aRecord());
    await desk.again(aRecord());
    expect(desk.composites()).toHaveLength(1);
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
      ['refund', `${uuid(1)}:1:refunded`, opportunity?.Id],
      ['cancellation', `${uuid(1)}:1:cancelled`, opportunity?.Id],
    ]);
    expect(cases[0]).toMatchObject({ ContactId: desk.vendor.records('Contact')[0]?.Id, Priority: 'Medium' });
    expect(desk.composites()).toHaveLength(2);

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
      recorded(index + 1, { kind: 'refunded', amount: usd(100), refundPk: index }),
    ).flat();
    await desk.bring(aRecord({}, { version: 30, changes }));
    const sale = desk.vendor.records('Opportunity')[0]?.Id;
    expect(desk.vendor.records('Case').filter((one) => one.Opportunity__c === sale)).toHaveLength(30);
    expect(desk.composites()).toHaveLength(2);
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
    await desk.bring({ ...successor, firstSeenAt: '2026-11-21T19:59:00.000Z' });
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
