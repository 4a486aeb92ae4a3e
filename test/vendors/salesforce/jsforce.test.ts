import { Connection } from 'jsforce/lib/connection.js';
import { expect, test } from 'vitest';
import { DATA, part, startOrg } from './caller.ts';

test('jsforce logs in with client credentials, queries, and runs a composite', async () => {
  const { org, server } = await startOrg();
  const connection = new Connection({
    version: '66.0',
    loginUrl: server.url,
    instanceUrl: server.url,
    oauth2: { loginUrl: server.url, clientId: 'harborlight-local', clientSecret: 'local-secret' },
  });
  await connection.authorize({ grant_type: 'client_credentials' });
  expect(connection.instanceUrl).toBe(server.url);

  const url = '/sobjects/Account/FareHarbor_Guest_Key__c/g1';
  await connection.requestPost(`${DATA}/composite`, {
    allOrNone: true,
    collateSubrequests: false,
    compositeRequest: [part('account', 'PATCH', url, { Name: 'Reef household' })],
  });
  const { records } = await connection.query("SELECT Id, Name FROM Account WHERE FareHarbor_Guest_Key__c = 'g1'");
  expect(records).toMatchObject([{ Id: org.records('Account')[0]?.Id, Name: 'Reef household' }]);
  expect(connection.limitInfo.apiUsage).toEqual({ used: 2, limit: 100_000 });
});

test('jsforce reads a refusal as an error with its code', async () => {
  const { server } = await startOrg();
  const connection = new Connection({ version: '66.0', instanceUrl: server.url, accessToken: 'made-up' });
  await expect(connection.request(`${server.url}${DATA}/sobjects`)).rejects.toMatchObject({
    errorCode: 'INVALID_SESSION_ID',
  });
});
