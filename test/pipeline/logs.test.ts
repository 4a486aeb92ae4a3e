import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { SAVED_QUERIES } from '../../infra/constructs/saved-queries.ts';
import { readAssembly } from '../../infra/local/assembly.ts';
import type { Stack } from '../../infra/local/stack.ts';
import { ask, eventOf } from '../logs/ask.ts';
import { type Row, runQuery } from '../logs/insights.ts';
import { deliver, settled, startPipeline, synced, until } from './driver.ts';

let stack: Stack;
beforeAll(async () => {
  // What the schedule does is no part of a webhook's way.
  stack = await startPipeline({ scheduleMs: 0 });
});
afterAll(() => stack.close());

/** Delivers a booking's webhook. @returns the id that the API answers with, which is what a person searches for. */
async function send(uuid: string): Promise<string> {
  const body = stack.vendors.fareharbor.vendor.bodyOf(uuid);
  const response = await fetch(stack.webhookUrl, { method: 'POST', body });
  expect(response.status).toBe(200);
  return response.headers.get('apigw-requestid') ?? '';
}

const bothHave = (uuid: string): Promise<void> =>
  until('both have it', async () => (await synced(stack, uuid, 'crm')) && (await synced(stack, uuid, 'marketing')));
const told = (rows: readonly Row[]) =>
  rows.map(({ service, message, sink, version, vendor }) =>
    [service, message, sink ?? vendor, version].filter((part) => part !== undefined).join(' '),
  );

// First what goes wrong: a query is refused here that names a field which no line has yet.
it('what a vendor refused, failed or did late is found under its name, and what went wrong among the errors', async () => {
  const { fareharbor, salesforce, mailchimp, openai } = stack.vendors;
  const { uuid } = fareharbor.vendor.book({ note: 'A wheelchair user is with us' });
  fareharbor.server.fault({ route: '*', status: 503, times: 1 });
  salesforce.server.fault({ route: 'composite', status: 503, times: 1 });
  mailchimp.server.fault({ route: '*', status: 429, times: 1 });
  openai.server.fault({ route: '*', status: 500, times: 1 });
  await send(uuid);
  await bothHave(uuid);
  const seen = (name: 'salesforce' | 'mailchimp' | 'fareharbor' | 'model' | 'errors') =>
    ask(stack, name)
      .filter((row) => row.uuid === uuid)
      .map(({ level, message, vendor, status }) => [level, message, vendor, status].filter((part) => part).join(' '));
  expect(seen('salesforce')).toEqual(
    expect.arrayContaining([
      'WARN vendor.called salesforce 503',
      'WARN message.retried',
      // The next try is told of though it went well.
      'INFO vendor.called salesforce 200',
    ]),
  );
  expect(seen('mailchimp')).toEqual(
    expect.arrayContaining(['WARN vendor.called mailchimp 429', 'WARN message.retried']),
  );
  expect(seen('fareharbor')).toEqual(expect.arrayContaining(['WARN vendor.called fareharbor 503']));
  expect(seen('model')).toEqual(expect.arrayContaining(['WARN vendor.called model 500', 'WARN model.fallback 500']));
  expect(seen('errors')).toEqual(expect.arrayContaining(['WARN model.fallback 500', 'WARN message.retried']));
  expect(seen('errors').join()).not.toMatch(/INFO|DEBUG/);
});

it('what was parked or quarantined is found with its reason', async () => {
  const { fareharbor, salesforce } = stack.vendors;
  const { uuid } = fareharbor.vendor.book();
  const body = [{ errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'a rule of the operator’s' }];
  salesforce.server.fault({ route: 'composite', match: uuid, times: 100, status: 400, body });
  const id = await send(uuid);
  await until('it is parked', () => stack.logs('crm-sync').some((line) => line.includes('booking.parked')));
  salesforce.server.clearFaults();
  expect(ask(stack, 'parked')).toMatchObject([{ uuid, sink: 'crm', correlationId: id, why: expect.any(String) }]);
  await deliver(stack, '{"hello":"world"}');
  const reason = 'no-booking-or-item';
  const stranger = '{"booking":{"uuid":"eeeeeeee-0000-4000-8000-000000000002","company":{"shortname":"strangers"}}}';
  await deliver(stack, stranger);
  await settled(stack);
  const quarantined = ask(stack, 'quarantined');
  expect(quarantined).toMatchObject([
    { service: 'enrichment', reason: 'unknown-company' },
    { service: 'ingest', reason },
  ]);
  expect(quarantined.every(({ correlationId }) => typeof correlationId === 'string')).toBe(true);
});

it('one webhook is found by its id on its whole way, with each call to a vendor', async () => {
  const { uuid } = stack.vendors.fareharbor.vendor.book({ note: 'We come with two dogs' });
  const id = await send(uuid);
  await bothHave(uuid);
  await settled(stack);
  const rows = ask(stack, 'one-webhook', id);
  const lines = told(rows);
  expect(lines).toEqual(
    expect.arrayContaining([
      'ingest webhook.accepted',
      'enrichment vendor.called fareharbor',
      'enrichment vendor.called model',
      'enrichment booking.changed 1',
      'crm-sync vendor.called salesforce',
      'crm-sync booking.synced crm 1',
      'marketing-sync vendor.called mailchimp',
      'marketing-sync booking.synced marketing 1',
    ]),
  );
  expect(lines[0]).toBe('ingest webhook.accepted');
  expect(lines.indexOf('enrichment booking.changed 1')).toBeLessThan(lines.indexOf('crm-sync booking.synced crm 1'));
  // The booking's lines are the same ones: none is without the id, and from the webhook on each names the booking.
  expect(told(ask(stack, 'one-booking', uuid))).toEqual(lines);
});

