import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { Stack } from '../../infra/local/stack.ts';
import { deliverBooking, recordOf, settled, startPipeline, synced, until } from './driver.ts';

const PROGRAM = fileURLToPath(new URL('../../infra/backfill/backfill.ts', import.meta.url));
const DAYS = ['--company', 'harbor-kayaks', '--from', '2026-01-01', '--to', '2026-01-20'];

let stack: Stack;
beforeAll(async () => {
  stack = await startPipeline({ scheduleMs: 500 });
});
afterAll(() => stack.close());

const figuresSchema = z.looseObject({ listed: z.int(), found: z.int(), verified: z.int(), brought: z.int() });

/** The program as a person would start it whom `npm start` told the line to use; nobody is there to be asked. */
function start(...args: string[]) {
  const env = {
    PATH: process.env.PATH,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: stack.endpoints.dynamoDb,
    AWS_ENDPOINT_URL_SQS: stack.endpoints.sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: stack.endpoints.secretsManager,
  };
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout?.on('data', (text) => {
    said.out += text;
  });
  child.stderr?.on('data', (text) => {
    said.err += text;
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const figures = () =>
    said.out
      .split('\n')
      .slice(0, -1)
      .map((line) => figuresSchema.parse(JSON.parse(line)));
  return { child, said, ended, figures };
}

it('brings history into both vendors and tells nobody, killed in between; a live change is told', async () => {
  const { fareharbor, salesforce, mailchimp } = stack.vendors;
  const uuids = Array.from({ length: 40 }, (_, n) => {
    const startAt = `2026-01-${String((n % 10) + 5).padStart(2, '0')}T09:00:00-1000`;
    const { uuid } = fareharbor.vendor.book({ startAt, contact: { email: `history-${n % 25}@guests.test` } });
    if (n % 8 === 0) fareharbor.vendor.cancel(uuid);
    return uuid;
  });
  const first = start(...DAYS, '--yes', '--json');
  await until('it has read some', () => first.figures().some(({ verified }) => verified > 5), 60_000);
  first.child.kill('SIGKILL');
  await first.ended;

  const second = start(...DAYS, '--yes', '--json');
  expect(await second.ended, second.said.err).toBe(0);
  expect(second.figures().at(-1)).toMatchObject({ listed: 40, toVerify: 0, waiting: 0 });
  await settled(stack);
  for (const uuid of uuids) {
    expect(await recordOf(stack, uuid)).toMatchObject({ version: 1, quietThrough: 1 });
    for (const sink of ['crm', 'marketing'] as const) expect(await synced(stack, uuid, sink)).toBe(true);
  }
  const sales = salesforce.vendor.records('Opportunity').map((one) => one.FareHarbor_Current_UUID__c);
  expect(sales.sort()).toEqual([...uuids].sort());
  expect(salesforce.vendor.records('Contact')).toHaveLength(25);
  expect(salesforce.vendor.records('Case')).toEqual([]);
  const events = () => mailchimp.server.requests.filter(({ path }) => path.includes('/events')).length;
  expect(events()).toBe(0);
  expect(fareharbor.vendor.refusedForRate()).toBe(0);

  const [uuid = ''] = uuids.slice(1);
  fareharbor.vendor.cancel(uuid);
  await deliverBooking(stack, uuid);
  await until('Salesforce has the change', async () => {
    return (await recordOf(stack, uuid))?.version === 2 && (await synced(stack, uuid, 'crm'));
  });
  expect(salesforce.vendor.records('Case')).toHaveLength(1);
});

it('ends with what to do where there is no API access', async () => {
  stack.secrets.put('harborlight/dev/fareharbor', {});
  const { ended, said } = start(...DAYS, '--yes');
  expect(await ended).toBe(1);
  expect(said.err).toContain('no API access');
});
