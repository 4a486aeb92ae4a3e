import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { BookingSummary } from '../../shared/guest/booking-summary.ts';
import { rowsFor } from '../../shared/guest/guest-change.ts';
import { guestItem, TOTALS_ROW } from '../../shared/guest/guest-rows.ts';
import { totalsOf } from '../../shared/guest/totals.ts';
import { type Desk, openDesk } from '../unit/enrichment/desk.ts';
import { median, rounded } from './statistics.ts';

const BOOKINGS = [1, 100, 10_000] as const;
/** Each event is told of so often, and the median shown. */
const ROUNDS = 9;
/** How much dearer an event may be for 10,000 bookings than for 100: numbers have more digits, and no more. */
const MOST_GROWTH = 1.15;

/** What one event costs in DynamoDB, all tables together. */
interface Cost {
  /** Read and write units that DynamoDB bills, and requests. */
  readonly reads: number;
  readonly writes: number;
  readonly requests: number;
  /** Sent and received. */
  readonly bytes: number;
  readonly ms: number;
}
type Costs = Readonly<Record<string, Cost>>;

/**
 * What an event of a guest costs enrichment, and a look at the guest a sink, where the guest has 1, 100 or 10,000
 * bookings, on a real engine.
 * @returns whether it is flat: no event costs more than a few percent more with 10,000 than with 100.
 */
export async function benchGuest(say: (text: string) => void): Promise<boolean> {
  const found: Record<string, Costs> = {};
  for (const bookings of BOOKINGS) {
    say(`events of a guest with ${bookings} bookings`);
    found[bookings] = await costsAt(bookings);
  }
  console.log(JSON.stringify(found));
  const [, some = {}, many = {}] = BOOKINGS.map((bookings) => found[bookings]);
  const dearer = Object.entries(some).filter(([event, cost]) => isDearer(cost, many[event]));
  for (const [event] of dearer) say(`${event} costs more with ${BOOKINGS[2]} bookings than with ${BOOKINGS[1]}`);
  return dearer.length === 0;
}

function isDearer(some: Cost, many: Cost | undefined): boolean {
  const figures = ['reads', 'writes', 'requests', 'bytes'] as const;
  return many === undefined || figures.some((figure) => many[figure] > some[figure] * MOST_GROWTH);
}

async function costsAt(bookings: number): Promise<Costs> {
  const desk = await openDesk();
  try {
    const contact = { name: 'Concierge Desk', email: 'concierge@guests.test' };
    const { uuid } = desk.fareHarbor.book({ contact, startAt: tourIn(500) });
    const deliver = (of: string) => desk.deliver([desk.fareHarbor.bodyOf(of)]);
    await deliver(uuid);
    const guestKey = (await desk.record(uuid))?.guestKey ?? '';
    await fill(desk, guestKey, bookings);
    const meter = metered(desk.dynamo);
    const costs = new Map<string, Cost[]>();
    const measure = async (event: string, run: () => Promise<unknown>) => {
      costs.set(event, [...(costs.get(event) ?? []), await meter(run)]);
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      // The nearest of all tours to come: its cancellation is the one that has to look for another.
      const next = desk.fareHarbor.book({ contact, startAt: tourIn(1) }).uuid;
      await measure('booked', () => deliver(next));
      desk.fareHarbor.edit(next, { party: { Adult: 3 + round } });
      await measure('changed', () => deliver(next));
      const moved = desk.fareHarbor.rebook(next, { startAt: tourIn(2) }).uuid;
      await measure('rebooked', async () => await deliver(moved));
      desk.fareHarbor.cancel(moved);
      await measure('cancelled', () => deliver(moved));
      const now = new Date().toISOString();
      await measure('looked at by a sink', () => desk.guests.look(guestKey, { sink: 'crm', now }));
    }
    return Object.fromEntries([...costs].map(([event, all]) => [event, medianOf(all)]));
  } finally {
    await desk.close();
  }
}

const tourIn = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().replace(/\.\d+Z$/, '+0000');

/** Gives the guest as many bookings, half of them over and half to come, with all rows that enrichment would keep. */
async function fill(desk: Desk, guestKey: string, bookings: number): Promise<void> {
  const [own] = (await desk.guests.read(guestKey)).bookings;
  if (own === undefined) throw new Error('the guest has no booking');
  const now = Date.now();
  const more = Array.from({ length: bookings - 1 }, (_, index): BookingSummary => {
    const startsAt = new Date(now + (index - bookings / 2) * 3_600_000 + 36_000_000).toISOString();
    return { ...own, uuid: crypto.randomUUID(), startsAt, tourDate: startsAt.slice(0, 10) };
  });
  const summaries = [own, ...more];
  const byUuid = new Map(summaries.map((summary) => [summary.uuid, summary]));
  const rows = rowsFor({ summaries: byUuid, successors: new Map() });
  rows.set(TOTALS_ROW, { ...totalsOf(summaries, new Date(now).toISOString()), revision: 1 });
  const puts = [...rows].map(([row, value]) => ({ PutRequest: { Item: guestItem(guestKey, row, value) } }));
  for (let from = 0; from < puts.length; from += 25) {
    await desk.dynamo.send(new BatchWriteItemCommand({ RequestItems: { guests: puts.slice(from, from + 25) } }));
  }
}

const capacitySchema = z.object({
  TableName: z.string().optional(),
  CapacityUnits: z.number().default(0),
});
const answeredSchema = z.object({
  ConsumedCapacity: z.union([capacitySchema.transform((one) => [one]), z.array(capacitySchema)]).default([]),
});
const lengthSchema = z.object({ headers: z.object({ 'content-length': z.coerce.number() }) });
/** Of the body of a request or an answer. */
const lengthOf = (message: unknown): number => lengthSchema.parse(message).headers['content-length'];

/** Counts what goes to the tables and comes from them while something runs. */
function metered(client: DynamoDBClient): (run: () => Promise<unknown>) => Promise<Cost> {
  const sum = { reads: 0, writes: 0, requests: 0, bytes: 0 };
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
        const result = await next(args);
        const { ConsumedCapacity } = answeredSchema.parse(result.output);
        const units = ConsumedCapacity.reduce((total, { CapacityUnits }) => total + CapacityUnits, 0);
        sum[/Get|Query/.test(String(commandName)) ? 'reads' : 'writes'] += units;
        return result;
      },
    { step: 'initialize' },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      sum.requests += 1;
      sum.bytes += lengthOf(args.request) + lengthOf(result.response);
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return async (run) => {
    Object.assign(sum, { reads: 0, writes: 0, requests: 0, bytes: 0 });
    const began = performance.now();
    await run();
    return { ...sum, ms: performance.now() - began };
  };
}

function medianOf(all: readonly Cost[]): Cost {
  const of = (figure: keyof Cost): number => rounded(median(all.map((cost) => cost[figure])));
  return { reads: of('reads'), writes: of('writes'), requests: of('requests'), bytes: of('bytes'), ms: of('ms') };
}
