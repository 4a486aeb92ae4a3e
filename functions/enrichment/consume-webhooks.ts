import type { SQSRecord } from 'aws-lambda';
import { RetryableError } from '../../shared/errors/errors.ts';
import type { RetrieveBooking } from '../../shared/fareharbor/retrieve-booking.ts';
import type { Consumer } from '../../shared/fifo/consumer.ts';
import { isAbout } from '../../shared/observability/correlation.ts';
import { errorFacts } from '../../shared/observability/logger.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import type { CompanySettings, Settings } from '../../shared/settings/settings.ts';
import type { UnreadableReason } from '../../shared/webhook/delivery.ts';
import type { Pending, VerifyReason } from '../../shared/webhook/verification.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import { enrich, leaveAsItIs, type Outcome } from './enrich.ts';
import type { NoteItem } from './items.ts';
import type { NoteWebhook } from './last-webhook.ts';
import { type LookAgainDeps, lookAgain } from './look-again.ts';
import { BodyReader } from './normalise/body-reader.ts';
import { identify, normalise } from './normalise/normalise.ts';
import type { Manner } from './observation.ts';
import type { Quarantine } from './quarantine.ts';
import type { Asking } from './truth/asking.ts';
import { saysWhatWasAnswered } from './truth/said-already.ts';
import type { Strangers } from './truth/strangers-limit.ts';
import { type FindTruth, findTruth } from './truth/truth.ts';
import type { Verifications } from './truth/verifications.ts';

export interface WebhookDeps extends LookAgainDeps {
  readonly settings: Settings;
  readonly retrieve: RetrieveBooking;
  readonly quarantine: Quarantine;
  readonly noteItem: NoteItem;
  readonly noteWebhook: NoteWebhook;
  /** Where it is noted what is to be verified; without it, what could not be verified at once never is. */
  readonly verifications: Verifications;
  readonly asking: Asking;
  readonly strangers: Strangers;
}

/** Retrieve booking and the model at their timeouts, and the tables. */
const WORST_CASE_MS = 12_000;

/** What a batch does together after its messages, instead of each of them by itself. */
export interface Together extends Required<Pick<Consumer, 'conclude'>> {
  /** Takes a hint for the booking's own guest, which comes of this message. */
  hint(messageId: string, sink: string, record: BookingRecord): void;
}

/** Enrichment as a consumer of the bookings queue. */
export interface WebhookConsumer extends Consumer {
  /** @param standsForOthers whether other webhooks of its booking were left unread for this one. */
  readonly handle: (message: SQSRecord, standsForOthers?: boolean) => Promise<void>;
}

/** Makes enrichment the consumer of the bookings queue. One is made per batch. */
export function webhookConsumer(queueUrl: string, deps: WebhookDeps, together?: Together): WebhookConsumer {
  const truth = findTruth(deps.retrieve, deps);
  const depsFor = (messageId: string): WebhookDeps =>
    together === undefined ? deps : { ...deps, hintSoon: (sink, record) => together.hint(messageId, sink, record) };
  return {
    queueUrl,
    worstCaseMs: WORST_CASE_MS,
    ...(together && { conclude: together.conclude }),
    handle: (message, standsForOthers = false) =>
      handle({ ...deliveryOf(message), standsForOthers }, truth, depsFor(message.messageId)),
    park: async (message) => await keep(deliveryOf(message), 'unforeseen', deps),
  };
}

interface Webhook extends Delivery {
  readonly standsForOthers: boolean;
}

async function handle(delivery: Webhook, truth: FindTruth, deps: WebhookDeps): Promise<void> {
  // Ingest has counted and told of these already.
  if (delivery.kind === 'unreadable') return await store(delivery, delivery.reason ?? 'not-json', {}, deps);
  const json: unknown = JSON.parse(delivery.body.toString('utf8'));
  if (delivery.kind === 'item') return await deps.noteItem(json, delivery.receivedAt);
  const body = new BodyReader(json).raw('booking');
  const identity = identify(body, delivery.keyCompany);
  if (typeof identity === 'string') return await keep(delivery, identity, deps);
  const { uuid, company } = identity;
  isAbout(uuid);
  const settings = Object.hasOwn(deps.settings.companies, company) ? deps.settings.companies[company] : undefined;
  if (settings === undefined) return await keep(delivery, 'unknown-company', deps, identity);
  if (delivery.keyCompany !== '*' && delivery.keyCompany !== company) {
    return await keep(delivery, 'foreign-key', deps, identity);
  }
  const { receivedAt, receives, standsForOthers } = delivery;
  if (delivery.kind === 'look-again') return await lookAgain({ uuid, company, settings, receives }, deps);
  if (delivery.kind === 'verify') return await verify(delivery, { uuid, company, settings }, deps);
  const { whenBudgetSpent } = settings.fareharbor;
  await deps.noteWebhook(company, receivedAt);
  // Of several webhooks another may have told of a change, which this one's body, if it is old, does not.
  const held = standsForOthers ? undefined : await deps.bookings.read(uuid);
  if (held !== undefined && held.company === company && saysWhatWasAnswered(body, held, settings)) {
    return await leaveAsItIs(held, receives, deps);
  }
  const found = await truth({ company, uuid, body, receivedAt, receives, whenBudgetSpent });
  if (found === undefined) return await keep(delivery, 'unknown-booking', deps, identity);
  if (found.source === 'elsewhere') return;
  await take(delivery, found.raw, { uuid, company, settings, source: found.source }, deps);
  if (found.source === 'webhook') return;
  await deps.verifications.settleWhereNoted(company, uuid, found.askedAt);
  deps.asking.noteAnswered(uuid, found.askedAt);
}

