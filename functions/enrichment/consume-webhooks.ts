import { RetryableError } from '../../shared/errors/errors.ts';
import type { Consumer } from '../../shared/fifo/consumer.ts';
import { errorFacts } from '../../shared/observability/logger.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import type { CompanySettings, Settings } from '../../shared/settings/settings.ts';
import type { UnreadableReason } from '../../shared/webhook/delivery.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import { type EnrichDeps, enrich } from './enrich.ts';
import type { RetrieveBooking } from './fareharbor.ts';
import type { NoteItem } from './items.ts';
import { BodyReader } from './normalise/body-reader.ts';
import { identify, normalise } from './normalise/normalise.ts';
import type { Quarantine } from './quarantine.ts';
import { type FindTruth, findTruth } from './truth.ts';
import type { Verifications } from './verifications.ts';

export interface WebhookDeps extends EnrichDeps {
  readonly settings: Settings;
  readonly retrieve: RetrieveBooking;
  readonly quarantine: Quarantine;
  readonly noteItem: NoteItem;
  /** Where it is noted what is to be verified; without it, what could not be verified at once never is. */
  readonly verifications: Verifications;
}

/** Retrieve booking and the model at their timeouts, and the tables. */
const WORST_CASE_MS = 12_000;

/** Makes enrichment the consumer of the bookings queue. One is made per batch. */
export function webhookConsumer(queueUrl: string, deps: WebhookDeps): Consumer {
  const truth = findTruth(deps.retrieve, deps);
  return {
    queueUrl,
    worstCaseMs: WORST_CASE_MS,
    handle: (message) => handle(deliveryOf(message), truth, deps),
    park: async (message) => await keep(deliveryOf(message), 'unforeseen', deps),
  };
}

async function handle(delivery: Delivery, truth: FindTruth, deps: WebhookDeps): Promise<void> {
  // Ingest has counted and told of these already.
  if (delivery.kind === 'unreadable') return await store(delivery, delivery.reason ?? 'not-json', {}, deps);
  const json: unknown = JSON.parse(delivery.body.toString('utf8'));
  if (delivery.kind === 'item') return await deps.noteItem(json, delivery.receivedAt);
  const body = new BodyReader(json).raw('booking');
  const identity = identify(body, delivery.keyCompany);
  if (typeof identity === 'string') return await keep(delivery, identity, deps);
  const { uuid, company } = identity;
  const settings = Object.hasOwn(deps.settings.companies, company) ? deps.settings.companies[company] : undefined;
  if (settings === undefined) return await keep(delivery, 'unknown-company', deps, identity);
  if (delivery.keyCompany !== '*' && delivery.keyCompany !== company) {
    return await keep(delivery, 'foreign-key', deps, identity);
  }
  if (delivery.kind === 'verify') return await verify(delivery, { uuid, company, settings }, deps);
  const { receivedAt, receives } = delivery;
  const { whenBudgetSpent } = settings.fareharbor;
  const found = await truth({ company, uuid, body, receivedAt, receives, whenBudgetSpent });
  if (found === undefined) return await keep(delivery, 'unknown-booking', deps, identity);
  await take(delivery, found.raw, { uuid, company, settings, source: found.source }, deps);
  if (found.source === 'api') await deps.verifications.settle(company, uuid, found.askedAt);
}

interface Subject {
  readonly uuid: string;
  readonly company: string;
  readonly settings: CompanySettings;
}

/** Brings the booking's JSON into the records. */
async function take(
  delivery: Delivery,
  raw: unknown,
  { uuid, company, settings, source }: Subject & { readonly source: BookingRecord['source'] },
  deps: WebhookDeps,
): Promise<void> {
  const { partySizeQuestions } = settings;
  const normalised = normalise(raw, { partySizeQuestions, keyCompany: company });
  if (typeof normalised === 'string') return await keep(delivery, normalised, deps, { uuid, company });
  const { receivedAt, receives } = delivery;
  await enrich({ ...normalised, source, receivedAt, receives, settings }, deps);
}

/**
 * Asks FareHarbor for a booking that was taken from a webhook's body before. Whatever keeps it from answering, the
 * note of it stays, and the question comes again.
 */
async function verify(delivery: Delivery, subject: Subject, deps: WebhookDeps): Promise<void> {
  const { uuid, company } = subject;
  const askedAt = deps.now();
  const retrieved = await deps.retrieve(company, uuid, 'background').catch((error: unknown) => {
    if (!(error instanceof RetryableError)) throw error;
    deps.log.info('booking.verified-later', { uuid, company, ...errorFacts(error) });
    return { kind: 'unanswered' } as const;
  });
  if (retrieved.kind === 'found') await take(delivery, retrieved.booking, { ...subject, source: 'api' }, deps);
  // We took a body for a booking that FareHarbor does not know: only somebody else with our webhook's key writes such.
  else if (retrieved.kind === 'unknown') await keep(delivery, 'unknown-booking', deps, { uuid, company });
  else return;
  await deps.verifications.settle(company, uuid, askedAt);
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
