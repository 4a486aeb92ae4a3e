import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { salesforceClient } from '../../functions/crm-sync/salesforce/salesforce-client.ts';
import { CODE } from '../../functions/crm-sync/salesforce/salesforce-errors.ts';
import { salesforceSink } from '../../functions/crm-sync/salesforce-sink.ts';
import { type WebhookDeps, webhookConsumer } from '../../functions/enrichment/consume-webhooks.ts';
import { oncePerBooking } from '../../functions/enrichment/once-per-booking.ts';
import { NOTHING_SEEN } from '../../functions/enrichment/standing/distribution.ts';
import { onTables } from '../../functions/enrichment/tables.ts';
import { asking } from '../../functions/enrichment/truth/asking.ts';
import { understand } from '../../functions/enrichment/understanding/understand.ts';
import { audiences, CALL_MS } from '../../functions/marketing-sync/mailchimp/audiences.ts';
import { mailchimpSink } from '../../functions/marketing-sync/mailchimp-sink.ts';
import { RetryableError } from '../../shared/errors/errors.ts';
import { fareHarborSecretSchema } from '../../shared/fareharbor/access.ts';
import { type RetrieveBooking, retrieveBooking } from '../../shared/fareharbor/retrieve-booking.ts';
import type { Consumer } from '../../shared/fifo/consumer.ts';
import { sendHint } from '../../shared/fifo/hint.ts';
import { guestsTable } from '../../shared/guest/guests-table.ts';
import type { Log, Meter } from '../../shared/observability/logger.ts';
import { budgetedHttp } from '../../shared/rate-budget/budgeted-http.ts';
import { type BudgetRule, rateBudget } from '../../shared/rate-budget/rate-budget.ts';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { type Sink, sinkConsumer } from '../../shared/sink/sink.ts';
import { allAllowed } from '../unit/acts/automatic.ts';
import { freeEconomy } from '../unit/enrichment/understanding/free-economy.ts';
import { defaultCredentials, type FareHarbor } from '../vendors/fareharbor/fareharbor.ts';
import type { RunningVendor } from '../vendors/server.ts';
import type { Lines } from './lines.ts';
import { type Told, witness } from './witness.ts';

const settings = parseSettings({ companies: { 'harbor-kayaks': { name: 'Harbor Kayaks' } } });
/** Milliseconds that the functions wait for an answer, as their handlers have it. */
const FAREHARBOR_MS = 5_000;
const SALESFORCE_MS = 12_000;

/** What the functions are wired with in place of what their handlers wire. */
export interface Wiring {
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly tables: { readonly bookings: string; readonly guests: string; readonly operations: string };
  readonly fareharbor: FareHarbor;
  readonly servers: Readonly<Record<'fareharbor' | 'salesforce' | 'mailchimp', RunningVendor>>;
  readonly apiAccess: boolean;
  readonly lines: Lines;
  /** Sees what FareHarbor tells of a booking, just before anything is made of it. */
  readonly told: Told;
  /** FareHarbor's calls: how many at once, and how many a second. */
  readonly budget: BudgetRule;
  readonly quarantined: (reason: string) => void;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/** Enrichment's use case; one is made per batch. */
export function enrichmentOf(wiring: Wiring): (batch: readonly SQSRecord[]) => Consumer {
  const { dynamo, sqs, tables, log, meter, now } = wiring;
  const eyes = witness(wiring);
  const onOperations = onTables(dynamo, tables, now);
  const deps: WebhookDeps = {
    ...onOperations,
    settings,
    retrieve: eyes.retrieve(retrieverOf(wiring)),
    quarantine: async ({ reason }) => wiring.quarantined(reason),
    noteWebhook: async () => {},
    verifications: eyes.verifications(onOperations.verifications),
    asking: asking(now),
    understand: (input) =>
      understand(input, {
        readModel: async () => undefined,
        economy: freeEconomy(),
        readDistribution: async () => NOTHING_SEEN,
        log,
        meter,
      }),
    decide: async (draft) => draft,
    alongside: async () => [],
    noteDecided: async () => {},
    catchUp: { read: async () => [], noteLook: async () => {} },
    noteStanding: async () => {},
    pause: async () => {},
    sinks: ['crm', 'marketing'],
    hint: (sink, { uuid, company, version, receivedAt }, guestKey) =>
      sendHint(sqs, sink, { uuid, guestKey, company, version, receivedAt }),
    log,
    meter,
    now,
  };
  return (batch) => oncePerBooking(eyes.consumer(webhookConsumer('bookings', deps)), batch, { settings, log });
}

function retrieverOf({ fareharbor, servers, apiAccess, lines, dynamo, tables, budget, now }: Wiring): RetrieveBooking {
  const apiUrl = `${servers.fareharbor.url}${fareharbor.apiPath}`;
  const access = fareHarborSecretSchema.parse(apiAccess ? { '*': { ...defaultCredentials, apiUrl } } : {});
  const http = lines.http('fareharbor', FAREHARBOR_MS);
  const calls = rateBudget(dynamo, tables.operations, { id: 'fareharbor', rule: budget, now });
  return retrieveBooking(
    async () => access,
    budgetedHttp(http, calls, 'live'),
    budgetedHttp(http, calls, 'background'),
  );
}

/** crm-sync's use case, with its real client. */
export function crmOf(wiring: Wiring): () => Consumer {
  const { servers, lines, now } = wiring;
  const { url: loginUrl } = servers.salesforce;
  const client = salesforceClient({
    credentialsOf: async () => ({ loginUrl, clientId: 'harborlight-local', clientSecret: 'local-secret' }),
    timeoutMs: SALESFORCE_MS,
    now,
  });
  const late = () => new RetryableError(CODE.timeout, 'Salesforce did not answer in time');
  const sink = salesforceSink({
    within: (milliseconds) => {
      const composite = client.within(milliseconds);
      return (company, parts) => lines.call('salesforce', SALESFORCE_MS, () => composite(company, parts), late);
    },
  });
  return consumerOf(sink, wiring);
}

/** marketing-sync's use case, with its real client. */
export function marketingOf(wiring: Wiring): () => Consumer {
  const { servers, lines, log, now } = wiring;
  const account = { apiKey: 'local-key-us1', audienceId: 'audience01', apiUrl: `${servers.mailchimp.url}/3.0` };
  const audienceOf = audiences(async () => ({ '*': account }), lines.http('mailchimp', CALL_MS));
  return consumerOf(mailchimpSink({ audienceOf, log, now }), wiring);
}

function consumerOf(sink: Sink, { dynamo, tables, log, meter, now }: Wiring): () => Consumer {
  const bookings = bookingsTable(dynamo, tables.bookings, now);
  const guests = guestsTable(dynamo, tables.guests);
  const consumer = sinkConsumer(sink, sink.name, { bookings, guests, acts: allAllowed, settings, log, meter, now });
  return () => consumer;
}