interface Subject {
  readonly uuid: string;
  readonly company: string;
  readonly settings: CompanySettings;
}

/** How an observation came about. */
interface Sighting extends Subject {
  readonly source: BookingRecord['source'];
  readonly manner?: Manner;
  readonly unprompted?: boolean;
}

/** Brings the booking's JSON into the records. */
async function take(
  delivery: Delivery,
  raw: unknown,
  { uuid, company, settings, source, manner = 'live', unprompted = false }: Sighting,
  deps: WebhookDeps,
): Promise<Outcome | undefined> {
  const { partySizeQuestions } = settings;
  const normalised = normalise(raw, { partySizeQuestions, keyCompany: company });
  if (typeof normalised === 'string') {
    await keep(delivery, normalised, deps, { uuid, company });
    return undefined;
  }
  const { receivedAt, receives } = delivery;
  return await enrich({ ...normalised, source, receivedAt, receives, settings, manner, unprompted }, deps);
}

/**
 * Asks FareHarbor for a booking that is noted to be asked for. Whatever keeps it from answering, the note stays, and
 * the question comes again; a question whose note is gone was answered meanwhile, and costs no call.
 */
async function verify(delivery: Delivery, subject: Subject, deps: WebhookDeps): Promise<void> {
  const { uuid, company } = subject;
  const note = await deps.verifications.read(company, uuid);
  if (note === undefined) return deps.log.info('booking.verified-already', { uuid, company });
  const askedAt = deps.now();
  const retrieved = await deps.retrieve(company, uuid, 'background').catch((error: unknown) => {
    if (!(error instanceof RetryableError)) throw error;
    deps.log.info('booking.verified-later', { uuid, company, ...errorFacts(error) });
    return { kind: 'unanswered' } as const;
  });
  if (retrieved.kind === 'found') await takeNoted(delivery, retrieved.booking, { note, subject }, deps);
  else if (retrieved.kind === 'unknown') await giveUp(delivery, note, deps);
  // After a restore everything is noted, also what FareHarbor cannot be asked for: the next webhook tells of that.
  else if (retrieved.kind !== 'no-access' || note.reason !== 'restored') {
    return await deps.verifications.noteTry(company, uuid);
  }
  await deps.verifications.settle(company, uuid, askedAt);
}

const MANNERS: Readonly<Record<VerifyReason, Manner>> = {
  unverified: 'live',
  missed: 'live',
  'before-us': 'quiet',
  stranger: 'live',
  backfill: 'bulk',
  restored: 'live',
};

async function takeNoted(
  delivery: Delivery,
  raw: unknown,
  { note, subject }: { readonly note: Pending; readonly subject: Subject },
  deps: WebhookDeps,
): Promise<void> {
  const sighting = { ...subject, source: 'api', manner: MANNERS[note.reason], unprompted: true } as const;
  const outcome = await take(delivery, raw, sighting, deps);
  // Counted only where it is news: a webhook may have been on its way while the sweep looked.
  if (note.reason !== 'missed' || outcome !== 'changed') return;
  deps.meter.count(METRIC.bookingsFoundBySweep);
  deps.log.warn('booking.missed', { uuid: note.uuid, company: note.company });
}

/** FareHarbor does not know the booking. */
async function giveUp(delivery: Delivery, { uuid, company, reason }: Pending, deps: WebhookDeps): Promise<void> {
  // A webhook told of it: only somebody else with our webhook's key writes such.
  if (reason === 'unverified' || reason === 'stranger') {
    await deps.strangers.noteUnknown(company);
    return await keep(delivery, 'unknown-booking', deps, { uuid, company });
  }
  deps.log.warn('booking.listed-only', { uuid, company, reason });
}

interface About {
  readonly uuid?: string;
  readonly company?: string;
}

/** Quarantines what ingest could not see was wrong: counts it and tells of it as well. */
async function keep(delivery: Delivery, reason: UnreadableReason, deps: WebhookDeps, about: About = {}): Promise<void> {
  await store(delivery, reason, about, deps);
  deps.meter.count(METRIC.webhookQuarantined);
  deps.log.error('webhook.quarantined', { messageId: delivery.messageId, reason, ...about });
}

async function store(delivery: Delivery, reason: UnreadableReason, about: About, deps: WebhookDeps): Promise<void> {
  const { messageId, receivedAt, body } = delivery;
  await deps.quarantine({ messageId, receivedAt, reason, body, ...about });
}
