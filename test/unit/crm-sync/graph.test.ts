import { describe, expect, it } from 'vitest';
import { lookUpMany } from '../../../functions/crm-sync/guest/look-up-many.ts';
import { upsert } from '../../../functions/crm-sync/salesforce/composite.ts';
import { readGraphs } from '../../../functions/crm-sync/salesforce/graph.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { aGuest, aRecord } from './record-fixture.ts';

const part = upsert('account', 'Account', { field: 'Key__c', value: 'k' }, { Name: 'secret name' });
const graph = (id: string) => ({ id, parts: [part] });
const answer = (graphId: string, status: number, body: unknown) => ({
  graphId,
  graphResponse: { compositeResponse: [{ referenceId: 'account', httpStatusCode: status, body }] },
});
const halted = [{ errorCode: 'PROCESSING_HALTED', message: 'The request was stopped.' }];

describe('the reply to graphs', () => {
  it('is read by id: written, refused, retried or not tried', () => {
    const read = readGraphs(
      {
        graphs: [
          answer('d', 400, halted),
          answer('c', 400, [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: '-' }]),
          answer('b', 400, [{ errorCode: 'STRING_TOO_LONG', message: 'secret name is too long', fields: ['Name'] }]),
          answer('a', 201, { id: '001' }),
        ],
      },
      ['a', 'b', 'c', 'd'].map(graph),
    );
    expect(read.get('a')).toEqual(new Map([['account', { id: '001' }]]));
    expect(read.get('b')).toMatchObject({ name: 'PermanentError', code: 'salesforce.data' });
    expect(String(read.get('b'))).not.toContain('secret name');
    expect(read.get('c')).toMatchObject({ name: 'RetryableError', code: 'salesforce.lock' });
    expect(read.get('d')).toBe('not-tried');
  });

  it.each([
    ['nothing', undefined],
    ['too few', { graphs: [answer('a', 201, { id: '001' })] }],
    ['a composite', { compositeResponse: [] }],
  ])('that is %s is tried again', (_, reply) => {
    expect(() => readGraphs(reply, [graph('a'), graph('b')])).toThrow(
      expect.objectContaining({ name: 'RetryableError' }),
    );
  });
});

describe('looking up many guests', () => {
  const guests = Array.from({ length: 75 }, (_, index) => {
    const { contact } = aBooking();
    const phone = `+1202555${String(100 + index).padStart(4, '0')}`;
    const own = { ...contact, phone, email: `guest-${index}@harborlight-sample.test` };
    return aGuest(aRecord({ uuid: uuid(index + 1), contact: own }, { guestKey: guestKeyFor(uuid(index + 1)) }));
  });
  const shape = { personAccounts: false, fields: {} };

  it('asks at most five queries in a call, none longer than Salesforce takes', async () => {
    const calls: string[][] = [];
    await lookUpMany(
      async (_, parts) => {
        calls.push(parts.map(({ url }) => url));
        return new Map(parts.map(({ referenceId }) => [referenceId, { records: [] }]));
      },
      'harbor-kayaks',
      guests,
      shape,
    );
    expect(calls.map((urls) => urls.length).every((queries) => queries <= 5)).toBe(true);
    expect(calls.length).toBeLessThanOrEqual(3);
    expect(Math.max(...calls.flat().map((url) => url.length))).toBeLessThan(8_200);
    const asked = decodeURIComponent(calls.flat().join('\n'));
    for (const { key } of guests) expect(asked.split(`'${key}'`)).toHaveLength(3);
  });

  it('gives each guest their own rows, whatever the case of an address', async () => {
    const found = await lookUpMany(
      async (_, parts) =>
        new Map(
          parts.map(({ referenceId }) => {
            const mails = [{ Id: '003A', AccountId: '001A', Email: 'GUEST-3@harborlight-sample.test' }];
            const phones = [{ Id: '003B', AccountId: null, Phone: null, MobilePhone: '(202) 555-0105' }];
            const records = referenceId === 'email0' ? mails : referenceId === 'phone0' ? phones : [];
            return [referenceId, { records }];
          }),
        ),
      'harbor-kayaks',
      guests,
      shape,
    );
    const matched = [...found].filter(([, one]) => 'identity' in one && one.identity.contact.id !== null);
    expect(matched.map(([key]) => key)).toEqual([guestKeyFor(uuid(4)), guestKeyFor(uuid(6))]);
  });

  it('refuses an answer that was cut off', async () => {
    const records = Array.from({ length: 2_000 }, (_, index) => ({ Id: String(index) }));
    const cut = lookUpMany(
      async (_, parts) => new Map(parts.map(({ referenceId }) => [referenceId, { records }])),
      'harbor-kayaks',
      guests.slice(0, 1),
      shape,
    );
    await expect(cut).rejects.toMatchObject({ code: 'salesforce.ambiguous' });
  });
});
