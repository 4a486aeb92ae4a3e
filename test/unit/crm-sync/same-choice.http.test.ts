import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import type { CrmDesk } from './crm-desk.ts';
import { open } from './open-desk.ts';
import { aRecord } from './record-fixture.ts';

const RUNS = 100;
const stranger = { ...aBooking().contact, name: 'Ida Lund', email: 'ida@lund.test', phone: null };

const maybe = <One>(...values: readonly One[]) => fc.option(fc.constantFrom(...values), { nil: null });
const someKey = maybe(guestKeyFor(uuid(1)), guestKeyFor(uuid(9)));

/** What an operator may have in Salesforce that looks like the guest, or nearly so. */
const orgs = fc.record({
  account: someKey,
  contacts: fc.array(
    fc.record({
      FareHarbor_Guest_Key__c: someKey,
      Email: maybe('noa@kealoha.test', 'ida@lund.test'),
      Phone: maybe('(202) 555-0101', '+12025550102'),
      inAccount: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  leads: fc.nat({ max: 2 }),
});
type SomeOrg = typeof orgs extends fc.Arbitrary<infer One> ? One : never;

function fill({ vendor }: CrmDesk, { account, contacts, leads }: SomeOrg): void {
  const id = vendor.insert('Account', { Name: 'Reef', FareHarbor_Guest_Key__c: account });
  const keys = new Set<string>();
  for (const { inAccount, FareHarbor_Guest_Key__c: key, ...values } of contacts) {
    // Keys are unique.
    const own = key === null || keys.has(key) ? {} : { FareHarbor_Guest_Key__c: key };
    if (key !== null) keys.add(key);
    vendor.insert('Contact', { LastName: 'Reef', ...values, ...own, ...(inAccount && { AccountId: id }) });
  }
  for (let n = 0; n < leads; n += 1) vendor.insert('Lead', { LastName: 'L', Company: '-', Email: 'noa@kealoha.test' });
}

/** What became of the booking and stands in the org; ids by their order, as a call that was undone has used some up. */
async function outcomeOf(desk: CrmDesk, org: SomeOrg): Promise<string> {
  desk.vendor.reset();
  // Somebody new to everybody, or so many guests who are not would end the tries.
  await desk.bring(aRecord({ uuid: uuid(2), contact: stranger }, { guestKey: guestKeyFor(uuid(2)) }));
  desk.vendor.reset();
  desk.forget();
  fill(desk, org);
  const thrown = await desk.bring(aRecord()).catch((error: unknown) => error);
  const ids = new Map<string, string>();
  const said = { thrown: String(thrown), state: desk.vendor.state(), crm: desk.record(uuid(1))?.sync.crm };
  return JSON.stringify(said, null, 1).replace(/\b00[\dQ]HL0\w{12}\b|\b500HL0\w{12}\b|\b006HL0\w{12}\b/g, (id) => {
    const name = ids.get(id) ?? `id ${ids.size}`;
    ids.set(id, name);
    return name;
  });
}

test('whatever an org holds, one call comes to the same as looking the guest up first', async () => {
  const inOne = await open();
  const lookedUp = await open({ org: { organizationHidden: true } });
  await fc.assert(
    fc.asyncProperty(orgs, async (org) => {
      expect(await outcomeOf(inOne, org)).toBe(await outcomeOf(lookedUp, org));
    }),
    { numRuns: RUNS },
  );
  const triedAsNew = inOne.composites().filter(({ body }) => body.includes('FROM%20Organization'));
  expect(triedAsNew).toHaveLength(2 * RUNS);
});
