import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { Credentials } from '../../../functions/crm-sync/salesforce/credentials.ts';
import { withinDayLimit } from '../../../functions/crm-sync/salesforce/day-limit.ts';
import { salesforceClient } from '../../../functions/crm-sync/salesforce/salesforce-client.ts';
import { salesforceSink } from '../../../functions/crm-sync/salesforce-sink.ts';
import { PermanentError } from '../../../shared/errors/errors.ts';
import { summarise } from '../../../shared/guest/booking-summary.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import type { BookingsTable } from '../../../shared/records/bookings-table.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { ActsOfSinks } from '../../../shared/sink/acts-of-sinks.ts';
import { sinkConsumer } from '../../../shared/sink/sink.ts';
import { createSalesforce, type SalesforceOptions } from '../../vendors/salesforce/salesforce.ts';
import { serveVendor } from '../../vendors/server.ts';
import { allAllowed } from '../acts/automatic.ts';
import { guestsFrom } from '../shared/guests-fake.ts';
import { listening } from '../shared/quiet.ts';
import { NOW, someSettings } from './record-fixture.ts';

export interface CrmDeskOptions {
  readonly org?: SalesforceOptions;
  readonly salesforce?: Partial<CompanySettings['salesforce']>;
  readonly credentials?: (url: string) => Credentials;
  readonly timeoutMs?: number;
  /** All is allowed where nothing is said. */
  readonly acts?: ActsOfSinks;
}

/** crm-sync with the records in memory, over HTTP against the stand-in of Salesforce. */
export async function crmDesk({
  org,
  salesforce,
  credentials,
  timeoutMs = 5000,
  acts = allAllowed,
}: CrmDeskOptions = {}) {
  const vendor = createSalesforce(org);
  const server = await serveVendor(vendor);
  const clock = { now: NOW };
  const client = salesforceClient({
    credentialsOf: async () =>
      credentials?.(server.url) ?? {
        loginUrl: server.url,
        clientId: 'harborlight-local',
        clientSecret: 'local-secret',
      },
    timeoutMs,
    now: () => clock.now,
  });
  const tables = memoryTables();
  const { log, meter, lines, counts } = listening();
  const sink = withinDayLimit(salesforceSink(client), { usageOf: client.dayUsage, meter, now: () => clock.now });
  const consumer = sinkConsumer(sink, 'queue', {
    ...tables,
    acts,
    settings: { companies: { 'harbor-kayaks': someSettings(salesforce) } },
    log,
    meter,
    now: () => NOW,
  });
  const composites = () => server.requests.filter(({ route }) => route === 'composite');
  return {
    vendor,
    server,
    client,
    lines,
    counts,
    clock,
    sinkRows: tables.sinkRows,
    put: tables.put,
    record: tables.record,
    forget: tables.forget,
    composites,
    /** Writes the record and lets crm-sync follow its hint. */
    async bring(record: BookingRecord): Promise<void> {
      tables.put(record);
      await consumer.handle(hintFor(record));
    },
    /** The same hint again, the record as it stands. */
    again: (record: BookingRecord) => consumer.handle(hintFor(record)),
    /** As the consumer's policy does with a permanent error; gives it. */
    async park(record: BookingRecord): Promise<PermanentError> {
      tables.put(record);
      const error = await consumer.handle(hintFor(record)).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof PermanentError)) throw new TypeError(`not parked: ${String(error)}`);
      await consumer.park(hintFor(record), error);
      return error;
    },
    /** Deletes a record as a person in Salesforce does. */
    remove: (object: string, id: string) => remove(server.url, object, id),
    close: () => server.close(),
  };
}
export type CrmDesk = Awaited<ReturnType<typeof crmDesk>>;

async function remove(url: string, object: string, id: string): Promise<void> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'harborlight-local',
    client_secret: 'local-secret',
  });
  const token = await fetch(`${url}/services/oauth2/token`, { method: 'POST', body });
  const { access_token } = z.object({ access_token: z.string() }).parse(await token.json());
  const path = `${url}/services/data/v66.0/sobjects/${object}/${id}`;
  const reply = await fetch(path, { method: 'DELETE', headers: { authorization: `Bearer ${access_token}` } });
  if (reply.status !== 204) throw new Error(`the stand-in did not delete: ${reply.status}`);
}

function memoryTables() {
  const records = new Map<string, BookingRecord>();
  const sinkRows = new Map<string, object>();
  const note = (uuid: string, progress: BookingRecord['sync'][string]): void => {
    const held = records.get(uuid);
    if (held !== undefined) records.set(uuid, { ...held, sync: { ...held.sync, crm: progress } });
  };
  const bookings: BookingsTable = {
    read: async (uuid) => records.get(uuid),
    noteSynced: async ({ uuid, version }, _sink, links) =>
      note(uuid, { version, at: NOW.toISOString(), state: 'synced', links: { ...links } }),
    notePark: async ({ uuid, version, sync }, _sink, { code, message: reason, remedy }) =>
      note(uuid, {
        version: sync.crm?.version ?? 0,
        at: NOW.toISOString(),
        state: 'parked',
        parkedVersion: version,
        code,
        reason,
        remedy,
      }),
    noteAttempt: async () => {},
    settleAttention: async () => {},
  };
  const guests = guestsFrom(
    async (guestKey) => ({
      bookings: [...records.values()]
        .filter((record) => record.guestKey === guestKey)
        .map(({ booking, firstSeenAt }) => summarise(booking, firstSeenAt)),
      sinks: sinkRows.has(guestKey) ? { crm: sinkRows.get(guestKey) } : {},
    }),
    async (guestKey, _sink, value) => {
      sinkRows.set(guestKey, value);
    },
  );
  const put = (record: BookingRecord): void => {
    const held = records.get(record.uuid);
    records.set(record.uuid, { ...record, sync: held?.sync ?? record.sync });
  };
  const forget = (): void => {
    records.clear();
    sinkRows.clear();
  };
  return { bookings, guests, sinkRows, put, forget, record: (uuid: string) => records.get(uuid) };
}

export function hintFor({ uuid, guestKey, company, version, receivedAt }: BookingRecord): SQSRecord {
  return {
    messageId: `${uuid}-${version}`,
    receiptHandle: 'handle',
    body: JSON.stringify({ uuid, guestKey, company, version, receivedAt }),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'enrichment',
      ApproximateFirstReceiveTimestamp: '0',
      MessageGroupId: guestKey,
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn',
    awsRegion: 'us-west-2',
  };
}
