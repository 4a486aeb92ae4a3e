import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { normalise } from '../../functions/enrichment/normalise/normalise.ts';
import type { Booking } from '../../shared/booking/booking.ts';
import { type CrmDesk, crmDesk } from '../unit/crm-sync/crm-desk.ts';
import { aRecord } from '../unit/crm-sync/record-fixture.ts';
import { openOffice } from '../unit/marketing-sync/office.ts';
import { bookingBody } from '../vendors/fareharbor/booking-body.ts';

/** A booking as a guest who means harm could type it, through the normaliser. */
function typed(contact: { name?: string; email?: string; phone?: string }, note = ''): Booking {
  const body = bookingBody({
    contact: { emailConsent: true, name: 'Guest', email: 'guest@guests.test', ...contact },
    note,
    voucher: note.slice(0, 100),
    pickup: note.slice(0, 100),
  });
  const normalised = normalise(body.booking, { partySizeQuestions: [], keyCompany: '*' });
  if (typeof normalised === 'string') throw new Error(normalised);
  return normalised.booking;
}

describe('what a guest types into a query of Salesforce', () => {
  let desk: CrmDesk;
  beforeEach(async () => {
    desk = await crmDesk();
    const AccountId = desk.vendor.insert('Account', { Name: 'Victim household' });
    const victim = {
      FirstName: 'Vera',
      LastName: 'Victim',
      Email: 'vera@guests.test',
      Phone: '+12025550177',
      AccountId,
    };
    desk.vendor.insert('Contact', victim);
  });
  afterEach(() => desk.close());

  it.each([
    "x'OR'1'='1@guests.test",
    "x'or+email!=null+or'@guests.test",
    "'@guests.test",
    "''or''='@guests.test",
    'vera%@guests.test',
    'v_ra@guests.test',
  ])('the e-mail %s finds nobody else', async (email) => {
    await desk.bring(aRecord(typed({ name: 'Mal Ory', email, phone: '' })));
    expect(victims(desk)).toMatchObject([{ FirstName: 'Vera', Email: 'vera@guests.test' }]);
    expect(victims(desk)[0]).not.toHaveProperty('FareHarbor_Guest_Key__c', expect.any(String));
    expect(desk.vendor.records('Contact')).toHaveLength(2);
  });

  it.each(["vera@guests.test'or'a'='a.test", '%@%.test'])(
    'the e-mail %s, which Salesforce refuses, finds nobody either',
    async (email) => {
      await desk.park(aRecord(typed({ name: 'Mal Ory', email, phone: '' })));
      expect(victims(desk)[0]).not.toHaveProperty('FareHarbor_Guest_Key__c', expect.any(String));
      expect(desk.vendor.records('Contact')).toHaveLength(1);
    },
  );

  it.each(["Mal' OR Name LIKE '%", "Mal\\' OR Id != null --", "'; DELETE Contact; '", 'Mal\u0000\n\t"Ory"'])(
    'the name %j is a name',
    async (name) => {
      await desk.bring(aRecord(typed({ name, email: 'mal@guests.test' })));
      expect(victims(desk)).toMatchObject([{ FirstName: 'Vera' }]);
      expect(desk.vendor.records('Contact')).toHaveLength(2);
      expect(queries(desk).join('\n')).not.toMatch(/LIKE|DELETE|Id != null/);
    },
  );

  it('a note that speaks the composite request’s own language stays a text', async () => {
    const note =
      '@{account.id} @{refContact.Id} {!$User.Email} {{{Recipient.Email}}} "},{"method":"DELETE","url":"/x"}';
    await desk.bring(aRecord(typed({ name: '@{account.id} Ory', email: 'mal@guests.test' }, note)));
    const [opportunity] = desk.vendor.records('Opportunity');
    const written = JSON.stringify(opportunity);
    expect(written).toContain('DELETE');
    expect(written).not.toMatch(/@\{|\{!|\{\{/);
    expect(desk.vendor.records('Opportunity')).toHaveLength(1);
    expect(victims(desk)).toMatchObject([{ FirstName: 'Vera' }]);
  });
});

const victims = (desk: CrmDesk) => desk.vendor.records('Contact').filter(({ LastName }) => LastName === 'Victim');
const queries = (desk: CrmDesk) =>
  desk.composites().flatMap(({ body }) => [...body.matchAll(/query\?q=[^"]*/g)].map(String));

describe('what a guest types into a merge tag of Mailchimp', () => {
  const hostile = '*|LIST:ADDRESS|* *|IF:EMAIL|* *|*|FNAME|*|* {{unsubscribe}} <a href="//x.test">';

  it('stands in no field, tag or event with its power', async () => {
    const office = await openOffice();
    const booking = typed({ name: `Mal*|UNSUB|*ory ${hostile}`, email: 'mal@guests.test' }, hostile);
    await office.bring({ ...booking, item: { pk: 1, name: `Kayak ${hostile}` }, agent: hostile, desk: hostile });
    const sent = office.server.requests.filter(({ method }) => method !== 'GET').map(({ body }) => body);
    expect(sent.join('\n')).toContain('Mal');
    expect(sent.join('\n')).not.toMatch(/\*\||\|\*/);
    expect(office.member('mal@guests.test')?.mergeValues.FNAME).toBeDefined();
  });

  it.each(['*|EMAIL|*@guests.test', 'mal@guests.test*|X|*', 'a/../b@guests.test', 'mal%2Fx@guests.test'])(
    'the e-mail %s reaches its own member only, or none',
    async (email) => {
      const office = await openOffice();
      await office.bring(typed({ email })).catch(() => undefined);
      const paths = office.server.requests.filter(({ route }) => route === 'member.put').map(({ path }) => path);
      for (const path of paths) expect(path).toMatch(/^\/3\.0\/lists\/audience01\/members\/[0-9a-f]{32}$/);
    },
  );
});
