import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../../infra/local/stack.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import { deliverBooking, recordOf, startPipeline, synced, tableName, until } from './driver.ts';
import { askOps, runOps } from './ops.ts';

let stack: Stack;
let sqs: SQSClient;
beforeAll(async () => {
  stack = await startPipeline({ scheduleMs: 500 });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  sqs = new SQSClient({ endpoint: stack.endpoints.sqs, region: 'us-east-1', credentials });
});
afterEach(() => {
  stack.vendors.salesforce.server.clearFaults();
  stack.vendors.mailchimp.server.clearFaults();
});
afterAll(async () => {
  sqs.destroy();
  await stack.close();
});

const urlOf = (name: string) => stack.plan.queues.find((queue) => queue.name === `harborlight-dev-${name}.fifo`)?.url;
const depthOf = async (name: string) => {
  const depth = (await stack.queues()).get(`harborlight-dev-${name}.fifo`);
  return (depth?.visible ?? 0) + (depth?.inFlight ?? 0);
};
const opportunitiesOf = (uuid: string) =>
  stack.vendors.salesforce.vendor.records('Opportunity').filter((one) => one.FareHarbor_Current_UUID__c === uuid);

/** A booking that Mailchimp has and Salesforce has not, and of which no message is left anywhere. */
async function lostOnTheWay(email: string): Promise<BookingRecord> {
  const refusals = () => stack.logs('crm-sync').filter((line) => line.includes('message.retried')).length;
  const before = refusals();
  stack.vendors.salesforce.server.fault({ route: '*', status: 503, times: 10_000 });
  const { uuid } = stack.vendors.fareharbor.vendor.book({ contact: { email } });
  await deliverBooking(stack, uuid);
  await until('Mailchimp has it', () => synced(stack, uuid, 'marketing'));
  await until('Salesforce refused it', () => refusals() > before);
  await sqs.send(new PurgeQueueCommand({ QueueUrl: urlOf('crm') }));
  stack.vendors.salesforce.server.clearFaults();
  const record = await recordOf(stack, uuid);
  if (record === undefined) throw new Error('the record is gone');
  return record;
}

/** Makes a record look as if it had changed three minutes ago. */
async function grownOld(uuid: string): Promise<void> {
  const changedAt = new Date(Date.now() - 180_000).toISOString();
  await stack.dynamoDb.send(
    new UpdateItemCommand({
      TableName: tableName(stack, 'BOOKINGS_TABLE'),
      Key: { uuid: { S: uuid } },
      UpdateExpression: 'SET changedAt = :at',
      ExpressionAttributeValues: { ':at': { S: changedAt } },
    }),
  );
}

// First, while no process has looked yet whether it is paused, so that the test need not wait for it to look again.
it('a paused sink gets nothing and loses nothing, the other one goes on; resumed, it gets all', async () => {
  expect(await askOps(stack, 'pause', 'marketing', '--yes', '--by', 'kai', '--reason', 'a test')).toMatchObject({
    id: 'marketing',
    by: 'kai',
  });
  const { fareharbor, mailchimp } = stack.vendors;
  const uuids = Array.from({ length: 5 }, (_, n) => {
    return fareharbor.vendor.book({ contact: { email: `paused-${n}@guests.test` } }).uuid;
  });
  for (const uuid of uuids) await deliverBooking(stack, uuid);
  for (const uuid of uuids) await until('Salesforce has it', () => synced(stack, uuid, 'crm'));
  await until('a message was given back', () => stack.logs('marketing-sync').join().includes('sink.paused'));
  expect(JSON.stringify(mailchimp.vendor.state())).not.toContain('paused-');
  expect(await askOps(stack, 'status')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ what: 'lagging', count: 5 }),
      expect.objectContaining({ what: 'parked', count: 0 }),
      expect.objectContaining({ what: 'queue marketing', count: 5 }),
      expect.objectContaining({ what: 'paused marketing', note: 'kai: a test' }),
    ]),
  );
  await until('the metric tells of it', () => stack.logs('reconcile').join('\n').includes('"SinksPaused":1'));

  expect(await askOps(stack, 'resume', 'marketing')).toEqual({ sink: 'marketing', resumed: true });
  for (const uuid of uuids) await until('Mailchimp has it', () => synced(stack, uuid, 'marketing'), 60_000);
  for (const n of uuids.keys()) expect(JSON.stringify(mailchimp.vendor.state())).toContain(`paused-${n}@guests.test`);
  expect(await depthOf('marketing-dlq')).toBe(0);
  expect(await askOps(stack, 'resume', 'marketing')).toEqual({ sink: 'marketing', resumed: false });
});

describe('hints that are gone', () => {
  it('are sent again by themselves, without any webhook (invariant 1)', async () => {
    const { uuid } = await lostOnTheWay('purged@guests.test');
    await until('nothing is on its way', () => stack.idle());
    expect(await synced(stack, uuid, 'crm')).toBe(false);
    await grownOld(uuid);
    await until('Salesforce has it', () => synced(stack, uuid, 'crm'));
    expect(opportunitiesOf(uuid)).toHaveLength(1);
    await until('it is out of the index', async () => (await recordOf(stack, uuid))?.attention === undefined);
  });

  it('are sent again by repair, at once', async () => {
    const { uuid } = await lostOnTheWay('repaired@guests.test');
    expect(await askOps(stack, 'lagging')).toEqual([expect.objectContaining({ uuid, sink: 'crm', holds: 0 })]);
    expect(await askOps(stack, 'repair', uuid)).toEqual({ uuid, sinks: ['crm', 'marketing'] });
    await until('Salesforce has it', () => synced(stack, uuid, 'crm'));
    expect(opportunitiesOf(uuid)).toHaveLength(1);
  });

  it('are sent again by replay for what changed since, and not for what changed before', async () => {
    const before = await lostOnTheWay('before@guests.test');
    const after = await lostOnTheWay('after@guests.test');
    expect(await askOps(stack, 'replay', '--since', after.changedAt, '--yes')).toMatchObject({ bookings: 1 });
    await until('Salesforce has it', () => synced(stack, after.uuid, 'crm'));
    expect(await synced(stack, before.uuid, 'crm')).toBe(false);
    await askOps(stack, 'repair', before.uuid);
    await until('Salesforce has the other', () => synced(stack, before.uuid, 'crm'));
  });
});

