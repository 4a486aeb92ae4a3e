import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { messageOf, read } from '../../functions/ingest/delivery.ts';
import { askToVerify } from '../../functions/reconcile/verify/verify.ts';
import { type Consumer, consume } from '../../shared/fifo/consumer.ts';
import { sendHint } from '../../shared/fifo/hint.ts';
import { type BudgetRule, FAREHARBOR_RULE } from '../../shared/rate-budget/rate-budget.ts';
import { listAttentionEntries } from '../../shared/records/attention-index.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { verificationList } from '../../shared/webhook/verifications.ts';
import { listening } from '../unit/shared/quiet.ts';
import type { FareHarbor } from '../vendors/fareharbor/fareharbor.ts';
import type { Mailchimp } from '../vendors/mailchimp/mailchimp.ts';
import type { Salesforce } from '../vendors/salesforce/salesforce.ts';
import { FifoQueue } from './fifo-queue.ts';
import { type Lines, linesIn } from './lines.ts';
import { crmOf, enrichmentOf, marketingOf, type Wiring } from './pipeline.ts';
import { clientOf } from './tables/client.ts';
import { Tables } from './tables/tables.ts';
import { accept, type Queues, virtualSqs } from './virtual-sqs.ts';
import { dice, type VirtualTime } from './virtual-time.ts';
import type { Sighting, Told } from './witness.ts';

/** How a world is to be. */
export interface WorldOptions {
  readonly apiAccess: boolean;
  /** Every duration and every lost deletion follows from it. */
  readonly dice: number;
  /** Of 100 batches that were done, how many are given out again. */
  readonly lostDeletions: number;
  /** `scarce`: FareHarbor may be called once in a while only, so that bodies are believed first and verified later. */
  readonly budget: 'ample' | 'scarce';
}

export interface World {
  readonly time: VirtualTime;
  readonly vendors: Vendors;
  /** The vendors do not answer. */
  readonly fallSilent: Lines['fallSilent'];
  /** FareHarbor's words, oldest first. */
  readonly sightings: readonly Sighting[];
  /** Errors that no function may end with, and messages that did not come to their end. */
  mishaps(): readonly string[];
  /** A webhook arrives and is durable. */
  arrive(body: string): void;
  record(uuid: string): Promise<BookingRecord | undefined>;
  /** What a person does when the cause is cured: has all that was parked brought again. */
  repair(): Promise<void>;
}

export type Vendors = Pick<Wiring, 'fareharbor' | 'servers'> & {
  readonly fareharbor: FareHarbor;
  readonly salesforce: Salesforce;
  readonly mailchimp: Mailchimp;
};
export type OpenWorld = (options: WorldOptions) => Promise<World>;

/** What a world stands on. */
export interface Ground {
  readonly time: VirtualTime;
  readonly vendors: Vendors;
}

const NAMES = { bookings: 'bookings', guests: 'guests', operations: 'operations' };

/** Milliseconds from and to, drawn evenly. */
type Range = readonly [number, number];
const TABLE_MS: Range = [2, 20];
const VENDOR_MS: Range = [50, 900];
const QUEUE_MS: Range = [5, 40];

const MINUTE_MS = 60_000;
/** One call at once and then one every 20 seconds. */
const SCARCE: BudgetRule = { ...FAREHARBOR_RULE, capacity: 2, perSecond: 0.05, keptForLive: 1 };

const FUNCTION_MS = 30_000;
const QUEUE = { visibilityMs: 6 * FUNCTION_MS, maxReceiveCount: 20 };

