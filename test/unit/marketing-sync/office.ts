import type { SQSRecord } from 'aws-lambda';
import { onTestFinished } from 'vitest';
import { numberChanges } from '../../../functions/enrichment/history.ts';
import { audiences } from '../../../functions/marketing-sync/mailchimp/audiences.ts';
import { mailchimpSink } from '../../../functions/marketing-sync/mailchimp-sink.ts';
import type { Written } from '../../../shared/acts/decisions-table.ts';
import type { Policies } from '../../../shared/acts/policies.ts';
import type { Booking } from '../../../shared/booking/booking.ts';
import { type Change, deriveChanges } from '../../../shared/booking/changes.ts';
import { type BookingSummary, summarise } from '../../../shared/guest/booking-summary.ts';
import { guestKeyFor, guestKeySchema } from '../../../shared/guest/guest-key.ts';
import { httpClient } from '../../../shared/http/http-client.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import type { BookingsTable } from '../../../shared/records/bookings-table.ts';
import { type CompanySettingsInput, parseSettings } from '../../../shared/settings/settings.ts';
import type { ActsOfSinks } from '../../../shared/sink/acts-of-sinks.ts';
import { sinkConsumer } from '../../../shared/sink/sink.ts';
import type { Understanding } from '../../../shared/understanding/understanding.ts';
import { createMailchimp, type MailchimpOptions } from '../../vendors/mailchimp/mailchimp.ts';
import { serveVendor } from '../../vendors/server.ts';
import { AUTOMATIC } from '../acts/automatic.ts';
import { uuid } from '../shared/booking-fixture.ts';
import { guestsFrom } from '../shared/guests-fake.ts';
import { listening } from '../shared/quiet.ts';

export const NOW = '2026-12-01T12:00:00.000Z';
export const GUEST = guestKeyFor(uuid(1));
export const MAIL = 'noa@kealoha.test';

export const understood: Understanding = {
  mode: 'rules',
  rulesReason: 'no-key',
  features: { partySize: 2 },
  leadScore: { value: 50, byRules: 50, band: 'warm', routing: 'nurture', routingReason: '', reasons: [] },
  segment: 'new',
  segmentReasons: ['first booking'],
  churnRisk: 'low',
  churnReasons: [],
  interests: [],
  upsell: { id: 'whale-watch', name: 'Whale watching', reasons: [] },
  risk: null,
  guest: { bands: null, predictedValue: null, predictedValueReason: '', categories: [] },
  signals: {
    occasion: 'none',
    groupKind: 'unknown',
    dietary: [],
    accessibility: [],
    complaint: false,
    urgency: 'normal',
    language: 'unknown',
    upsellAffinity: [],
  },
  summary: null,
  lineage: null,
};

export function aRecord(booking: Booking, changes: Partial<BookingRecord> = {}): BookingRecord {
  return {
    uuid: booking.uuid,
    company: booking.company.shortname,
    version: 1,
    guestKey: GUEST,
    booking,
    understanding: understood,
    changes: [],
    unusable: [],
    source: 'webhook',
    firstSeenAt: NOW,
    changedAt: NOW,
    receivedAt: NOW,
    sync: { marketing: { version: 0, at: NOW, state: 'synced' } },
    ...changes,
  };
}

export interface OfficeOptions {
  readonly mailchimp?: MailchimpOptions;
  readonly settings?: CompanySettingsInput['mailchimp'];
  readonly timeoutMs?: number;
  readonly now?: () => Date;
  /** As they are just now; all is allowed where nothing is said. */
  readonly policies?: () => Policies;
}

