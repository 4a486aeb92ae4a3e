import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import type { Action } from '../acts/act.ts';
import type { Policies } from '../acts/policies.ts';
import { type Sale, saleOf } from '../booking/sale.ts';
import { PermanentError } from '../errors/errors.ts';
import type { Consumer } from '../fifo/consumer.ts';
import { type Hint, hintSchema } from '../fifo/hint.ts';
import type { GuestKey } from '../guest/guest-key.ts';
import { type GuestLook, type GuestsTable, guestsTable } from '../guest/guests-table.ts';
import { type GuestProfile, profileOf } from '../guest/profile.ts';
import { isAbout } from '../observability/correlation.ts';
import type { Log, Meter } from '../observability/logger.ts';
import { METRIC } from '../observability/metric-names.ts';
import { isHistory } from '../records/attention.ts';
import type { BookingRecord, SinkName } from '../records/booking-record.ts';
import { type BookingsTable, bookingsTable } from '../records/bookings-table.ts';
import type { CompanySettings, Settings } from '../settings/settings.ts';
import { type ActsOfSinks, actsOfSinks, openLedger } from './acts-of-sinks.ts';
import { awaitBeginning, awaitFormerGuest, ensureStillTrue } from './right-moment.ts';
import { type SinkAhead, sinkAhead } from './sink-ahead.ts';

/** A guest as a destination should show them. */
export interface GuestView {
  readonly key: GuestKey;
  readonly company: string;
  readonly profile: GuestProfile;
  /** What this sink keeps about the guest, as it last wrote it; undefined for a guest new to it. Parse it. */
  readonly kept: unknown;
  /** The guest's booking that says most about them now: contact, consent and segment come from it. */
  readonly latest: BookingRecord;
}

/** A booking to bring to a destination, with all that it needs to know. */
export interface SyncTask {
  /** The record whose version is to be reached. */
  readonly record: BookingRecord;
  readonly guest: GuestView;
  /** The sale's key (its first booking's uuid) and the records of its rebookings, first to latest. */
  readonly sale: { readonly key: string; readonly chain: readonly [BookingRecord, ...BookingRecord[]] };
  readonly settings: CompanySettings;
  /** How far what is driven by AI may go just now. */
  readonly policies: Policies;
  /**
   * Notes for the decisions that this was written, as decided for the booking `of`.
   * @param place where, as the vendor names it; nothing personal.
   */
  wrote(action: Action, of: string, place: string): void;
  /** Keeps something about the guest for next time (ids, what was written). */
  keep(value: object): Promise<void>;
  /**
   * Call before writes that must happen once per change and have no key of their own at the vendor.
   * @param place where they are made, as the vendor names it; no address.
   */
  beginOnce(place: string): Promise<void>;
  /**
   * True when a try not yet synced had begun such writes, for this version or one before, or when what the vendor holds
   * is in doubt: look what has arrived.
   */
  readonly begunBefore: boolean;
  /** The places of those tries. */
  readonly begunAt: readonly string[];
  /** Whether we hold anything of the guest with this key. */
  holdsGuest(key: string): Promise<boolean>;
}

/** A guest whose booking has moved to another guest: only what is shown about the guest needs a look. */
export type RefreshTask = Pick<SyncTask, 'guest' | 'settings' | 'policies' | 'wrote' | 'keep'>;

/** A guest whose last booking has turned out to be another guest's: a corrected address was somebody's already. */
export interface LeaveTask extends Pick<SyncTask, 'settings' | 'policies' | 'keep'> {
  readonly guest: Pick<GuestView, 'key' | 'company' | 'kept'>;
}