/** The functions on their queues, tables and vendors, where all that happens does so in this world's own time. */
export function openWorld(options: WorldOptions, ground: Ground): World {
  const { time, vendors } = ground;
  const tables = new Tables({
    bookings: { keys: ['uuid'], indexes: { byAttention: ['attention', 'changedAt'] } },
    guests: { keys: ['guest', 'row'] },
    operations: { keys: ['kind', 'id'] },
  });
  const records = bookingsTable(clientOf(tables), NAMES.bookings, time.date);
  const mishaps: string[] = [];
  const sightings: Sighting[] = [];
  const { queues, lines } = startFunctions(
    options,
    { ...ground, tables },
    { told: (sighting) => sightings.push(sighting), mishap: (what) => mishaps.push(what) },
  );
  const parked = () => listAttentionEntries(clientOf(tables), NAMES.bookings, 'parked');
  const sqs = virtualSqs(queues, (work) => work());
  let requests = 0;
  return {
    time,
    vendors,
    fallSilent: lines.fallSilent,
    sightings,
    mishaps: () => [...mishaps, ...[...queues].flatMap(([name, queue]) => leftIn(name, queue))],
    arrive(body) {
      requests += 1;
      const bytes = Buffer.from(body);
      const about = { requestId: `request-${requests}`, receivedAt: time.date().toISOString(), keyCompany: '*' };
      accept(queues, { ...messageOf({ body: bytes, reading: read(bytes), ...about }), QueueUrl: 'bookings' });
    },
    record: records.read,
    async repair() {
      for (const { uuid, guestKey, company, version, changedAt } of await parked()) {
        const { sync = {} } = (await records.read(uuid)) ?? {};
        for (const sink of Object.keys(sync).filter((name) => sync[name]?.state === 'parked')) {
          await records.noteRewrite(uuid, sink);
          await sendHint(sqs, sink, { uuid, guestKey, company, version, receivedAt: changedAt });
        }
      }
    },
  };
}

interface Watch {
  readonly told: Told;
  readonly mishap: (what: string) => void;
}

function startFunctions(
  options: WorldOptions,
  { time, vendors, tables }: Ground & { readonly tables: Tables },
  { told, mishap }: Watch,
): { readonly queues: Queues; readonly lines: Lines } {
  const roll = dice(options.dice);
  const draw = ([from, to]: Range): number => from + Math.floor(roll() * (to - from));
  const slowly =
    (range: Range) =>
    <Result>(work: () => Promise<Result>): Promise<Result> =>
      time.effect(draw(range), work);
  const { log, meter } = listening();
  const dynamo = clientOf(tables, slowly(TABLE_MS));
  const queues = new Map<string, FifoQueue>();
  const sqs = virtualSqs(queues, slowly(QUEUE_MS));
  const { apiAccess } = options;
  const quarantined = (reason: string) => mishap(`a webhook was quarantined: ${reason}`);
  const lines = linesIn(time, vendors.servers, () => draw(VENDOR_MS));
  const budget = options.budget === 'scarce' ? SCARCE : FAREHARBOR_RULE;
  const own = { dynamo, sqs, tables: NAMES, lines, log, meter, now: time.date };
  const wiring: Wiring = { ...own, ...vendors, apiAccess, budget, told, quarantined };

  const queue = (name: string, consumerOf: (batch: readonly SQSRecord[]) => Consumer, concurrency: number): void => {
    const deliver = async (batch: SQSEvent): Promise<SQSBatchResponse> => {
      const begun = time.now;
      try {
        return await consume(batch, () => FUNCTION_MS - (time.now - begun), consumerOf(batch.Records), {
          sqs,
          log,
          meter,
        });
      } catch (error) {
        mishap(`the function behind ${name} ended with ${String(error)}`);
        return { batchItemFailures: batch.Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
      }
    };
    const pollMs = () => draw(QUEUE_MS);
    const losesDeletion = () => roll() * 100 < options.lostDeletions;
    queues.set(name, new FifoQueue(time, { ...QUEUE, url: name, concurrency, deliver, pollMs, losesDeletion }));
  };
  queue('bookings', enrichmentOf(wiring), 4);
  queue('crm', crmOf(wiring), 3);
  queue('marketing', marketingOf(wiring), 3);
  verifyEachMinute(wiring, time);
  return { queues, lines };
}

/** What reconcile does on its schedule, for as long as anything at all is still to happen. */
function verifyEachMinute({ dynamo, sqs, tables, now }: Wiring, time: VirtualTime): void {
  const notes = verificationList(dynamo, tables.operations);
  const ask = askToVerify(sqs, 'bookings', now);
  const look = async (): Promise<void> => {
    const noted = await notes.all();
    for (const one of noted) await ask(one);
    if (noted.length > 0 || time.isBusy) time.after(MINUTE_MS, () => void look());
  };
  time.after(MINUTE_MS, () => void look());
}

function leftIn(name: string, { dead, length }: FifoQueue): string[] {
  return [
    ...dead.map(({ id }) => `${id} of ${name} is in the dead-letter queue`),
    ...(length === 0 ? [] : [`${length} messages are left in ${name}`]),
  ];
}