it('what a vendor refused for good is left alone until it is repaired', async () => {
  const refusal = { title: 'Invalid Resource', status: 400, detail: 'a merge field is of another type' };
  stack.vendors.mailchimp.server.fault({ route: '*', status: 400, body: refusal, times: 10_000 });
  const { uuid } = stack.vendors.fareharbor.vendor.book({ contact: { email: 'refused@guests.test' } });
  await deliverBooking(stack, uuid);
  const isParked = async () => (await recordOf(stack, uuid))?.sync.marketing?.state === 'parked';
  await until('it is parked', async () => (await isParked()) && (await synced(stack, uuid, 'crm')));
  stack.vendors.mailchimp.server.clearFaults();
  await grownOld(uuid);
  const runs = () => stack.logs('reconcile').filter((line) => line.includes('reconcile.looked')).length;
  const seen = runs();
  await until('reconcile has looked twice', () => runs() >= seen + 2);
  await until('nothing is on its way', () => stack.idle());
  expect(await isParked()).toBe(true);
  await askOps(stack, 'repair', uuid);
  await until('Mailchimp has it', () => synced(stack, uuid, 'marketing'));
  expect(await askOps(stack, 'parked')).toEqual([]);
});

describe('dead letters', () => {
  it('of a sink go back and arrive', async () => {
    const { uuid, guestKey, company, version, receivedAt } = await lostOnTheWay('dead@guests.test');
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: urlOf('crm-dlq'),
        MessageBody: JSON.stringify({ uuid, guestKey, company, version, receivedAt }),
        MessageGroupId: guestKey,
        MessageDeduplicationId: 'dead-1',
      }),
    );
    expect(await askOps(stack, 'redrive', 'crm', '--yes')).toEqual({ queue: 'crm', state: 'moved', messages: 1 });
    await until('Salesforce has it', () => synced(stack, uuid, 'crm'));
    expect(await depthOf('crm-dlq')).toBe(0);
  });

  it('of the front queue keep their attributes and their order within a booking', async () => {
    const { vendor } = stack.vendors.fareharbor;
    stack.vendors.fareharbor.server.fault({ route: '*', status: 503, times: 10_000 });
    const { uuid } = vendor.book({ note: 'first', contact: { email: 'front@guests.test' } });
    const bodies = [vendor.bodyOf(uuid)];
    vendor.edit(uuid, { note: 'second' });
    bodies.push(vendor.bodyOf(uuid));
    for (const [n, MessageBody] of bodies.entries()) {
      const text = (StringValue: string) => ({ DataType: 'String', StringValue });
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: urlOf('bookings-dlq'),
          MessageBody,
          MessageGroupId: uuid,
          MessageDeduplicationId: `front-${n}`,
          MessageAttributes: {
            kind: text('booking'),
            receivedAt: text(new Date().toISOString()),
            keyCompany: text('*'),
          },
        }),
      );
    }
    expect(await askOps(stack, 'redrive', 'bookings', '--yes')).toMatchObject({ state: 'moved', messages: 2 });
    await until('it is at its last state', async () => (await recordOf(stack, uuid))?.booking.note === 'second');
    await until('Salesforce has it', () => synced(stack, uuid, 'crm'));
    await until('nothing is on its way', () => stack.idle());
    stack.vendors.fareharbor.server.clearFaults();
    expect((await recordOf(stack, uuid))?.booking.note).toBe('second');
  });
});

describe('the program', () => {
  it.each([
    ['pause', 'crm'],
    ['redrive', 'crm'],
    ['replay', '--since', '2026-01-01'],
  ])('does nothing destructive where nobody can be asked: %s', async (...args) => {
    const { code, err } = await runOps(stack, ...args);
    expect(code).toBe(1);
    expect(err).toContain('--yes');
    expect(await askOps(stack, 'status')).not.toContainEqual(expect.objectContaining({ what: 'paused crm' }));
  });

  it.each([
    [['pause', 'bookings', '--yes'], 'crm, marketing'],
    [['redrive', 'other', '--yes'], 'bookings, crm, marketing'],
    [['repair', 'nonsense'], 'uuid'],
    [['replay', '--yes'], '--since'],
    [['replay', '--since', 'yesterday', '--yes'], '--since'],
    [['status', '--nonsense'], '--nonsense'],
    [['nonsense'], 'npm run ops'],
  ])('says what is wrong with %j', async (args, words) => {
    const { code, err } = await runOps(stack, ...args);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });

  it('knows no booking of that uuid', async () => {
    const { code, err } = await runOps(stack, 'repair', 'ffffffff-0000-4000-8000-000000000000');
    expect(code).toBe(1);
    expect(err).toContain('There is no booking');
  });

  it('draws a table for people', async () => {
    const { code, out } = await runOps(stack, 'status');
    expect(code).toBe(0);
    expect(out).toMatch(/│ dead letters crm +│ 0/);
  });
});
