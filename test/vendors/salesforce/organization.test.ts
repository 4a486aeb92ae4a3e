import { describe, expect, test } from 'vitest';
import { part, partsOf, startOrg } from './caller.ts';

const soql = (text: string, reference = '') => `/query?q=${encodeURIComponent(text)}${reference}`;
const ROW = 'SELECT Id FROM Organization LIMIT 1 OFFSET ';

/** A contact is made only where nobody has the address. */
const parts = (found = '@{found.totalSize}') => [
  part('found', 'GET', soql("SELECT Id FROM Contact WHERE Email = 'ada@reef.test' LIMIT 1")),
  part('nobody', 'GET', soql(ROW, found)),
  part('proof', 'GET', '/sobjects/Organization/@{nobody.records[0].Id}?fields=Id'),
  part('contact', 'POST', '/sobjects/Contact', { LastName: 'Reef', Email: 'ada@reef.test' }),
];
const send = (allOrNone: boolean, compositeRequest: unknown[]) => ({ allOrNone, compositeRequest });

describe('the org’s own record', () => {
  test('is one, and skipping one row leaves none', async () => {
    const { call } = await startOrg();
    const { body } = await call('GET', soql(`${ROW}0`));
    expect(body).toMatchObject({ totalSize: 1, records: [{ Id: expect.stringMatching(/^00D\w{15}$/) }] });
    expect((await call('GET', soql(`${ROW}1`))).body).toMatchObject({ totalSize: 0, records: [] });
  });

  test('is not shown to a user who may not read it', async () => {
    const { call } = await startOrg({ organizationHidden: true });
    expect(await call('GET', soql(`${ROW}0`))).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_TYPE' }] });
    expect((await call('GET', '/sobjects/Organization/00DHL0000000001EAA?fields=Id')).status).toBe(404);
  });

  test('lets the rest of a composite be done where a query found nothing', async () => {
    const { org, call } = await startOrg();
    const answer = await call('POST', '/composite', send(true, parts()));
    expect(partsOf(answer).map(({ httpStatusCode }) => httpStatusCode)).toEqual([200, 200, 200, 201]);
    expect(org.records('Contact')).toHaveLength(1);
  });

  test('has all of it refused where the query found somebody: each part says 400, nothing is written', async () => {
    const { org, call } = await startOrg();
    org.insert('Contact', { LastName: 'Reef', Email: 'ada@reef.test' });
    const replies = partsOf(await call('POST', '/composite', send(true, parts())));
    expect(replies.map(({ httpStatusCode }) => httpStatusCode)).toEqual([400, 400, 400, 400]);
    expect(replies[2]?.body).toEqual([
      {
        errorCode: 'PROCESSING_HALTED',
        message: 'Invalid reference specified. No value for nobody.records[0].Id found in nobody',
      },
    ]);
    expect(org.history).toEqual([]);
  });

  test('without allOrNone what does not refer to it is done all the same', async () => {
    const { org, call } = await startOrg();
    org.insert('Contact', { LastName: 'Reef', Email: 'ada@reef.test' });
    const replies = partsOf(await call('POST', '/composite', send(false, parts())));
    expect(replies.map(({ httpStatusCode }) => httpStatusCode)).toEqual([200, 200, 400, 201]);
    expect(org.records('Contact')).toHaveLength(2);
  });

  test('a reference that was encoded is none', async () => {
    const { call } = await startOrg();
    const encoded = parts(encodeURIComponent('@{found.totalSize}'));
    const replies = partsOf(await call('POST', '/composite', send(true, encoded)));
    expect(replies[1]?.body).toMatchObject([{ errorCode: 'MALFORMED_QUERY' }]);
  });
});
