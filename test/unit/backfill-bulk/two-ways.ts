import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { salesforceClient } from '../../../functions/crm-sync/salesforce/salesforce-client.ts';
import { salesforceBulk } from '../../../functions/crm-sync/salesforce-bulk.ts';
import { salesforceSink } from '../../../functions/crm-sync/salesforce-sink.ts';
import { commit } from '../../../functions/enrichment/commit.ts';
import { guestLedger } from '../../../functions/enrichment/guest-ledger.ts';
import { audiences } from '../../../functions/marketing-sync/mailchimp/audiences.ts';
import { mailchimpBulk } from '../../../functions/marketing-sync/mailchimp-bulk.ts';
import { mailchimpSink } from '../../../functions/marketing-sync/mailchimp-sink.ts';
import { type BulkDeps, bringInBulk } from '../../../infra/backfill/bulk/bring-in-bulk.ts';
import { replaceSinkRow } from '../../../infra/backfill/bulk/sink-rows.ts';
import type { Booking } from '../../../shared/booking/booking.ts';
import { type Change, deriveChanges } from '../../../shared/booking/changes.ts';
import { PermanentError } from '../../../shared/errors/errors.ts';
import type { Hint } from '../../../shared/fifo/hint.ts';
import { summarise } from '../../../shared/guest/booking-summary.ts';
import { type GuestKey, guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { guestsTable } from '../../../shared/guest/guests-table.ts';
import { httpClient } from '../../../shared/http/http-client.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { bookingsTable } from '../../../shared/records/bookings-table.ts';
import { bulkNotes } from '../../../shared/records/bulk-notes.ts';
import { type CompanySettingsInput, parseSettings } from '../../../shared/settings/settings.ts';
import type { ActsOfSinks } from '../../../shared/sink/acts-of-sinks.ts';
import { sinkConsumer } from '../../../shared/sink/sink.ts';
import { portrait } from '../../faults/portrait.ts';
import { createMailchimp, type MailchimpOptions } from '../../vendors/mailchimp/mailchimp.ts';
import { createSalesforce, type SalesforceOptions } from '../../vendors/salesforce/salesforce.ts';
import { serveVendor } from '../../vendors/server.ts';
import { allAllowed } from '../acts/automatic.ts';
import { hintFor } from '../crm-sync/crm-desk.ts';
import { anUnderstanding } from '../crm-sync/record-fixture.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';
import { listening } from '../shared/quiet.ts';
import { createTable, openDynamoDb } from '../shared/tables.ts';

export const NOW = '2026-12-01T12:00:00.000Z';

let engine: Awaited<ReturnType<typeof openDynamoDb>>;
let dynamo: DynamoDBClient;
let worlds = 0;

/** Call once in a test file: its worlds share an engine for their tables. */
export function withTables(): void {
  beforeAll(async () => {
    engine = await openDynamoDb();
    dynamo = engine.dynamo;
  });
  afterAll(async () => {
    await engine.close();
  });
}

async function createTables() {
  worlds += 1;
  const tables = { bookings: `bookings-${worlds}`, guests: `guests-${worlds}` };
  await createTable(dynamo, tables.bookings, ['uuid']);
  await createTable(dynamo, tables.guests, ['guest', 'row']);
  return tables;
}

export interface WorldOptions {
  readonly salesforce?: SalesforceOptions;
  readonly mailchimp?: MailchimpOptions;
  readonly settings?: Partial<CompanySettingsInput>;
  readonly timeoutMs?: number;
  /** All is allowed where nothing is said. */
  readonly acts?: ActsOfSinks;
}

/** Both vendors and both tables, and the two ways of bringing: one booking at a time, or many. */
export async function openWorld({ settings = {}, timeoutMs = 5_000, ...options }: WorldOptions = {}) {
  const tables = await createTables();
  const salesforce = createSalesforce(options.salesforce);
  const mailchimp = createMailchimp(options.mailchimp);
  const servers = { salesforce: await serveVendor(salesforce), mailchimp: await serveVendor(mailchimp) };
  onTestFinished(async () => {
    await Promise.all(Object.values(servers).map((server) => server.close()));
  });
  const clock = { now: new Date(NOW) };
  const now = () => clock.now;
  const { log, meter, lines } = listening();
  const credentials = { loginUrl: servers.salesforce.url, clientId: 'harborlight-local', clientSecret: 'local-secret' };
  const client = salesforceClient({ credentialsOf: async () => credentials, timeoutMs, now });
  const account = { apiKey: 'local-key-us1', audienceId: 'audience01', apiUrl: `${servers.mailchimp.url}/3.0` };
  const http = httpClient('mailchimp', timeoutMs);
  const audienceOf = audiences(async () => ({ '*': account }), http, Number.POSITIVE_INFINITY);
  const company = { name: 'Harbor Kayaks', ...settings };
  const parsed = parseSettings({ companies: { 'harbor-kayaks': company } });
  const bookings = bookingsTable(dynamo, tables.bookings, now);
  const live = {
    bookings,
    guests: guestsTable(dynamo, tables.guests),
    acts: options.acts ?? allAllowed,
    settings: parsed,
    log,
    meter,
    now,
  };
  const consumers = {
    crm: sinkConsumer(salesforceSink(client), 'crm', live),
    marketing: sinkConsumer(mailchimpSink({ audienceOf, log, now }), 'marketing', live),
  };
  const hints: { sink: string; hint: Hint }[] = [];
  const waited: number[] = [];
  const deps: BulkDeps = {
    bookings,
    notes: bulkNotes(dynamo, tables.bookings, now),
    guests: live.guests,
    replaceSinkRow: replaceSinkRow(dynamo, tables.guests),
    acts: live.acts,
    sinks: [salesforceBulk(client), mailchimpBulk({ audienceOf, now })],
    settings: parsed,
    hint: async (sink, hint) => {
      hints.push({ sink, hint });
    },
    mayGoOn: async () => true,
    wait: async (milliseconds) => {
      waited.push(milliseconds);
    },
    log,
    now,
  };
  const write = commit(dynamo, tables);
  const ledger = guestLedger(dynamo, tables.guests);
  const sinks = Object.keys(consumers);

  const read = async (of: string): Promise<BookingRecord> => {
    const record = await deps.bookings.read(of);
    if (record === undefined) throw new Error(`there is no booking ${of}`);
    return record;
  };
  /** One hint as the queue's consumer works on it: what is refused for good is parked. */
  const follow = async (sink: string, record: BookingRecord): Promise<void> => {
    const consumer = sink === 'crm' ? consumers.crm : consumers.marketing;
    try {
      await consumer.handle(hintFor(record));
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      await consumer.park(hintFor(record), error);
    }
  };
  const followAll = async (record: BookingRecord): Promise<void> => {
    for (const sink of sinks) await follow(sink, record);
  };
  return {
    salesforce,
    mailchimp,
    servers,
    lines,
    clock,
    bookings,
    hints,
    waited,
    deps,
    read,
    follow,
    followAll,
    /** Enrichment's part: the next version of a booking, news or history. */
    async put(booking: Booking, guestKey: GuestKey, about: 'news' | 'history', more: readonly Change[] = []) {
      const before = await deps.bookings.read(booking.uuid);
      const next = nextOf(before, booking, guestKey, about, more, sinks);
      const summary = summarise(booking, next.firstSeenAt);
      const stood = before && { guestKey: before.guestKey, rebookedFrom: before.booking.rebookedFrom };
      const { writes } = await ledger.enter({ guestKey, summary, before: stood }, now().toISOString());
      await write(next, before, writes);
      return await read(booking.uuid);
    },
    bulk: (changes: Partial<BulkDeps> = {}) => bringInBulk({ ...deps, ...changes }),
    /** Works on all hints that were sent, and on those sent meanwhile. */
    async followHints(): Promise<void> {
      for (let next = hints.shift(); next !== undefined; next = hints.shift()) {
        await follow(next.sink, await read(next.hint.uuid));
      }
    },
    calls: (vendor: keyof typeof servers, route: string) =>
      servers[vendor].requests.filter((request) => request.route === route).length,
    portrait: (uuids: readonly string[]) => portrait(salesforce.state(), mailchimp.state(), '{none}', uuids),
  };
}
export type World = Awaited<ReturnType<typeof openWorld>>;

function nextOf(
  before: BookingRecord | undefined,
  booking: Booking,
  guestKey: GuestKey,
  about: 'news' | 'history',
  more: readonly Change[],
  sinks: readonly string[],
): BookingRecord {
  const version = (before?.version ?? 0) + 1;
  const fresh = [...deriveChanges(before?.booking, booking), ...more].map((change) => ({ version, at: NOW, change }));
  const none = { version: 0, at: NOW, state: 'synced' } as const;
  const quietThrough = about === 'history' ? version : before?.quietThrough;
  return {
    uuid: booking.uuid,
    company: booking.company.shortname,
    version,
    guestKey,
    booking,
    understanding: anUnderstanding,
    changes: [...(before?.changes ?? []), ...fresh],
    unusable: [],
    source: 'api',
    firstSeenAt: NOW,
    changedAt: NOW,
    receivedAt: NOW,
    sync: { ...Object.fromEntries(sinks.map((sink) => [sink, none])), ...before?.sync },
    ...(quietThrough !== undefined && { quietThrough }),
  };
}

/** The address of guest `n`. */
export const mailOf = (guest: number): string => `guest-${guest}@harborlight-sample.test`;

/** The booking `n` of guest `guest`, in a company with guests who repeat. */
export function someBooking(n: number, guest: number, changes: Partial<Booking> = {}): Booking {
  const base = aBooking();
  return aBooking({
    uuid: uuid(n),
    pk: 1_000 + n,
    displayId: `#${n}`,
    contact: {
      ...base.contact,
      name: `Guest Number${guest}`,
      email: mailOf(guest),
      phone: `+1202555${String(100 + (guest % 100)).padStart(4, '0')}`,
      emailConsent: guest % 2 === 0,
    },
    ...changes,
  });
}

/** The key of guest `n`, as the first booking `firstBooking` gave it. */
export const keyOf = (firstBooking: number): GuestKey => guestKeyFor(uuid(firstBooking));