/** A destination: it makes a vendor equal to the record. It must not mind being asked twice. */
export interface Sink {
  readonly name: SinkName;
  /** Milliseconds that one task takes at worst, all timeouts of its calls together. */
  readonly worstCaseMs: number;
  /**
   * Milliseconds that a sale waits for the booking it came from, where we hold nothing of that yet: it may say that
   * the sale began even earlier, and is known under that booking's name. For a destination that keeps sales.
   */
  readonly awaitsBeginningMs?: number;
  /**
   * Brings the booking and its guest to the vendor.
   * @returns links: names to ids at the vendor that a person may want to open.
   * @throws RetryableError to be tried again; PermanentError to park this booking for this destination.
   */
  sync(task: SyncTask): Promise<Readonly<Record<string, string>>>;
  /** Brings only the guest's own fields up to date, if the vendor knows the guest. */
  refresh(task: RefreshTask): Promise<void>;
  /** Takes away what is shown about a guest none of whose bookings is theirs any more, if the vendor knows the guest. */
  leave(task: LeaveTask): Promise<void>;
}

export interface SinkDeps {
  readonly bookings: BookingsTable;
  readonly guests: GuestsTable;
  readonly acts: ActsOfSinks;
  /** What is read for several of a batch's hints at once, where there is a batch. */
  readonly ahead?: SinkAhead;
  readonly settings: Settings;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/** The deps of a sink in its Lambda function. */
export function sinkDeps(
  dynamo: DynamoDBClient,
  tables: Readonly<Record<'bookings' | 'guests' | 'operations' | 'decisions', string>>,
  { sink, ...rest }: Pick<SinkDeps, 'settings' | 'log' | 'meter'> & { readonly sink: SinkName },
): SinkDeps & Required<Pick<SinkDeps, 'ahead'>> {
  const now = () => new Date();
  const [bookings, guests] = [bookingsTable(dynamo, tables.bookings, now), guestsTable(dynamo, tables.guests)];
  return {
    bookings,
    guests,
    ahead: sinkAhead(dynamo, tables, { sink, bookings, guests, now }),
    acts: actsOfSinks(dynamo, tables, { log: rest.log, now }),
    now,
    ...rest,
  };
}

/** Makes a sink the consumer of its queue: record → what the vendor should hold → vendor → progress noted. */
export function sinkConsumer(sink: Sink, queueUrl: string, deps: SinkDeps): Consumer {
  return {
    queueUrl,
    worstCaseMs: sink.worstCaseMs,
    handle: (message) => follow(sink, parseHint(message), deps),
    async park(message, error) {
      const { uuid, company } = parseHint(message);
      const record = await deps.bookings.read(uuid);
      if (record !== undefined) await deps.bookings.notePark(record, sink.name, error);
      deps.meter.count(METRIC.bookingParked);
      deps.log.error('booking.parked', { uuid, company, sink: sink.name, code: error.code, why: error.message });
    },
  };
}

/** Only enrichment writes hints; one that cannot be read is a wrong deployment, and retrying it keeps it. */
function parseHint({ body }: SQSRecord): Hint {
  return hintSchema.parse(JSON.parse(body));
}

async function follow(sink: Sink, hint: Hint, deps: SinkDeps): Promise<void> {
  isAbout(hint.uuid);
  const record = await (deps.ahead === undefined ? deps.bookings.read(hint.uuid) : deps.ahead.record(hint));
  // Nothing to bring: the hint is older than the table (restored to an earlier time).
  if (record === undefined) return deps.log.warn('hint.without-record', { uuid: hint.uuid, sink: sink.name });
  if (record.guestKey !== hint.guestKey) return await refresh(sink, hint, deps);
  const progress = record.sync[sink.name];
  const heldAlready = progress !== undefined && progress.version >= record.version;
  if (heldAlready && progress.rewrite === undefined) {
    // Whoever noted that may have died before the index knew of it.
    await deps.bookings.settleAttention(record);
    return deps.log.info('booking.in-sync', { uuid: record.uuid, version: record.version, sink: sink.name });
  }
  awaitFormerGuest(record, progress?.version ?? 0, deps.now());
  const look = await lookAtGuest(sink, hint, deps);
  const guest = { ...(await viewGuest(record, look, deps)), kept: look.kept };
  const sale = await findSale(record, look, deps.bookings.read);
  awaitBeginning(sale, sink.awaitsBeginningMs ?? 0, deps.now());
  const settings = settingsOf(record.company, deps.settings);
  const ledger = await openLedger(sink.name, { company: record.company, settings }, deps);
  const links = await sink.sync({
    record,
    guest,
    sale,
    settings,
    policies: ledger.policies,
    wrote: ledger.wrote,
    keep: (value) => deps.guests.writeSink(guest.key, sink.name, value),
    beginOnce: (place) => deps.bookings.noteAttempt(record, sink.name, place),
    // The record may have moved on since that try: its writes are no less there.
    begunBefore: progress?.rewrite !== undefined || (progress?.attempting ?? 0) > (progress?.version ?? 0),
    begunAt: progress?.places ?? [],
    holdsGuest: (key) => deps.guests.holds(key),
  });
  await ledger.close(record, links);
  await ensureStillTrue(sale, deps.bookings.read);
  await deps.bookings.noteSynced(record, sink.name, links);
  const milliseconds = deps.now().getTime() - Date.parse(record.receivedAt);
  // Only news has a latency: history, what is written again, what is understood anew and offers came long ago.
  const untold = record.changes.filter((change) => change.version > (progress?.version ?? 0));
  const isNews = untold.some(({ change }) => change.kind !== 'upsell_recommended');
  if (!heldAlready && isNews && !isHistory(record)) deps.meter.duration(METRIC.syncLatency, milliseconds);
  const { uuid, version, company } = record;
  deps.log.info('booking.synced', { uuid, version, company, sink: sink.name, milliseconds });
}

async function lookAtGuest(sink: Sink, hint: Hint, deps: SinkDeps): Promise<GuestLook> {
  if (deps.ahead !== undefined) return await deps.ahead.look(hint);
  return await deps.guests.look(hint.guestKey, { sink: sink.name, now: deps.now().toISOString() });
}

async function refresh(sink: Sink, hint: Hint, deps: SinkDeps): Promise<void> {
  const { totals, kept } = await lookAtGuest(sink, hint, deps);
  const latest = totals.lastMade === null ? undefined : await deps.bookings.read(totals.lastMade.uuid);
  const { guestKey, company } = hint;
  const keep = (value: object) => deps.guests.writeSink(guestKey, sink.name, value);
  const settings = settingsOf(company, deps.settings);
  const ledger = await openLedger(sink.name, { company, settings }, deps);
  if (latest === undefined) {
    await sink.leave({ guest: { key: guestKey, company, kept }, settings, policies: ledger.policies, keep });
    return deps.log.info('guest.without-booking', { guestKey, sink: sink.name });
  }
  const profile = profileOf(totals, deps.now().toISOString());
  const guest = { key: guestKey, company, profile, kept, latest };
  await sink.refresh({ guest, settings, policies: ledger.policies, wrote: ledger.wrote, keep });
  await ledger.close(latest, {});
  deps.log.info('guest.refreshed', { guestKey, sink: sink.name });
}

/** The sale that a booking belongs to, as far as its guest's history and the records tell. */
export async function findSale(
  record: BookingRecord,
  { successorOf }: Pick<GuestLook, 'successorOf'>,
  read: BookingsTable['read'],
): Promise<Sale<BookingRecord>> {
  return await saleOf(record, ({ booking }) => booking, read, successorOf);
}

/**
 * The guest with their whole history, without what a sink keeps about them. Contact and consent come from the booking
 * made last.
 */
export async function viewGuest(
  record: BookingRecord,
  { totals }: Pick<GuestLook, 'totals'>,
  deps: { readonly bookings: Pick<BookingsTable, 'read'>; readonly now: () => Date },
): Promise<Omit<GuestView, 'kept'>> {
  const newest = totals.lastMade;
  const latest = newest === null || newest.uuid === record.uuid ? record : await deps.bookings.read(newest.uuid);
  return {
    key: record.guestKey,
    company: record.company,
    profile: profileOf(totals, deps.now().toISOString()),
    latest: latest ?? record,
  };
}

/** @throws PermanentError when the settings know no such company. */
export function settingsOf(company: string, { companies }: Settings): CompanySettings {
  const settings = Object.hasOwn(companies, company) ? companies[company] : undefined;
  if (settings !== undefined) return settings;
  throw new PermanentError('settings.unknown-company', `company ${company} is not in the settings`, {
    remedy: 'add the company to the settings, deploy, then repair the booking',
  });
}
