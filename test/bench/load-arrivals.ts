import { setTimeout as pause } from 'node:timers/promises';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Stack } from '../../infra/local/stack.ts';
import { listAttention } from '../../infra/ops/attention.ts';
import { listQuarantine } from '../../infra/ops/quarantine.ts';
import { fromBookingItem } from '../../shared/records/booking-item.ts';
import { verificationList } from '../../shared/webhook/verifications.ts';

const LOOK_EVERY_MS = 200;

const arrivalSchema = z.object({
  uuid: z.string(),
  version: z.int(),
  receivedAt: z.iso.datetime().transform((at) => Date.parse(at)),
  sync: z.record(z.string(), z.object({ version: z.int(), at: z.iso.datetime().transform((at) => Date.parse(at)) })),
});

/** When a booking's newest version reached us, and when it had reached both vendors; milliseconds since the epoch. */
export interface Arrival {
  readonly uuid: string;
  readonly receivedAt: number;
  /** Infinity where a vendor lacks it. */
  readonly arrivedAt: number;
}

export function tableOf(stack: Stack, variable: 'BOOKINGS_TABLE' | 'OPERATIONS_TABLE'): string {
  const name = stack.functions.get('enrichment')?.definition.environment[variable];
  if (name === undefined) throw new Error(`the template gives enrichment no ${variable}`);
  return name;
}

/** What the records say of every booking there is. */
export async function arrivals(stack: Stack): Promise<Arrival[]> {
  const found: Arrival[] = [];
  for await (const { Items } of paginateScan(
    { client: stack.dynamoDb },
    { TableName: tableOf(stack, 'BOOKINGS_TABLE') },
  )) {
    for (const item of Items ?? []) {
      const { uuid, version, receivedAt, sync } = fromBookingItem(arrivalSchema, item);
      const times = Object.values(sync).map((state) => (state.version < version ? Number.POSITIVE_INFINITY : state.at));
      found.push({ uuid, receivedAt, arrivedAt: Math.max(...times) });
    }
  }
  return found;
}

/** Waits until nothing is in a queue or in work. @throws saying what there still was. */
export async function settled(stack: Stack, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await stack.idle())) {
    if (Date.now() > deadline) throw new Error(`not settled within ${withinMs / 1000} s: ${await depthsOf(stack)}`);
    await pause(LOOK_EVERY_MS);
  }
}

async function depthsOf(stack: Stack): Promise<string> {
  const depths = [...(await stack.queues())].filter(([, { visible, inFlight }]) => visible + inFlight > 0);
  return depths.map(([name, { visible, inFlight }]) => `${name} ${visible} + ${inFlight} in flight`).join(', ');
}

/** Bookings taken from their webhook's body that FareHarbor is still to be asked for. */
export async function unverified(stack: Stack): Promise<number> {
  const all = await verificationList(stack.dynamoDb, tableOf(stack, 'OPERATIONS_TABLE')).all();
  return all.filter(({ reason }) => reason === 'unverified').length;
}

/** Waits until FareHarbor was asked for every booking, and all that came of it has arrived. */
export async function verified(stack: Stack, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (let left = await unverified(stack); left > 0; left = await unverified(stack)) {
    if (Date.now() > deadline) throw new Error(`${left} bookings are not verified within ${withinMs / 1000} s`);
    await pause(LOOK_EVERY_MS);
  }
  await settled(stack, withinMs);
}

/** What needs a person: dead letters, quarantined webhooks, parked bookings; and calls FareHarbor refused. */
export async function troubles(stack: Stack): Promise<string[]> {
  const depths = [...(await stack.queues())].filter(([name]) => name.endsWith('-dlq.fifo'));
  const dead = depths.reduce((sum, [, { visible, inFlight }]) => sum + visible + inFlight, 0);
  const quarantined = (await listQuarantine(stack.dynamoDb, tableOf(stack, 'OPERATIONS_TABLE'))).length;
  const parked = (await listAttention(stack.dynamoDb, tableOf(stack, 'BOOKINGS_TABLE'), 'parked')).length;
  const refused = stack.vendors.fareharbor.vendor.refusedForRate();
  const counts = {
    'messages in dead-letter queues': dead,
    'webhooks in quarantine': quarantined,
    'bookings parked': parked,
    'calls that FareHarbor refused for their rate': refused,
  };
  return Object.entries(counts).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what}`]));
}
