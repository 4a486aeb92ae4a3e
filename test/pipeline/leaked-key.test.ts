import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stack } from '../../infra/local/stack.ts';
import { deliver, deliverBooking, recordOf, settled, startPipeline, synced, until } from './driver.ts';

let stack: Stack;
beforeAll(async () => {
  // No schedule: what is asked for in the background is not to be seen here.
  stack = await startPipeline({ scheduleMs: 0 });
});
afterAll(() => stack.close());

const FORGED = 200;

it('a forger with the right key gets a few calls of FareHarbor and nothing into a vendor; a known booking goes on', async () => {
  const { vendor, server } = stack.vendors.fareharbor;
  const { uuid } = vendor.book({ note: 'as booked' });
  await deliverBooking(stack, uuid);
  await until(
    'the known booking is in both',
    async () => (await synced(stack, uuid, 'crm')) && (await synced(stack, uuid, 'marketing')),
  );
  const before = server.requests.length;
  const body = vendor.bodyOf(uuid);
  const forged = Array.from({ length: FORGED }, () => randomUUID());
  const flood = (uuids: readonly string[]) =>
    Promise.all(uuids.map((invented) => deliver(stack, body.replaceAll(uuid, invented))));
  await flood(forged.slice(0, FORGED / 2));
  vendor.edit(uuid, { note: 'as changed' });
  await deliverBooking(stack, uuid);
  await flood(forged.slice(FORGED / 2));
  await until('the change is here', async () => (await recordOf(stack, uuid))?.booking.note === 'as changed');
  expect(await recordOf(stack, uuid)).toMatchObject({ source: 'api', version: 2 });
  await settled(stack, 60_000);
  const asked = server.requests.slice(before).map(({ path }) => path);
  const inVain = asked.filter((path) => forged.some((one) => path.includes(one)));
  expect(inVain.length).toBeLessThan(FORGED / 4);
  const sales = stack.vendors.salesforce.vendor.records('Opportunity');
  expect(sales.map((sale) => sale.FareHarbor_Booking_UUID__c)).toEqual([uuid]);
  const told = [stack.vendors.salesforce, stack.vendors.mailchimp].flatMap(({ server: { requests } }) =>
    requests.map(({ path, body: sent }) => `${path} ${sent}`),
  );
  expect(told.filter((text) => forged.some((one) => text.includes(one)))).toEqual([]);
  expect(stack.logs('enrichment').join('\n')).toContain('StrangersHeld');
});
