import { afterEach, describe, expect, test } from 'vitest';
import { readFieldComponents } from '../../infra/salesforce/components.ts';
import { createSalesforce, type SalesforceOptions } from '../vendors/salesforce/salesforce.ts';
import { type RunningVendor, serveVendor } from '../vendors/server.ts';
import { ran } from './run.ts';

const ADMIN = { SALESFORCE_ADMIN_CLIENT_ID: 'harborlight-admin', SALESFORCE_ADMIN_CLIENT_SECRET: 'local-admin-secret' };
const ALL = readFieldComponents().length;

const running: RunningVendor[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function desk(options: SalesforceOptions = { setUp: 'empty' }) {
  const vendor = createSalesforce(options);
  const server = await serveVendor(vendor);
  running.push(server);
  const environment = {
    SALESFORCE_LOGIN_URL: server.url,
    SALESFORCE_CLIENT_ID: 'harborlight-local',
    SALESFORCE_CLIENT_SECRET: 'local-secret',
  };
  return {
    vendor,
    server,
    run: (args: readonly string[] = [], more: Record<string, string> = ADMIN) =>
      ran(['salesforce', ...args], { ...environment, ...more }),
    /** Calls that change the org's set-up. */
    changes: () =>
      server.requests.filter(
        ({ route, body, method }) =>
          body.includes('<upsertMetadata>') || (route === 'sobject.create' && method === 'POST'),
      ),
  };
}

describe('an org as it is bought', () => {
  test('gets every field, the permission set and its assignment, and is then complete', async () => {
    const one = await desk();
    const { code, rows } = await one.run();
    expect(code).toBe(0);
    expect(rows.get('custom fields')?.state).toBe('created');
    expect(rows.get('permission set Harborlight_Sync')?.state).toBe('created');
    expect(rows.get('user of the sync')?.state).toBe('created');
    const looked = await one.run(['--check'], {});
    expect(looked.code).toBe(0);
  });

  test('takes what the sync writes afterwards', async () => {
    const one = await desk();
    await one.run();
    expect(() =>
      one.vendor.insert('Account', { Name: 'Moreno household', FareHarbor_Guest_Key__c: 'g-1' }),
    ).not.toThrow();
  });

  test('is left alone the second time', async () => {
    const one = await desk();
    await one.run();
    const before = one.changes().length;
    const { code, rows } = await one.run();
    expect(code).toBe(0);
    expect(rows.get('custom fields')).toBeUndefined();
    expect(one.changes().length).toBe(before);
  });

  test('stays as it is with --dry-run, which says what would be created', async () => {
    const one = await desk();
    const { code, rows } = await one.run(['--dry-run']);
    expect(code).toBe(1);
    expect(rows.get('custom fields')?.note.replaceAll(' ', '')).toContain('Opportunity.Voucher__c');
    expect(rows.get('permission set Harborlight_Sync')?.note).toContain('would be created');
    expect(one.changes()).toEqual([]);
  });

  test('is asked in calls of ten components at most', async () => {
    const one = await desk();
    await one.run();
    const counts = one.changes().map(({ body }) => [...body.matchAll(/<metadata /g)].length);
    expect(Math.max(...counts)).toBe(10);
    // The fields, and the permission set.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ALL + 1);
  });
});

describe('an org with a part of it', () => {
  test('gets only what is missing; what an administrator changed stays', async () => {
    const one = await desk({ setUp: 'complete' });
    one.vendor.alterField('Opportunity.Voucher__c', { length: 255 });
    one.vendor.removeField('Case.Case_Kind__c');
    const { code, rows } = await one.run();
    expect(code).toBe(0);
    expect(rows.get('custom fields')).toEqual({ state: 'created', note: 'Case.Case_Kind__c' });
  });

  test('and a user without the permission set gets that alone', async () => {
    const one = await desk({ setUp: 'unassigned' });
    const { code, rows } = await one.run();
    expect(code).toBe(0);
    expect(rows.get('custom fields')?.state).toBe('ok');
    expect(rows.get('user of the sync')?.state).toBe('created');
  });
});

describe('what cannot be done', () => {
  test('without an administrator’s app says which right is missing, and changes nothing', async () => {
    const one = await desk();
    const { code, rows } = await one.run([], {});
    expect(code).toBe(1);
    const row = rows.get('the org’s set-up');
    expect(row?.state).toBe('wrong');
    expect(row?.note).toContain('INSUFFICIENT_ACCESS');
    expect(row?.note).toContain('SALESFORCE_ADMIN_CLIENT_ID');
  });

  test('a wrong administrator’s secret is named by its variable and never printed', async () => {
    const one = await desk();
    const wrong = { ...ADMIN, SALESFORCE_ADMIN_CLIENT_SECRET: 'not-the-right-one' };
    const { code, rows, output } = await one.run([], wrong);
    expect(code).toBe(1);
    expect(rows.get('the org’s set-up')?.note).toContain('SALESFORCE_ADMIN_CLIENT_SECRET');
    expect(output).not.toContain('not-the-right-one');
  });

  test('one of the two variables alone is a misuse', async () => {
    const { code, output } = await (await desk()).run([], { SALESFORCE_ADMIN_CLIENT_ID: 'harborlight-admin' });
    expect(code).toBe(2);
    expect(output).toContain('set both, or neither');
  });

  test('a field that the org refuses is told with the org’s reason; the others are created', async () => {
    const one = await desk();
    const refusal = `<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><upsertMetadataResponse><result><created>false</created><errors><message>There is already a field named Bookings on Account.</message><statusCode>DUPLICATE_DEVELOPER_NAME</statusCode></errors><fullName>Account.Bookings__c</fullName><success>false</success></result></upsertMetadataResponse></e:Body></e:Envelope>`;
    const headers = { 'content-type': 'text/xml' };
    one.server.fault({
      route: 'metadata',
      match: 'Account.Bookings__c</fullName><',
      status: 200,
      body: refusal,
      headers,
    });
    const { code, rows } = await one.run();
    expect(code).toBe(1);
    expect(rows.get('Account.Bookings__c')?.note).toContain('DUPLICATE_DEVELOPER_NAME');
    expect(rows.get('custom fields')?.state).toBe('created');
  });

  test('--check and --dry-run together are a misuse', async () => {
    expect((await (await desk()).run(['--check', '--dry-run'])).code).toBe(2);
  });
});
