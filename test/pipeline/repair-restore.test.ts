import { PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stack } from '../../infra/local/stack.ts';
import { GUEST_CHANGED } from '../../shared/catch-up/note.ts';
import { portrait } from '../faults/portrait.ts';
import { deliverBooking, recordOf, settled, startPipeline, until } from './driver.ts';
import { askOps, runOps } from './ops.ts';
import { restore, type Snapshot, snapshot } from './restored.ts';

const MINUTE_MS = 60_000;
/** How long ago FareHarbor's clock runs: what is booked now was booked a while before the table came back. */
let ago = 0;
let stack: Stack;
beforeAll(async () => {
  stack = await startPipeline({
    scheduleMs: 500,
    // Bodies say when the booking was made, as production's do. A limit cannot be kept by a clock that is set back.
    vendors: { fareharbor: { now: () => Date.now() - ago, deviations: ['unknown-fields'], rateLimit: false } },
  });
});
afterAll(() => stack.close());

const guest = (name: string) => ({ contact: { email: `${name}@restored.test`, name: `Visitor ${name}` } });
const deliver = async (...uuids: readonly string[]): Promise<void> => {
  for (const uuid of uuids) expect((await deliverBooking(stack, uuid)).status).toBe(200);
};
/**
 * All that both vendors hold. Which of two bookings of a guest comes first is another matter after a restore: by it the
 * guest has a key, and each booking its segment and score.
 */
const held = (uuids: readonly string[]): string[] =>
  portrait(stack.vendors.salesforce.vendor.state(), stack.vendors.mailchimp.vendor.state(), 'restored.test', uuids)
    .map((line) => line.replaceAll('g-{booking 11}', 'g-{booking 10}'))
    .filter((line) => !/Lead_Score|segment/i.test(line));

/** A company's first sweep was made long ago. */
function sweptBefore(before: Snapshot): Snapshot {
  return new Map(
    [...before].map(([table, items]) => [
      table,
      items.map((item) => (item.kind?.S === 'sweep' ? { ...item, round: { N: '1' } } : item)),
    ]),
  );
}

it('tables restored to some minutes ago: after recover everything converges, and nothing is told twice', async () => {
  const { vendor } = stack.vendors.fareharbor;
  const [edited, cancelled, paid, restless, moved, old, left] = [
    vendor.book(guest('edited')).uuid,
    vendor.book(guest('cancelled')).uuid,
    vendor.book(guest('paid')).uuid,
    vendor.book(guest('restless')).uuid,
    vendor.book(guest('moved')).uuid,
    vendor.book(guest('rebooked')).uuid,
    vendor.book(guest('left')).uuid,
  ];
  await deliver(edited, cancelled, paid, restless, moved, old, left);
  await settled(stack);
  await until('the sweep has seen the companies', async () => {
    const items = [...(await snapshot(stack)).values()].flat();
    return items.filter((item) => item.kind?.S === 'sweep').length === 3;
  });
  const before = sweptBefore(await snapshot(stack));

  // What the tables will not know of any more, one change at a time, each brought to both vendors.
  ago = 20 * MINUTE_MS;
  const step = async (...uuids: readonly string[]) => {
    await deliver(...uuids);
    await settled(stack);
  };
  vendor.edit(edited, { party: { Adult: 3 } });
  vendor.cancel(cancelled);
  vendor.pay(paid);
  vendor.edit(restless, { party: { Adult: 4 } });
  vendor.edit(moved, { contact: { email: 'moved.to@restored.test' } });
  const next = vendor.rebook(old, {}).uuid;
  const [fresh, first] = [vendor.book(guest('fresh')).uuid, vendor.book(guest('family')).uuid];
  await step(edited, cancelled, paid, restless, moved, old, next, fresh, first);
  const second = vendor.book(guest('family')).uuid;
  vendor.edit(edited, { party: { Adult: 4 } });
  vendor.edit(restless, { party: { Adult: 5 } });
  vendor.cancel(fresh);
  vendor.refund(paid);
  await step(second, edited, restless, fresh, paid);
  vendor.cancel(restless);
  await step(restless);
  const uuids = [edited, cancelled, paid, restless, moved, old, left, next, fresh, first, second];
  await until('the guests are shown as their histories are', isOver);
  const wanted = held(uuids);
  expect(wanted.filter((line) => line.includes('event_key') || line.includes('event ')).length).toBeGreaterThan(10);

  await restore(stack, before);
  expect((await recordOf(stack, cancelled))?.booking.status).toBe('booked');
  expect(await recordOf(stack, fresh)).toBeUndefined();

  // A webhook comes for a booking that we do not know any more, and before the guest's first one is found again.
  await deliver(second);
  await settled(stack);
  expect(await askOps(stack, 'recover', '--yes')).toEqual({ bookings: 8, moved: [] });
  for (const uuid of uuids) {
    await until(`${uuid} is as FareHarbor has it`, async () => (await recordOf(stack, uuid)) !== undefined);
  }
  await until('nothing is left to be asked', isOver);
  const now = held(uuids);
  expect({
    missing: wanted.filter((line) => !now.includes(line)),
    new: now.filter((line) => !wanted.includes(line)),
  }).toEqual({ missing: [], new: [] });
  expect(now).toHaveLength(wanted.length);
  expect((await recordOf(stack, restless))?.booking.status).toBe('cancelled');

  // And goes on as ever: what happens next is news.
  vendor.reinstate(restless);
  await step(restless);
  vendor.cancel(restless);
  await step(restless);
  const cases = stack.vendors.salesforce.vendor.records('Case');
  expect(cases.filter((one) => one.FareHarbor_Booking_UUID__c === restless)).toHaveLength(2);
});

