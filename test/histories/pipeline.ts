import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { salesforceClient } from '../../functions/crm-sync/salesforce-client.ts';
import { salesforceSink } from '../../functions/crm-sync/salesforce-sink.ts';
import { commit } from '../../functions/enrichment/commit.ts';
import { type WebhookDeps, webhookConsumer } from '../../functions/enrichment/consume-webhooks.ts';
import { fareHarborSecretSchema, retrieveBooking } from '../../functions/enrichment/fareharbor.ts';
import { identitiesTable } from '../../functions/enrichment/guest-identity.ts';
import { understand } from '../../functions/enrichment/understanding/understand.ts';
import { audiences } from '../../functions/marketing-sync/audiences.ts';
import { mailchimpSink } from '../../functions/marketing-sync/mailchimp-sink.ts';
import type { Consumer } from '../../shared/fifo/consumer.ts';
import { sendHint } from '../../shared/fifo/hint.ts';
import { guestsTable } from '../../shared/guest/guests-table.ts';
import { type HttpClient, httpClient } from '../../shared/http/http-client.ts';
import type { Log, Meter } from '../../shared/observability/logger.ts';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { type Sink, sinkConsumer } from '../../shared/sink/sink.ts';
import { defaultCredentials, type FareHarbor } from '../vendors/fareharbor/fareharbor.ts';
import type { RunningVendor } from '../vendors/server.ts';

const settings = parseSettings({ companies: { 'harbor-kayaks': { name: 'Harbor Kayaks' } } });
const TIMEOUT_MS = 10_000;

/** What the functions are wired with in place of what their handlers wire. */
export interface Wiring {
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly tables: { readonly bookings: string; readonly guests: string };
  readonly fareharbor: FareHarbor;
  readonly servers: Readonly<Record<'fareharbor' | 'salesforce' | 'mailchimp', RunningVendor>>;
  readonly apiAccess: boolean;
  /** Does a vendor's work after the time it takes. */
  readonly slowly: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Sees each reply of FareHarbor. */
  readonly told: (json: unknown) => void;
  readonly quarantined: (reason: string) => void;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/** Enrichment's use case; one is made per batch. */
export function enrichmentOf(wiring: Wiring): () => Consumer {
  const { dynamo, sqs, tables, log, meter, now } = wiring;
  const deps: WebhookDeps = {
    settings,
    retrieve: retrieverOf(wiring),
    quarantine: async ({ reason }) => wiring.quarantined(reason),
    noteItem: async () => {},
    verifications: { note: async () => {}, settle: async () => {} },
    bookings: bookingsTable(dynamo, tables.bookings, now),
    guests: guestsTable(dynamo, tables.guests),
    identities: identitiesTable(dynamo, tables.guests),
    commit: commit(dynamo, tables),
    understand: (input) => understand(input, { readModel: async () => undefined, log, meter }),
    sinks: ['crm', 'marketing'],
    hint: (sink, { uuid, company, version, receivedAt }, guestKey) =>
      sendHint(sqs, sink, { uuid, guestKey, company, version, receivedAt }),
    log,
    meter,
    now,
  };
  return () => webhookConsumer('bookings', deps);
}

function retrieverOf({ fareharbor, servers, apiAccess, slowly, told }: Wiring): WebhookDeps['retrieve'] {
  const apiUrl = `${servers.fareharbor.url}${fareharbor.apiPath}`;
  const access = fareHarborSecretSchema.parse(apiAccess ? { '*': { ...defaultCredentials, apiUrl } } : {});
  const http = slowHttp('fareharbor', slowly);
  return retrieveBooking(
    async () => access,
    async (request) => {
      const reply = await http(request);
      if (reply.status === 200) told(reply.json);
      return reply;
    },
  );
}

/** crm-sync's use case, with its real client. */
export function crmOf(wiring: Wiring): () => Consumer {
  const { servers, slowly, now } = wiring;
  const { url: loginUrl } = servers.salesforce;
  const client = salesforceClient({
    credentialsOf: async () => ({ loginUrl, clientId: 'harborlight-local', clientSecret: 'local-secret' }),
    timeoutMs: TIMEOUT_MS,
    now,
  });
  const sink = salesforceSink({
    within: (milliseconds) => {
      const composite = client.within(milliseconds);
      return (company, parts) => slowly(() => composite(company, parts));
    },
  });
  return consumerOf(sink, wiring);
}

/** marketing-sync's use case, with its real client. */
export function marketingOf(wiring: Wiring): () => Consumer {
  const { servers, slowly, log, now } = wiring;
  const account = { apiKey: 'local-key-us1', audienceId: 'audience01', apiUrl: `${servers.mailchimp.url}/3.0` };
  const audienceOf = audiences(async () => ({ '*': account }), slowHttp('mailchimp', slowly));
  return consumerOf(mailchimpSink({ audienceOf, log, now }), wiring);
}

function consumerOf(sink: Sink, { dynamo, tables, log, meter, now }: Wiring): () => Consumer {
  const bookings = bookingsTable(dynamo, tables.bookings, now);
  const guests = guestsTable(dynamo, tables.guests);
  const consumer = sinkConsumer(sink, sink.name, { bookings, guests, settings, log, meter, now });
  return () => consumer;
}

function slowHttp(vendor: string, slowly: Wiring['slowly']): HttpClient {
  const client = httpClient(vendor, TIMEOUT_MS);
  return (request) => slowly(() => client(request));
}