it('each version’s lines have the id of the webhook that led to it', async () => {
  const { fareharbor } = stack.vendors;
  const { uuid } = fareharbor.vendor.book();
  const ids = [await send(uuid)];
  await bothHave(uuid);
  fareharbor.vendor.cancel(uuid);
  ids.push(await send(uuid));
  await bothHave(uuid);
  await settled(stack);
  for (const [n, id] of ids.entries()) {
    const versions = ask(stack, 'one-webhook', id).flatMap(({ version }) => version ?? []);
    expect(versions.length).toBeGreaterThanOrEqual(3);
    expect(new Set(versions)).toEqual(new Set([n + 1]));
  }
});

it('two bookings worked on in one batch keep their ids apart', async () => {
  const uuids = Array.from({ length: 8 }, () => stack.vendors.fareharbor.vendor.book().uuid);
  const ids = await Promise.all(uuids.map(send));
  for (const uuid of uuids) await bothHave(uuid);
  await settled(stack);
  for (const [n, id] of ids.entries()) {
    const named = ask(stack, 'one-webhook', id).flatMap(({ uuid }) => uuid ?? []);
    expect(new Set(named)).toEqual(new Set([uuids[n]]));
  }
});

it('also where no details are told, each webhook is found by its id with the booking that it was about', async () => {
  const { fareharbor } = stack.vendors;
  const { uuid } = fareharbor.vendor.book({ note: 'We come by bicycle' });
  // Most of them stand in one batch, of which one does the work; the last one changes nothing.
  const ids = await Promise.all(Array.from({ length: 12 }, () => send(uuid)));
  await bothHave(uuid);
  ids.push(await send(uuid));
  await settled(stack);
  const undetailed = (id: string) => ask(stack, 'one-webhook', id).filter(({ level }) => level !== 'DEBUG');
  for (const id of ids) expect(JSON.stringify(undetailed(id)), id).toContain(uuid);
  const all = ids.flatMap(undetailed).map(({ message, sink }) => [message, sink].filter(Boolean).join(' '));
  expect(all).toEqual(
    expect.arrayContaining(['webhook.superseded', 'booking.changed', 'booking.synced crm', 'booking.synced marketing']),
  );
});

it('of each function that ran it is known how long its start took, and how much memory it has held', () => {
  const rows = ask(stack, 'runs');
  const starts = rows.filter(({ initMs }) => initMs !== undefined);
  expect(new Set(starts.map(({ service }) => service))).toEqual(
    new Set(['ingest', 'enrichment', 'crm-sync', 'marketing-sync']),
  );
  const startSchema = z.looseObject({
    ms: z.int().min(0),
    initMs: z.int().min(30),
    peakMb: z.int().min(30),
    memoryMb: z.int().min(128),
  });
  for (const start of starts) expect(startSchema.safeParse(start).error).toBeUndefined();
  const times = rows.map(({ ms }) => z.number().parse(ms));
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

it('the slowest bookings come first', () => {
  const rows = ask(stack, 'late');
  const times = rows.map(({ milliseconds }) => z.number().parse(milliseconds));
  expect(times.length).toBeGreaterThan(10);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

it('refused webhooks are found in the API’s access log', () => {
  const stageSchema = z.looseObject({ AccessLogSettings: z.object({ Format: z.string() }).loose() });
  const [format] = readAssembly(inject('assembly')).resources.flatMap(({ type, properties }) =>
    type === 'AWS::ApiGatewayV2::Stage' ? stageSchema.parse(properties).AccessLogSettings.Format : [],
  );
  // The gateway puts text in the place of each of its words.
  const line = (status: string) =>
    (format ?? '').replaceAll(/\$context\.([\w.]+)/g, (_, word) => (word === 'status' ? status : 'x'));
  const events = ['200', '401', '503', '429'].map((status, n) => eventOf(line(status), String(n)));
  const found = runQuery(SAVED_QUERIES['refused-webhooks'].query, events);
  expect(found.map(({ status }) => status)).toEqual(['429', '503', '401']);
});

it('every line of our own has an id, and the functions print nothing else than lines of JSON', () => {
  const lineSchema = z.union([
    z.looseObject({ level: z.string(), message: z.string(), service: z.string(), correlationId: z.string().min(1) }),
    z.looseObject({ _aws: z.object({ CloudWatchMetrics: z.tuple([z.unknown()]) }).loose(), service: z.string() }),
  ]);
  const lines = [...stack.functions.values()].flatMap(({ logs }) => logs.lines);
  expect(lines.length).toBeGreaterThan(100);
  for (const line of lines) expect(lineSchema.safeParse(JSON.parse(line)).success, line).toBe(true);
});
