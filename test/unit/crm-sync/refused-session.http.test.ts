import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from '../../../functions/crm-sync/salesforce/composite.ts';
import { salesforceClient } from '../../../functions/crm-sync/salesforce/salesforce-client.ts';
import { sessionsTable } from '../../../functions/crm-sync/salesforce/shared-session.ts';
import { SALESFORCE_CODES } from '../../../functions/crm-sync/salesforce/vendor-codes.ts';
import { reconciler } from '../../../functions/reconcile/hints/reconcile.ts';
import { RetryableError } from '../../../shared/errors/errors.ts';
import { countAnswers } from '../../../shared/gate/answers.ts';
import { circuitsTable } from '../../../shared/gate/circuit/circuits.ts';
import { readGate } from '../../../shared/gate/gate.ts';
import { gated } from '../../../shared/gate/gated.ts';
import { createSalesforce } from '../../vendors/salesforce/salesforce.ts';
import { type RunningVendor, serveVendor } from '../../vendors/server.ts';
import { endOf, hint } from '../shared/circuit-desk.ts';
import { listening } from '../shared/quiet.ts';
import { createTable, openDynamoDb } from '../shared/tables.ts';

const TABLE = 'operations';
const LOOK = [query('look', 'SELECT Id FROM Contact LIMIT 1')];
const clock = { now: new Date('2026-11-21T12:00:00Z') };
const now = () => clock.now;
let engine: Awaited<ReturnType<typeof openDynamoDb>>;
let dynamo: DynamoDBClient;
let server: RunningVendor;

beforeAll(async () => {
  engine = await openDynamoDb();
  dynamo = engine.dynamo;
  server = await serveVendor(createSalesforce());
  await createTable(dynamo, TABLE, ['kind', 'id']);
});
afterAll(async () => {
  await server.close();
  await engine.close();
});

/** An execution environment of crm-sync: its own client, and with the others only the table. */
function environment() {
  const answers = countAnswers();
  const client = salesforceClient({
    credentialsOf: async () => ({
      loginUrl: server.url,
      clientId: 'harborlight-local',
      clientSecret: 'local-secret',
    }),
    sessions: sessionsTable(dynamo, TABLE, now),
    timeoutMs: 5_000,
    now,
    onAnswer: answers.note,
  });
  const inner = {
    queueUrl: 'queue',
    worstCaseMs: 20_000,
    handle: async () => void (await client.within(20_000)('harbor-kayaks', LOOK)),
    park: async () => {},
  };
  return gated(inner, {
    sink: 'crm',
    readGate: () => readGate(dynamo, TABLE, 'crm'),
    circuits: circuitsTable(dynamo, TABLE),
    codes: SALESFORCE_CODES,
    answers: answers.count,
    log: listening().log,
    now,
  });
}

/** What reconcile measures in its run of each minute. */
async function circuitsMeasured(): Promise<number | undefined> {
  const { log, meter, counts } = listening();
  const look = async () => await readGate(dynamo, TABLE);
  const hintNobody = async () => {};
  await reconciler({
    sinks: ['crm'],
    listEntries: async () => [],
    readProgress: async () => new Map(),
    readGate: look,
    hint: hintNobody,
    log,
    meter,
    now,
  })();
  return counts.CircuitsOpen;
}

const count = (route: string) => server.requests.filter((request) => request.route === route).length;

test('a session refused for an hour is one open circuit and its one alarm: a few calls, no loop, nothing parked', async () => {
  const environments = Array.from({ length: 8 }, environment);
  expect(await Promise.all(environments.map((one, n) => endOf(one.handle(hint(n)))))).toEqual(
    environments.map(() => undefined),
  );
  expect([count('token'), await circuitsMeasured()]).toEqual([1, 0]);

  const body = [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }];
  server.fault({ route: 'composite', status: 401, body, times: 100_000 });
  const [logins, calls] = [count('token'), count('composite')];
  for (let minute = 0; minute < 60; minute += 1) {
    const ends = await Promise.all(environments.map((one, n) => endOf(one.handle(hint(n)))));
    // A permanent error would park a booking.
    for (const end of ends) expect(end).toBeInstanceOf(RetryableError);
    expect(await circuitsMeasured()).toBe(1);
    clock.now = new Date(clock.now.getTime() + 60_000);
  }
  // At the start each environment may find out by itself; then one probe, at most every five minutes.
  expect(count('token') - logins).toBeLessThanOrEqual(environments.length + 15);
  expect(count('composite') - calls).toBeLessThanOrEqual(3 * environments.length + 2 * 15);

  server.clearFaults();
  for (let minute = 0; minute < 7; minute += 1) {
    clock.now = new Date(clock.now.getTime() + 60_000);
    await Promise.all(environments.map((one, n) => endOf(one.handle(hint(n)))));
  }
  expect(await circuitsMeasured()).toBe(0);
  await Promise.all(environments.map((one, n) => one.handle(hint(n))));
});
