import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { query } from '../../../functions/crm-sync/salesforce/composite.ts';
import { salesforceClient } from '../../../functions/crm-sync/salesforce/salesforce-client.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import { countCalls } from '../../../shared/observability/vendor-metrics.ts';
import { createSalesforce } from '../../vendors/salesforce/salesforce.ts';
import { type Fault, type RunningVendor, serveVendor } from '../../vendors/server.ts';
import { listening } from '../shared/quiet.ts';

const LOOK = [query('look', 'SELECT Id FROM Contact LIMIT 1')];

let server: RunningVendor;
beforeEach(async () => {
  server = await serveVendor(createSalesforce());
});
afterEach(() => server.close());

/** Calls Salesforce once, under faults; gives what was counted, and how many calls were timed. */
async function counted(faults: readonly Fault[], timeoutMs = 5_000) {
  const { meter, counts } = listening();
  let timed = 0;
  const onSignInFailed = () => meter.count(METRIC.salesforceSignInFailed);
  const timing = {
    ...meter,
    duration: (metric: string) => {
      if (metric === METRIC.salesforceLatency) timed += 1;
    },
  };
  const client = salesforceClient({
    credentialsOf: async () => ({
      loginUrl: server.url,
      clientId: 'harborlight-local',
      clientSecret: 'local-secret',
    }),
    timeoutMs,
    now: () => new Date(),
    hear: countCalls('salesforce', timing),
    onSignInFailed,
  });
  for (const fault of faults) server.fault(fault);
  await client
    .within(20_000)('harbor-kayaks', LOOK)
    .catch(() => undefined);
  return { ...counts, timed };
}

const refusal = (errorCode: string) => [{ errorCode, message: 'as documented' }];

describe('calls of Salesforce, through jsforce', () => {
  it('are timed, the login too', async () => {
    expect(await counted([])).toEqual({ timed: 2 });
  });

  it.each<[string, Partial<Fault>, object]>([
    ['500', { status: 500, body: '<html>' }, { [METRIC.salesforceFailed]: 1 }],
    ['503 and its code', { status: 503, body: refusal('SERVER_UNAVAILABLE') }, { [METRIC.salesforceFailed]: 1 }],
    [
      '400 and a code that says it could not',
      { status: 400, body: refusal('QUERY_TIMEOUT') },
      { [METRIC.salesforceFailed]: 1 },
    ],
    ['no answer in time', { hang: true }, { [METRIC.salesforceFailed]: 1 }],
    ['a connection that is dropped', { commitThenDrop: true }, { [METRIC.salesforceFailed]: 1 }],
    [
      '403, its limit of requests',
      { status: 403, body: refusal('REQUEST_LIMIT_EXCEEDED') },
      { [METRIC.salesforceThrottled]: 1 },
    ],
    ['429', { status: 429, body: '' }, { [METRIC.salesforceThrottled]: 1 }],
    ['400, our own fault', { status: 400, body: refusal('INVALID_FIELD') }, {}],
  ])('answered with %s', async (_, fault, counts) => {
    const timeoutMs = fault.hang ? 300 : 5_000;
    expect(await counted([{ route: 'composite', ...fault }], timeoutMs)).toEqual({ ...counts, timed: 2 });
  });

  const oauth = (error: string, error_description: string) => ({ status: 400, body: { error, error_description } });
  it.each<[string, Partial<Fault>, object]>([
    ['refused for our keys: nobody’s outage', oauth('invalid_client', 'invalid client credentials'), {}],
    [
      'refused for the number of logins',
      oauth('invalid_grant', 'login rate exceeded'),
      { [METRIC.salesforceThrottled]: 1 },
    ],
    ['not possible for now', { status: 503, body: '<html>' }, { [METRIC.salesforceFailed]: 1 }],
    ['not answered', { hang: true }, { [METRIC.salesforceFailed]: 1 }],
  ])('a login that is %s is one that failed', async (_, fault, counts) => {
    const timeoutMs = fault.hang ? 300 : 5_000;
    expect(await counted([{ route: 'token', ...fault }], timeoutMs)).toEqual({
      ...counts,
      [METRIC.salesforceSignInFailed]: 1,
      timed: 1,
    });
  });

  it('a session that is given and not taken is a sign-in that failed; one that ended is none', async () => {
    const ended = { route: 'composite', status: 401, body: refusal('INVALID_SESSION_ID') };
    expect(await counted([{ ...ended, times: 1 }])).toEqual({ timed: 4 });
    server.clearFaults();
    expect(await counted([{ ...ended, times: 50 }])).toEqual({ [METRIC.salesforceSignInFailed]: 1, timed: 4 });
  });
});
