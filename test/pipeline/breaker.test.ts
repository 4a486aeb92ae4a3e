import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '../../infra/local/stack.ts';
import { ask } from '../logs/ask.ts';
import { deliverBooking, settled, startPipeline, synced, until } from './driver.ts';
import { askOps } from './ops.ts';

/** Eight environments are asked for; the template's own limit decides how many marketing-sync gets. */
const ASKED = 8;
const ALLOWED_CONNECTIONS = 7;

let stack: Stack;
beforeAll(async () => {
  // Each answer takes a while, so that calls at the same moment are seen as such.
  stack = await startPipeline({ scheduleMs: 500, concurrency: ASKED, vendors: { mailchimp: { latencyMs: 150 } } });
});
afterAll(() => stack.close());

const depthOf = async (name: string) => {
  const depth = (await stack.queues()).get(`harborlight-dev-${name}.fifo`);
  return (depth?.visible ?? 0) + (depth?.inFlight ?? 0);
};

/** Bookings of so many guests, delivered. */
async function book(name: string, guests: number): Promise<string[]> {
  const { vendor } = stack.vendors.fareharbor;
  const uuids = Array.from({ length: guests }, (_, n) => {
    return vendor.book({ contact: { email: `${name}-${n}@guests.test` } }).uuid;
  });
  await Promise.all(uuids.map((uuid) => deliverBooking(stack, uuid)));
  return uuids;
}

async function allSynced(uuids: readonly string[], sink: 'crm' | 'marketing', withinMs?: number): Promise<void> {
  for (const uuid of uuids) await until(`${sink} has ${uuid}`, () => synced(stack, uuid, sink), withinMs);
}

describe('a destination whose vendor is down', () => {
  it('is left alone, delays nobody else, loses nothing, and goes on by itself', { timeout: 150_000 }, async () => {
    const { salesforce } = stack.vendors;
    salesforce.server.fault({ route: '*', status: 503, times: 100_000 });
    const uuids = await book('outage', 8);
    const logged = (service: string, text: string) => stack.logs(service).join('\n').includes(text);
    await until('the circuit is open', () => logged('crm-sync', 'circuit.opened'));
    const before = salesforce.server.requests.length;
    const more = await book('later', 4);
    const openCircuit = { what: 'circuit open crm for harbor-kayaks', note: expect.stringMatching(/^salesforce\./) };
    expect(await askOps(stack, 'status')).toContainEqual(expect.objectContaining(openCircuit));
    await until('the metric tells of it', () => logged('reconcile', '"CircuitsOpen":1'));
    await until('hints were given back', () => logged('crm-sync', '"circuit.open"'));
    await allSynced([...uuids, ...more], 'marketing');
    // Nothing reaches Salesforce but a probe, and what was on its way when the circuit opened.
    expect(salesforce.server.requests.length - before).toBeLessThanOrEqual(ASKED + 1);

    salesforce.server.clearFaults();
    await allSynced([...uuids, ...more], 'crm', 80_000);
    await settled(stack);
    expect(JSON.stringify(await askOps(stack, 'status'))).not.toContain('circuit open');
    for (const queue of ['bookings-dlq', 'crm-dlq', 'marketing-dlq']) expect(await depthOf(queue)).toBe(0);
    const sales = salesforce.vendor.records('Opportunity').map((sale) => sale.FareHarbor_Booking_UUID__c);
    expect(sales.sort()).toEqual([...uuids, ...more].sort());
    expect(stack.logs('crm-sync').join('\n')).not.toContain('booking.parked');
    const gates = ask(stack, 'gates').map(({ message, sink, code }) => `${message} ${sink} ${code}`);
    expect(gates.at(-1)).toMatch(/^circuit.opened crm salesforce\./);
    expect(gates[0]).toMatch(/^circuit.closed crm salesforce\./);
  });
});

it('Mailchimp sees fewer connections at once than we allow ourselves, with eight consumers at work', async () => {
  const uuids = await book('busy', 30);
  await allSynced(uuids, 'marketing', 60_000);
  const { vendor, server } = stack.vendors.mailchimp;
  expect(vendor.mostSimultaneous).toBeGreaterThan(1);
  expect(vendor.mostSimultaneous).toBeLessThanOrEqual(ALLOWED_CONNECTIONS);
  expect(server.requests.filter(({ status }) => status === 429)).toEqual([]);
});
