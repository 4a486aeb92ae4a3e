import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { messageOf, read } from '../../functions/ingest/delivery.ts';
import { type Consumer, consume } from '../../shared/fifo/consumer.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { listening } from '../unit/shared/quiet.ts';
import type { FareHarbor } from '../vendors/fareharbor/fareharbor.ts';
import type { Mailchimp } from '../vendors/mailchimp/mailchimp.ts';
import type { Salesforce } from '../vendors/salesforce/salesforce.ts';
import { FifoQueue } from './fifo-queue.ts';
import { crmOf, enrichmentOf, marketingOf, type Wiring } from './pipeline.ts';
import { accept, type Queues, virtualSqs } from './virtual-sqs.ts';
import { dice, type VirtualTime } from './virtual-time.ts';

/** How a world is to be. */
export interface WorldOptions {
  readonly apiAccess: boolean;
  /** Every duration and every lost deletion follows from it. */
  readonly dice: number;
  /** Of 100 batches that were done, how many are given out again. */
  readonly lostDeletions: number;
}

/** What FareHarbor told us of a booking, in the order in which it told us: by API where we asked, else by webhook. */
export interface Sighting {
  readonly booking: unknown;
}

export interface World {
  readonly time: VirtualTime;
  readonly vendors: Vendors;
  readonly sightings: readonly Sighting[];
  /** Errors that no function may end with, and messages that did not come to their end. */
  mishaps(): readonly string[];
  /** A webhook arrives and is durable. */
  arrive(body: string): void;
  record(uuid: string): Promise<BookingRecord | undefined>;
  close(): Promise<void>;
}

export type Vendors = Pick<Wiring, 'fareharbor' | 'servers'> & {
  readonly fareharbor: FareHarbor;
  readonly salesforce: Salesforce;
  readonly mailchimp: Mailchimp;
};
export type Tables = Wiring['tables'];
export type OpenWorld = (options: WorldOptions) => Promise<World>;

/** What a world stands on. */
export interface Ground {
  readonly time: VirtualTime;
  readonly vendors: Vendors;
  /** A client outside virtual time. */
  readonly dynamo: DynamoDBClient;
  readonly dynamoUrl: string;
  readonly tables: Tables;
}

export const LOCAL = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** Milliseconds from and to, drawn evenly. */
type Range = readonly [number, number];
const TABLE_MS: Range = [2, 20];
const VENDOR_MS: Range = [50, 900];
const QUEUE_MS: Range = [5, 40];

const FUNCTION_MS = 30_000;
const QUEUE = { visibilityMs: 6 * FUNCTION_MS, maxReceiveCount: 20 };

const bodySchema = z.object({ booking: z.unknown() });

/** The functions on their queues, tables and vendors, where all that happens does so in this world's own time. */
export function openWorld(options: WorldOptions, ground: Ground): World {
  const { time, vendors, dynamo, tables } = ground;
  const mishaps: string[] = [];
  const sightings: Sighting[] = [];
  const told = (json: unknown): void => {
    sightings.push(bodySchema.parse(json));
  };
  const { queues, stop } = startFunctions(options, ground, { told, mishap: (what) => mishaps.push(what) });
  let requests = 0;
  return {
    time,
    vendors,
    sightings,
    mishaps: () => [...mishaps, ...[...queues].flatMap(([name, queue]) => leftIn(name, queue))],
    arrive(body) {
      requests += 1;
      const bytes = Buffer.from(body);
      const about = { requestId: `request-${requests}`, receivedAt: time.date().toISOString(), keyCompany: '*' };
      accept(queues, { ...messageOf({ body: bytes, reading: read(bytes), ...about }), QueueUrl: 'bookings' });
      if (!options.apiAccess) told(JSON.parse(body));
    },
    record: (uuid) => bookingsTable(dynamo, tables.bookings, time.date).read(uuid),
    async close() {
      stop();
      for (const TableName of Object.values(tables)) await dynamo.send(new DeleteTableCommand({ TableName }));
    },
  };
}

interface Watch {
  readonly told: (json: unknown) => void;
  readonly mishap: (what: string) => void;
}

function startFunctions(
  options: WorldOptions,
  { time, vendors, dynamoUrl, tables }: Ground,
  { told, mishap }: Watch,
): { queues: Queues; stop(): void } {
  const roll = dice(options.dice);
  const draw = ([from, to]: Range): number => from + Math.floor(roll() * (to - from));
  const slowly =
    (range: Range) =>
    <Result>(work: () => Promise<Result>): Promise<Result> =>
      time.effect(draw(range), work);
  const { log, meter } = listening();
  const slowTable = slowly(TABLE_MS);
  const dynamo = new DynamoDBClient({ ...LOCAL, endpoint: dynamoUrl });
  dynamo.middlewareStack.add((next) => (args) => slowTable(() => next(args)), { step: 'initialize' });
  const queues = new Map<string, FifoQueue>();
  const sqs = virtualSqs(queues, slowly(QUEUE_MS));
  const { apiAccess } = options;
  const quarantined = (reason: string) => mishap(`a webhook was quarantined: ${reason}`);
  const wiring = { dynamo, sqs, tables, ...vendors, apiAccess, told, quarantined, log, meter, now: time.date };

  const queue = (name: string, consumerOf: () => Consumer, concurrency: number): void => {
    const deliver = async (batch: SQSEvent): Promise<SQSBatchResponse> => {
      const begun = time.now;
      try {
        return await consume(batch, () => FUNCTION_MS - (time.now - begun), consumerOf(), { sqs, log, meter });
      } catch (error) {
        mishap(`the function behind ${name} ended with ${String(error)}`);
        return { batchItemFailures: batch.Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
      }
    };
    const pollMs = () => draw(QUEUE_MS);
    const losesDeletion = () => roll() * 100 < options.lostDeletions;
    queues.set(name, new FifoQueue(time, { ...QUEUE, url: name, concurrency, deliver, pollMs, losesDeletion }));
  };
  const atVendor = { ...wiring, slowly: slowly(VENDOR_MS) };
  queue('bookings', enrichmentOf(atVendor), 4);
  queue('crm', crmOf(atVendor), 3);
  queue('marketing', marketingOf(atVendor), 3);
  return { queues, stop: () => dynamo.destroy() };
}

function leftIn(name: string, { dead, length }: FifoQueue): string[] {
  return [
    ...dead.map(({ id }) => `${id} of ${name} is in the dead-letter queue`),
    ...(length === 0 ? [] : [`${length} messages are left in ${name}`]),
  ];
}
