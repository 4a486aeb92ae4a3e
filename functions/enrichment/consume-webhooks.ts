import type { Consumer } from '../../shared/fifo/consumer.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import type { UnreadableReason } from '../../shared/webhook/delivery.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import { type EnrichDeps, enrich } from './enrich.ts';
import type { RetrieveBooking } from './fareharbor.ts';
import type { NoteItem } from './items.ts';
import { BodyReader } from './normalise/body-reader.ts';
import { identify, normalise } from './normalise/normalise.ts';
import type { Quarantine } from './quarantine.ts';
import { type FindTruth, findTruth } from './truth.ts';

export interface WebhookDeps extends EnrichDeps {
  readonly settings: Settings;
  readonly retrieve: RetrieveBooking;
  readonly quarantine: Quarantine;
  readonly noteItem: NoteItem;
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
  const found = await truth({ company, uuid, body, receives: delivery.receives });
  if (found === undefined) return await keep(delivery, 'unknown-booking', deps, identity);
  const { partySizeQuestions } = settings;
  const normalised = normalise(found.raw, { partySizeQuestions, keyCompany: company });
  if (typeof normalised === 'string') return await keep(delivery, normalised, deps, identity);
  const { receivedAt } = delivery;
  await enrich({ ...normalised, source: found.source, receivedAt, settings }, deps);
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
