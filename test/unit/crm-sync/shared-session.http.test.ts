import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { query } from '../../../functions/crm-sync/salesforce/composite.ts';
import { salesforceClient } from '../../../functions/crm-sync/salesforce/salesforce-client.ts';
import { sessionsTable } from '../../../functions/crm-sync/salesforce/shared-session.ts';
import { createSalesforce } from '../../vendors/salesforce/salesforce.ts';
import { type RunningVendor, serveVendor } from '../../vendors/server.ts';
import { createTable, openDynamoDb } from '../shared/tables.ts';

let engine: Awaited<ReturnType<typeof openDynamoDb>>;
let dynamo: DynamoDBClient;
let server: RunningVendor;
const vendor = createSalesforce();
const clock = { now: new Date('2026-11-21T12:00:00Z') };
let secrets = 0;
let tables = 0;
let operations = '';

beforeAll(async () => {
  engine = await openDynamoDb();
  dynamo = engine.dynamo;
  server = await serveVendor(vendor);
});
beforeEach(async () => {
  server.reset();
  tables += 1;
  operations = `operations-${tables}`;
  await createTable(dynamo, operations, ['kind', 'id']);
});
afterAll(async () => {
  await server.close();
  await engine.close();
});

/** One execution environment: it shares nothing with another but the table. */
function environment() {
  const client = salesforceClient({
    credentialsOf: async () => {
      secrets += 1;
      return { loginUrl: server.url, clientId: 'harborlight-local', clientSecret: 'local-secret' };
    },
    sessions: sessionsTable(dynamo, operations, () => clock.now),
    timeoutMs: 5_000,
    now: () => clock.now,
  });
  return () => client.within(20_000)('harbor-kayaks', [query('look', 'SELECT Id FROM Contact LIMIT 1')]);
}
const environments = () => Array.from({ length: 8 }, environment);
const tokens = () => server.requests.filter(({ route }) => route === 'token').length;

test('eight environments that start at once log in once', async () => {
  await Promise.all(environments().map((call) => call()));
  expect(tokens()).toBe(1);
  expect(secrets).toBeGreaterThanOrEqual(8);
});

test('one that starts later logs in not at all', async () => {
  await environment()();
  await environment()();
  expect(tokens()).toBe(1);
});

test('a session that ends is entered anew once, for all of them', async () => {
  const calls = environments();
  await Promise.all(calls.map((call) => call()));
  vendor.revokeSessions();
  await Promise.all(calls.map((call) => call()));
  expect(tokens()).toBe(2);
});

test('sessions that are all refused end in parked bookings, one login per environment and minute at most', async () => {
  const calls = environments();
  await Promise.all(calls.map((call) => call()));
  const body = [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }];
  server.fault({ route: 'composite', status: 401, body, times: 1000 });
  const ends = await Promise.allSettled(calls.flatMap((call) => [call(), call()]));
  const again = await Promise.allSettled(calls.map((call) => call()));
  for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'salesforce.session' } });
  for (const end of again) expect(end).toMatchObject({ reason: { name: 'RetryableError', waitSeconds: 60 } });
  expect(ends.filter((end) => end.status === 'rejected' && end.reason.name === 'PermanentError')).not.toEqual([]);
  expect(tokens()).toBeLessThanOrEqual(1 + calls.length);
});

test('a login that fails is no session, and the next environment logs in', async () => {
  server.fault({ route: 'token', status: 503, body: '-' });
  const first = environment();
  await expect(first()).rejects.toMatchObject({ code: 'salesforce.unavailable' });
  await environment()();
  expect(tokens()).toBe(2);
});

test('an environment that died while logging in keeps the others out only for a moment', async () => {
  const sessions = sessionsTable(dynamo, operations, () => clock.now);
  await environment()();
  const { Items } = await dynamo.send(new ScanCommand({ TableName: operations }));
  const id = String(unmarshall(Items?.[0] ?? {}).id);
  const dead = { token: undefined, loggingInUntil: clock.now.getTime() + 15_000 };
  expect(await sessions.replace(id, await sessions.read(id), dead)).toBeDefined();
  const call = environment();
  const first = call();
  clock.now = new Date(clock.now.getTime() + 15_001);
  await first;
  expect(tokens()).toBe(2);
});

test('a login that hangs holds the others up for two seconds, within the patience of the first try', async () => {
  server.fault({ route: 'token', hang: true });
  environment()().catch(() => undefined);
  await vi.waitFor(() => expect(tokens()).toBe(1));
  const other = environment()();
  clock.now = new Date(clock.now.getTime() + 2_001);
  await other;
  expect(tokens()).toBe(2);
});

test('what stands in the table ends by itself, and names nobody', async () => {
  await environment()();
  const { Items } = await dynamo.send(new ScanCommand({ TableName: operations }));
  const [item] = (Items ?? []).map((one) => unmarshall(one));
  expect(item).toMatchObject({ kind: 'session', expiresAt: Math.floor(clock.now.getTime() / 1000) + 7200 });
  expect(JSON.stringify(item)).not.toContain('local-secret');
  const later = new Date(clock.now.getTime() + 7_200_000);
  const read = await sessionsTable(dynamo, operations, () => later).read(String(item?.id));
  expect(read?.token).toBeUndefined();
});