/** The sink on the Mailchimp stand-in over HTTP, behind the shared consumer, with tables in memory. */
export async function openOffice(options: OfficeOptions = {}) {
  const mailchimp = createMailchimp(options.mailchimp);
  const server = await serveVendor(mailchimp);
  onTestFinished(() => server.close());
  const account = { apiKey: 'local-key-us1', audienceId: 'audience01', apiUrl: `${server.url}/3.0` };
  const secret = { '*': account };
  const { log, meter, lines } = listening();
  const now = options.now ?? (() => new Date(NOW));
  const tables = memoryTables();
  const http = httpClient('mailchimp', options.timeoutMs ?? 2_000);
  const sink = mailchimpSink({ audienceOf: audiences(async () => secret, http), log, now });
  const company = { name: 'Harbor Kayaks', ...(options.settings && { mailchimp: options.settings }) };
  const settings = parseSettings({ companies: { 'harbor-kayaks': company } });
  const { bookings, guests } = tables;
  const written: Written[] = [];
  const acts: ActsOfSinks = {
    policiesOf: async () => options.policies?.() ?? AUTOMATIC,
    append: async (entry) => void written.push(entry),
  };
  const consumer = sinkConsumer(sink, 'queue', { bookings, guests, acts, settings, log, meter, now });

  return {
    ...tables,
    mailchimp,
    server,
    secret,
    lines,
    settings,
    /** What the sink said of what it wrote. */
    written,
    /** One delivery of a hint. */
    deliver: (of: string, guestKey: string = GUEST) => consumer.handle(hintMessage(of, guestKey)),
    /** Enrichment's part, then one delivery. */
    async bring(booking: Booking, more: readonly Change[] = []) {
      tables.write(booking, more);
      await consumer.handle(hintMessage(booking.uuid, GUEST));
    },
    calls: () => server.requests.map(({ route }) => route),
    member: (email: string = MAIL) => mailchimp.contact(email),
    tags: (email: string = MAIL) => [...(mailchimp.contact(email)?.tags.keys() ?? [])].sort(),
    events: (email: string = MAIL) => mailchimp.contact(email)?.events.map(({ name }) => name) ?? [],
  };
}

/** Tables in memory that note progress as DynamoDB's do. `crash` makes the next call of a method fail. */
function memoryTables() {
  const records = new Map<string, BookingRecord>();
  const summaries = new Map<string, BookingSummary>();
  const sinks: Record<string, Record<string, unknown>> = {};
  const crashes = new Map<string, number>();
  const maybeCrash = (method: string): void => {
    const left = crashes.get(method);
    if (left === undefined) return;
    crashes.set(method, left - 1);
    if (left > 0) return;
    crashes.delete(method);
    throw new Error(`crashed at ${method}`);
  };
  const change = (of: string, sync: object): void => {
    const held = records.get(of);
    const state = held?.sync.marketing;
    if (held && state) records.set(of, { ...held, sync: { marketing: { ...state, ...sync } } });
  };
  const bookings: BookingsTable = {
    read: async (of) => records.get(of),
    async noteSynced({ uuid: of, version }, _sink, links) {
      maybeCrash('noteSynced');
      const held = records.get(of);
      if (held) records.set(of, { ...held, sync: { marketing: { version, at: NOW, state: 'synced', links } } });
    },
    notePark: async ({ uuid: of, version }) => change(of, { state: 'parked', parkedVersion: version }),
    noteAttempt: async ({ uuid: of, version, sync }, _sink, place) => {
      maybeCrash('noteAttempt');
      change(of, { attempting: version, places: [...(sync.marketing?.places ?? []), place] });
    },
    settleAttention: async () => {},
  };
  return {
    bookings,
    guests: guestsFrom(
      async (guestKey) => ({ bookings: [...summaries.values()], sinks: sinks[guestKey] ?? {} }),
      async (guestKey, sink, value) => {
        maybeCrash('keep');
        sinks[guestKey] = { [sink]: value };
      },
    ),
    sinks,
    records,
    /** What the sink holds about the guest. */
    kept: () => sinks[GUEST]?.marketing,
    /** The method's call after `after` more fails once. */
    crash: (method: 'noteSynced' | 'noteAttempt' | 'keep', after = 0) => crashes.set(method, after),
    /** A new state of a booking as enrichment writes it: the next version with its changes. */
    write(booking: Booking, more: readonly Change[] = [], understanding: Understanding = understood) {
      const before = records.get(booking.uuid);
      const version = (before?.version ?? 0) + 1;
      const derived = [...deriveChanges(before?.booking, booking), ...more];
      const earlier = before?.changes ?? [];
      const changes = [...earlier, ...numberChanges(earlier, derived, { version, at: NOW })];
      const next = aRecord(booking, { version, changes, understanding, ...(before && { sync: before.sync }) });
      records.set(booking.uuid, next);
      summaries.set(booking.uuid, summarise(booking, NOW));
    },
    /** Gives a booking to another guest, as enrichment does when its address turns out to be somebody else's. */
    hand(record: BookingRecord, guestKey: string) {
      records.set(record.uuid, { ...record, guestKey: guestKeySchema.parse(guestKey) });
      summaries.delete(record.uuid);
    },
    /** Forgets the sink's progress, as a repair of everything does. */
    resync(of: string) {
      change(of, { version: 0 });
    },
  };
}

export function hintMessage(of: string, guestKey: string): SQSRecord {
  return {
    messageId: 'message',
    receiptHandle: 'receipt',
    body: JSON.stringify({ uuid: of, guestKey, company: 'harbor-kayaks', version: 1, receivedAt: NOW }),
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
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:marketing.fifo',
    awsRegion: 'us-east-1',
  };
}
