import { describe, expect, test } from 'vitest';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { open } from './open-desk.ts';
import { aRecord } from './record-fixture.ts';

const { contact } = aBooking();
const key = guestKeyFor(uuid(1));
/** The `n`th guest, whom nobody knows. */
const stranger = (n: number) => {
  const own = { ...contact, name: `Ida Lund${n}`, email: `ida${n}@lund.test`, phone: null };
  return aRecord({ uuid: uuid(n), contact: own }, { guestKey: guestKeyFor(uuid(n)) });
};

describe('a guest new to us', () => {
  test('who is new to Salesforce is written in one call, which looks for their open lead, too', async () => {
    const desk = await open();
    const lead = desk.vendor.insert('Lead', { LastName: 'Kealoha', Company: '-', Email: 'noa@kealoha.test' });
    await desk.bring(aRecord());
    expect(desk.composites()).toHaveLength(1);
    expect(desk.vendor.usage).toBe(1);
    expect(desk.record(uuid(1))?.sync.crm?.links).toMatchObject({ lead });
    expect(desk.sinkRows.get(key)).toEqual({
      account: { id: desk.vendor.records('Account')[0]?.Id, is: 'ours' },
      contact: { id: desk.vendor.records('Contact')[0]?.Id, is: 'ours' },
    });
  });

  test.each([
    ['their key', { FareHarbor_Guest_Key__c: key }],
    ['their e-mail address', { Email: 'NOA@kealoha.test' }],
    ['their number', { MobilePhone: '202-555-0101' }],
  ])('but of whom Salesforce has a contact with %s is looked up before anything is written', async (_, has) => {
    const desk = await open();
    const id = desk.vendor.insert('Contact', { LastName: 'K', ...has });
    await desk.bring(aRecord());
    // The call that took the guest for new, the look-up, the write.
    expect(desk.composites()).toHaveLength(3);
    expect(desk.vendor.records('Contact')).toMatchObject([{ Id: id, FareHarbor_Guest_Key__c: key }]);
    expect(desk.vendor.history.map(({ object, kind }) => `${object} ${kind}`)).toEqual([
      'Account created',
      'Contact updated',
      'Opportunity created',
    ]);
  });

  test('of whom there is an account alone keeps the name that a person gave it', async () => {
    const desk = await open();
    desk.vendor.insert('Account', { Name: 'The Kealohas of Hilo', FareHarbor_Guest_Key__c: key });
    await desk.bring(aRecord());
    expect(desk.vendor.records('Account')).toMatchObject([{ Name: 'The Kealohas of Hilo', Bookings__c: 1 }]);
    expect(desk.vendor.records('Contact')).toHaveLength(1);
  });

  test('whose write is refused is parked with the reason of the write', async () => {
    const desk = await open();
    const error = await desk.park(aRecord({ contact: { ...contact, email: `${'k'.repeat(90)}@kealoha.test` } }));
    expect(error.message).toMatch(/at contact \(Email\)/);
    expect(desk.vendor.history).toEqual([]);
  });

  test('meets a refused session as everybody does: no second try hides the reason', async () => {
    const desk = await open();
    const body = [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }];
    desk.server.fault({ route: 'composite', status: 401, body, times: 9 });
    expect(await desk.park(aRecord())).toMatchObject({ code: 'salesforce.session' });
  });
});

describe('an org that cannot tell whether anybody was found', () => {
  const blind = { org: { organizationHidden: true } };

  test('is brought every guest all the same, from the fourth on by two calls', async () => {
    const desk = await open(blind);
    const calls: number[] = [];
    for (let n = 1; n <= 5; n += 1) {
      const before = desk.composites().length;
      await desk.bring(stranger(n));
      calls.push(desk.composites().length - before);
    }
    expect(calls).toEqual([3, 3, 3, 2, 2]);
    expect(desk.vendor.records('Opportunity')).toHaveLength(5);
    expect(desk.vendor.records('Contact')).toHaveLength(5);
  });

  test('and says so as if it were busy stops nobody for long', async () => {
    const desk = await open();
    desk.server.fault({ route: 'composite', match: 'Organization', status: 503, body: {}, times: 99 });
    for (let receive = 1; receive <= 3; receive += 1) {
      await expect(desk.bring(aRecord())).rejects.toMatchObject({ name: 'RetryableError' });
    }
    await desk.bring(aRecord());
    expect(desk.vendor.records('Opportunity')).toHaveLength(1);
  });

  test('and that has the guest already is given no second contact', async () => {
    const desk = await open(blind);
    const id = desk.vendor.insert('Contact', { LastName: 'K', Email: 'noa@kealoha.test' });
    await desk.bring(aRecord());
    expect(desk.vendor.records('Contact')).toMatchObject([{ Id: id, FareHarbor_Guest_Key__c: key }]);
  });
});
