import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../../infra/local/stack.ts';
import { deliverBooking, recordOf, settled, startPipeline, synced, until } from './driver.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startPipeline();
});
afterAll(() => stack.close());

/** What a dead process held comes back after this many seconds, instead of the template's three minutes. */
async function shortenVisibility(seconds: number): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, region: 'us-east-1', credentials });
  const Attributes = { VisibilityTimeout: String(seconds) };
  for (const { url } of stack.plan.queues) await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
  sqs.destroy();
}

const opportunities = (): { FareHarbor_Booking_UUID__c?: unknown; Booking_Version__c?: unknown }[] =>
  stack.vendors.salesforce.vendor.records('Opportunity');

describe('one failing vendor delays only itself (invariant 5)', () => {
  it('Salesforce down: Mailchimp has the booking; Salesforce follows when it is back', async () => {
    stack.vendors.salesforce.server.fault({ route: '*', status: 503, times: 3 });
    const { uuid } = stack.vendors.fareharbor.vendor.book();
    await deliverBooking(stack, uuid);
    await until('Mailchimp has it', () => synced(stack, uuid, 'marketing'));
    expect(await synced(stack, uuid, 'crm')).toBe(false);
    await until('Salesforce has it', () => synced(stack, uuid, 'crm'), 60_000);
    expect(opportunities().filter((one) => one.FareHarbor_Booking_UUID__c === uuid)).toHaveLength(1);
  });

  it('the model hanging: the rules answer, and both vendors have the booking', async () => {
    stack.vendors.openai.server.fault({ route: '*', hang: true, times: 5 });
    const { uuid } = stack.vendors.fareharbor.vendor.book({ note: 'A wheelchair user is with us' });
    await deliverBooking(stack, uuid);
    await until(
      'both have it',
      async () => (await synced(stack, uuid, 'crm')) && (await synced(stack, uuid, 'marketing')),
    );
    expect((await recordOf(stack, uuid))?.understanding).toMatchObject({
      mode: 'rules',
      rulesReason: 'timeout',
      signals: { accessibility: ['wheelchair'] },
    });
  });
});

describe('one poisoned booking delays only itself (invariant 5)', () => {
  const CRASHED = [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'a trigger crashed' }];
  const REFUSED = [{ errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'a rule of the operator’s' }];

  it.each([
    ['fails-over', { status: 500, body: CRASHED }],
    ['refuses', { status: 400, body: REFUSED }],
  ])('that Salesforce %s: all others, its own guest’s too, are brought at their first try', async (name, reply) => {
    const { fareharbor, salesforce } = stack.vendors;
    const book = (guest: string) => fareharbor.vendor.book({ contact: { email: `${name}-${guest}@guests.test` } }).uuid;
    const own = book('poisoned');
    await deliverBooking(stack, own);
    await until('Salesforce has it', () => synced(stack, own, 'crm'));
    const [poisoned, neighbours] = [book('poisoned'), Array.from({ length: 8 }, (_, n) => book(String(n)))];
    salesforce.server.fault({ route: 'composite', match: poisoned, times: 10_000, ...reply });
    // What comes meanwhile waits behind slow calls, so that the next batches hold several guests.
    salesforce.server.fault({ route: 'composite', delayMs: 2_000, times: 2 });
    const before = salesforce.server.requests.length;
    fareharbor.vendor.edit(own, { note: 'changed with it' });
    for (const uuid of [poisoned, own, ...neighbours]) await deliverBooking(stack, uuid);
    for (const uuid of [...neighbours, own]) await until('Salesforce has it', () => synced(stack, uuid, 'crm'), 60_000);

    // Nothing but the poisoned booking's own calls failed, and nobody was brought twice.
    const calls = salesforce.server.requests.slice(before);
    const failed = calls.filter(({ status }) => status !== 200);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.filter(({ body }) => !body.includes(poisoned))).toEqual([]);
    for (const uuid of neighbours) expect(calls.filter(({ body }) => body.includes(`/${uuid}"`))).toHaveLength(1);

    salesforce.server.clearFaults();
    if (name === 'fails-over') await until('Salesforce has it', () => synced(stack, poisoned, 'crm'), 60_000);
    else await until('it is parked', async () => (await recordOf(stack, poisoned))?.sync.crm?.state === 'parked');
    await settled(stack, 60_000);
    const depth = (await stack.queues()).get('harborlight-dev-crm-dlq.fifo');
    expect((depth?.visible ?? 0) + (depth?.inFlight ?? 0)).toBe(0);
  });
});

describe('a crash anywhere', () => {
  it('of enrichment and both sinks at work loses and doubles nothing', async () => {
    await shortenVisibility(5);
    const { vendor } = stack.vendors.fareharbor;
    const uuids = Array.from(
      { length: 12 },
      (_, n) => vendor.book({ contact: { email: `crash-${n}@guests.test` } }).uuid,
    );
    stack.vendors.salesforce.server.fault({ route: '*', commitThenDrop: true, match: 'composite', times: 2 });
    await Promise.all(uuids.map((uuid) => deliverBooking(stack, uuid)));
    for (const service of ['enrichment', 'crm-sync', 'marketing-sync']) stack.functions.get(service)?.crash();
    await until(
      'all are in both vendors',
      async () => {
        const states = await Promise.all(
          uuids.flatMap((uuid) => [synced(stack, uuid, 'crm'), synced(stack, uuid, 'marketing')]),
        );
        return states.every(Boolean);
      },
      80_000,
    );
    const keys = opportunities().map((opportunity) => String(opportunity.FareHarbor_Booking_UUID__c));
    expect(keys.filter((key) => uuids.includes(key)).sort()).toEqual([...uuids].sort());
    const contacts = stack.vendors.salesforce.vendor.records('Contact').map(({ Email }) => String(Email));
    expect(contacts.filter((email) => email.startsWith('crash-'))).toHaveLength(12);
  });
});

it('A → B → A, as fast as it can be sent, ends at A everywhere (invariant 4)', async () => {
  const { vendor } = stack.vendors.fareharbor;
  const { uuid } = vendor.book({ note: 'A' });
  await deliverBooking(stack, uuid);
  for (let round = 0; round < 5; round += 1) {
    vendor.edit(uuid, { note: 'B' });
    await deliverBooking(stack, uuid);
    vendor.edit(uuid, { note: 'A' });
    await deliverBooking(stack, uuid);
  }
  await until('it is in sync', async () => (await stack.idle()) && (await synced(stack, uuid, 'crm')));
  await settled(stack);
  expect((await recordOf(stack, uuid))?.booking.note).toBe('A');
  const versions = stack.vendors.salesforce.vendor.history
    .filter(({ object, fields }) => object === 'Opportunity' && fields.FareHarbor_Current_UUID__c === uuid)
    .map(({ fields }) => Number(fields.Booking_Version__c));
  expect(versions.length).toBeGreaterThan(0);
  expect(versions).toEqual(versions.toSorted((a, b) => a - b));
});
