import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { deployed } from '../../../infra/ops/deployed.ts';
import { replay } from '../../../infra/ops/hints.ts';
import { removePause } from '../../../infra/ops/pause.ts';
import { opened, probing } from '../../../shared/gate/circuit/circuit.ts';
import { circuitsTable } from '../../../shared/gate/circuit/circuits.ts';
import { isShut, readGate } from '../../../shared/gate/gate.ts';
import { pauseUnlessPaused, writePause } from '../../../shared/gate/pause/pauses.ts';
import { behindGate } from '../../../shared/gate/sink-gate.ts';
import { volumesTable } from '../../../shared/gate/volume/volumes.ts';
import { parseSettings } from '../../../shared/settings/settings.ts';
import { CODES, endOf, hint } from './circuit-desk.ts';
import { listening } from './quiet.ts';
import { createTable, openDynamoDb } from './tables.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
let engine: Awaited<ReturnType<typeof openDynamoDb>>;
let dynamo: DynamoDBClient;
let [table, tables] = ['', 0];

beforeAll(async () => {
  engine = await openDynamoDb();
  dynamo = engine.dynamo;
});
beforeEach(async () => {
  tables += 1;
  table = `operations-${tables}`;
  await createTable(dynamo, table, ['kind', 'id']);
});
afterAll(async () => {
  await engine.close();
});

const hourOf = (hour: string, company = 'harbor-kayaks', sink = 'crm') => ({ sink, company, hour });

it('an hour’s writes add up, and the largest of seven days before it is usual, but for abnormal ones', async () => {
  const volumes = volumesTable(dynamo, table);
  const now = hourOf('2026-11-21T15');
  expect(await volumes.largestBefore(now)).toBe(0);
  expect(await volumes.add(hourOf('2026-11-20T09'), 200)).toBe(200);
  expect(await volumes.add(hourOf('2026-11-20T09'), 100)).toBe(300);
  await volumes.add(hourOf('2026-11-14T15'), 250);
  // Not of use: too old, this hour itself, another company's, another sink's, and one that was abnormal.
  await volumes.add(hourOf('2026-11-14T14'), 9000);
  await volumes.add(now, 9001);
  await volumes.add(hourOf('2026-11-20T09', 'harbor-kayaks-two'), 9002);
  await volumes.add(hourOf('2026-11-20T09', 'harbor-kayaks', 'marketing'), 9003);
  await volumes.add(hourOf('2026-11-21T14'), 9004);
  await volumes.markAbnormal(hourOf('2026-11-21T14'));
  expect(await volumes.largestBefore(now)).toBe(300);
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: table }));
  const ends = Items.map((item) => unmarshall(item)).map(({ id, expiresAt }) => [id, expiresAt]);
  // Eight days after the hour began.
  expect(ends).toContainEqual(['crm/harbor-kayaks/2026-11-20T09', Date.parse('2026-11-28T09:00:00Z') / 1000]);
});

it('a circuit is written by one of those who saw the same', async () => {
  const circuits = circuitsTable(dynamo, table);
  const failure = { code: 'salesforce.timeout', waitSeconds: undefined };
  const circuit = opened('crm', 'harbor-kayaks', failure, START);
  expect(await circuits.replace(undefined, circuit)).toBe(true);
  expect(await circuits.replace(undefined, opened('crm', 'harbor-kayaks', failure, START))).toBe(false);
  const probes = await Promise.all(
    Array.from({ length: 8 }, () => circuits.replace(circuit, probing(circuit, START + 30_000))),
  );
  expect(probes.filter(Boolean)).toHaveLength(1);
});

it('a sink whose writes are abnormal stops by itself, and goes on when a person says so', async () => {
  const settings = parseSettings({ companies: { 'umi-tours': { name: 'Umi', volume: { times: 1, atLeast: 40 } } } });
  const { log, meter, counts } = listening();
  const environment = () => {
    let answers = 0;
    const handle = async () => {
      answers += 1;
    };
    const consumer = { queueUrl: 'queue', worstCaseMs: 1000, handle, park: async () => {} };
    const rest = { settings, codes: CODES, answers: () => answers, log, meter };
    return behindGate(consumer, { sink: 'crm', dynamo, sqs: new SQSClient({}), operationsTable: table, ...rest });
  };
  const bring = async () => {
    const { handle } = environment();
    for (let guest = 0; guest < 60; guest += 1) await handle(hint(guest, 1, 'umi-tours'));
  };
  await bring();
  expect(counts.VolumeAbnormal).toBe(1);
  expect(await endOf(environment().handle(hint(1, 1, 'umi-tours')))).toMatchObject({ code: 'sink.paused' });
  await environment().handle(hint(1, 1, 'harbor-kayaks-three'));
  expect(await removePause(dynamo, table, 'crm')).toBe(true);
  await bring();
  expect(counts.VolumeAbnormal).toBe(1);
  expect((await readGate(dynamo, table, 'crm')).pauses).toEqual([]);
});

it('what a person has replayed is no reason to pause a sink', async () => {
  await createTable(dynamo, 'bookings', ['uuid']);
  const tables = { bookings: 'bookings', guests: 'guests', decisions: 'decisions' };
  const stage = { ...deployed('dev'), dynamo, tables: { ...tables, operations: table } };
  expect(await replay(stage, '2026-11-21T00:00:00Z')).toBe(0);
  for (const sink of ['crm', 'marketing']) {
    expect((await readGate(dynamo, table, sink)).allowances).toMatchObject([{ sink }]);
  }
});

it('a sink sees its own circuits and pauses and no other’s; resuming ends all its pauses, with an allowance', async () => {
  const since = new Date(START).toISOString();
  const byPerson = { id: 'marketing', by: 'kai', since, reason: 'a test' };
  const byBreaker = { id: 'marketing', company: 'umi-tours', by: 'volume breaker', since, reason: 'too much' };
  await writePause(dynamo, table, byPerson);
  const failure = { code: 'salesforce.timeout', waitSeconds: undefined };
  await circuitsTable(dynamo, table).replace(undefined, opened('crm', 'harbor-kayaks', failure, START));
  expect(await pauseUnlessPaused(dynamo, table, byBreaker)).toBe(true);
  expect(await pauseUnlessPaused(dynamo, table, { ...byBreaker, reason: 'again' })).toBe(false);
  const [crm, marketing] = [await readGate(dynamo, table, 'crm'), await readGate(dynamo, table, 'marketing')];
  expect(crm.pauses).toEqual([]);
  expect(crm.circuits).toMatchObject([{ sink: 'crm', company: 'harbor-kayaks' }]);
  expect(marketing).toEqual({ pauses: [byPerson, byBreaker], circuits: [], allowances: [] });
  expect(isShut(crm, 'crm', 'harbor-kayaks', START + 1000)).toBe(true);
  expect(isShut(crm, 'crm', 'umi-tours', START + 1000)).toBe(false);

  expect(await removePause(dynamo, table, 'marketing')).toBe(true);
  expect(await removePause(dynamo, table, 'marketing')).toBe(false);
  const resumed = await readGate(dynamo, table, 'marketing');
  expect(resumed).toMatchObject({ pauses: [], allowances: [{ sink: 'marketing' }] });
  const [allowance] = resumed.allowances;
  expect(Date.parse(allowance?.until ?? '') - Date.now()).toBeGreaterThan(55 * 60_000);
});