async function purge(queue: string): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, region: 'us-east-1', credentials });
  const url = stack.plan.queues.find(({ name }) => name === `harborlight-dev-${queue}.fifo`)?.url;
  await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
  sqs.destroy();
}

/** Nothing waits to be asked, none of the records waits for a sink, and all is quiet. */
async function isOver(): Promise<boolean> {
  const tables = await snapshot(stack);
  const items = [...tables.values()].flat();
  const waiting = items.filter(
    ({ kind, reason, attention }) => kind?.S === 'verify' || reason?.S === GUEST_CHANGED || attention !== undefined,
  );
  return waiting.length === 0 && !JSON.stringify(items).includes('"rewrite"') && (await stack.idle());
}

it('webhooks purged before anybody looked at them: recover asks FareHarbor, and the sweep finds what is new', async () => {
  const { vendor, server } = stack.vendors.fareharbor;
  ago = 0;
  const known = vendor.book(guest('purged')).uuid;
  await deliver(known);
  await settled(stack);
  const retried = () => stack.logs('enrichment').filter((line) => line.includes('message.retried')).length;
  const before = retried();
  server.fault({ route: '*', status: 503, body: '-', times: 10_000 });
  vendor.edit(known, { party: { Adult: 5 } });
  const fresh = vendor.book(guest('unheard')).uuid;
  await deliver(known, fresh);
  await until('both wait', () => retried() >= before + 2);
  await purge('bookings');
  server.clearFaults();
  expect((await recordOf(stack, known))?.version).toBe(1);

  await askOps(stack, 'recover', '--yes');
  await until('the new one is found', async () => (await recordOf(stack, fresh)) !== undefined);
  await until('nothing is left to be asked', isOver);
  expect((await recordOf(stack, known))?.booking.partySize).toBe(5);
  const sales = stack.vendors.salesforce.vendor.records('Opportunity');
  expect(sales.filter((one) => one.FareHarbor_Current_UUID__c === known)).toMatchObject([{ Party_Size__c: 5 }]);
  expect(sales.filter((one) => one.FareHarbor_Current_UUID__c === fresh)).toHaveLength(1);
  const events = held([known, fresh]).filter((line) => /^member (purged|unheard)@.*: event/.test(line));
  expect(events.map((line) => line.replace(/^.*: event (\S+) .*$/, '$1')).sort()).toEqual([
    'booking_changed',
    'booking_created',
    'booking_created',
  ]);
});

it('recover asks first', async () => {
  const { code, err } = await runOps(stack, 'recover');
  expect(code).toBe(1);
  expect(err).toContain('--yes');
});
