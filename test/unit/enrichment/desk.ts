import {
  CreateTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { catchUpNotes } from '../../../functions/enrichment/catch-up-notes.ts';
import { commit } from '../../../functions/enrichment/commit.ts';
import { type WebhookDeps, webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { acting } from '../../../functions/enrichment/decide/acting.ts';
import { identitiesTable } from '../../../functions/enrichment/guest-identity.ts';
import { guestLedger } from '../../../functions/enrichment/guest-ledger.ts';
import { noteItem } from '../../../functions/enrichment/items.ts';
import { noteWebhooks } from '../../../functions/enrichment/last-webhook.ts';
import { modelEconomy } from '../../../functions/enrichment/model-economy/economy.ts';
import { quarantine } from '../../../functions/enrichment/quarantine.ts';
import { distributions, standingNotes } from '../../../functions/enrichment/standing/standing-table.ts';
import { asking } from '../../../functions/enrichment/truth/asking.ts';
import { strangers } from '../../../functions/enrichment/truth/strangers-limit.ts';
import { verifications } from '../../../functions/enrichment/truth/verifications.ts';
import type { ModelAccess } from '../../../functions/enrichment/understanding/model.ts';
import { understand } from '../../../functions/enrichment/understanding/understand.ts';
import { startDynamoDb } from '../../../infra/local/dynamodb.ts';
import { readPolicyTable } from '../../../shared/acts/policy-table.ts';
import { type PoliciesOf, trustedPolicies } from '../../../shared/acts/trusted-policies.ts';
import { fareHarborSecretSchema } from '../../../shared/fareharbor/access.ts';
import { retrieveBooking } from '../../../shared/fareharbor/retrieve-booking.ts';
import { guestsTable } from '../../../shared/guest/guests-table.ts';
import { httpClient } from '../../../shared/http/http-client.ts';
import { bookingsTable } from '../../../shared/records/bookings-table.ts';
import { parseSettings } from '../../../shared/settings/settings.ts';
import { createFareHarbor, defaultCredentials, type FareHarborOptions } from '../../vendors/fareharbor/fareharbor.ts';
import { serveVendor } from '../../vendors/server.ts';
import { listening } from '../shared/quiet.ts';

export const settings = parseSettings({
  companies: { 'harbor-kayaks': { name: 'Harbor Kayaks' }, 'umi-tours': { name: 'Umi Tours' } },
});

const TABLES = { bookings: 'bookings', guests: 'guests', operations: 'operations', decisions: 'decisions' };
const KEYS: Record<string, [string, string?]> = {
  bookings: ['uuid'],
  guests: ['guest', 'row'],
  operations: ['kind', 'id'],
  decisions: ['uuid', 'entry'],
};

const ATTENTION_INDEX: GlobalSecondaryIndex = {
  IndexName: 'byAttention',
  KeySchema: [
    { AttributeName: 'attention', KeyType: 'HASH' },
    { AttributeName: 'changedAt', KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['company', 'version', 'guestKey'] },
};

async function createTables(dynamo: DynamoDBClient): Promise<void> {
  for (const [TableName, names] of Object.entries(KEYS)) {
    const keys = names.filter((name) => name !== undefined);
    const indexed = TableName === TABLES.bookings ? ['attention', 'changedAt'] : [];
    await dynamo.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [...keys, ...indexed].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        ...(indexed.length > 0 && { GlobalSecondaryIndexes: [ATTENTION_INDEX] }),
        KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      }),
    );
  }
}

export interface MessageOptions {
  readonly kind?: 'booking' | 'item' | 'unreadable' | 'verify' | 'look-again';
  readonly keyCompany?: string;
  readonly reason?: string;
  readonly receives?: number;
}

/** Enrichment's use case on a real DynamoDB engine and the FareHarbor stand-in; hints are kept in a list. */
export async function openDesk(options: Pick<FareHarborOptions, 'rateLimit' | 'now'> = { rateLimit: false }) {
  const engine = await startDynamoDb(undefined);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamo = new DynamoDBClient({ endpoint: engine.url, region: 'us-east-1', credentials });
  await createTables(dynamo);
  const fareHarbor = createFareHarbor(options);
  const server = await serveVendor(fareHarbor);
  const ears = listening();
  const hints: { sink: string; uuid: string; version: number; guestKey: string }[] = [];
  const switches = { apiAccess: false, hintsFail: false };
  const clock = { aheadMs: 0 };
  const now = () => new Date((options.now ?? Date.now)() + clock.aheadMs);
  const secret = async () =>
    fareHarborSecretSchema.parse(
      switches.apiAccess ? { '*': { ...defaultCredentials, apiUrl: `${server.url}${fareHarbor.apiPath}` } } : {},
    );
  const bookings = bookingsTable(dynamo, TABLES.bookings, now);
  const notes = catchUpNotes(dynamo, TABLES.operations, now);
  const readDistribution = distributions(dynamo, TABLES.operations, { log: ears.log, now });
  const economy = modelEconomy(dynamo, TABLES.operations, { ...ears, now });
  const model: { access: ModelAccess | undefined } = { access: undefined };
  // Read each time: what a test sets holds at once.
  const policiesOf: PoliciesOf = (company, own) =>
    trustedPolicies({ read: () => readPolicyTable(dynamo, TABLES.operations), log: ears.log, now })(company, own);
  const acts = acting({ dynamo, tables: TABLES, policiesOf, settings, now });
  const deps: WebhookDeps = {
    settings,
    retrieve: retrieveBooking(secret, httpClient('fareharbor', 1_000)),
    quarantine: quarantine(dynamo, TABLES.operations),
    noteItem: noteItem(dynamo, TABLES.operations),
    noteWebhook: noteWebhooks(dynamo, TABLES.operations, { log: ears.log, now }),
    verifications: verifications(dynamo, TABLES.operations, now),
    asking: asking(now),
    strangers: strangers(dynamo, TABLES.operations, now),
    bookings,
    guests: guestLedger(dynamo, TABLES.guests),
    identities: identitiesTable(dynamo, TABLES.guests),
    commit: commit(dynamo, TABLES),
    understand: (input) =>
      acts.understand(input, (one) =>
        understand(one, { readModel: async () => model.access, economy, readDistribution, ...ears }),
      ),
    decide: acts.decide,
    alongside: async (next, before, guests) => [
      ...notes.alongside(next, before, guests),
      ...(await acts.alongside(next, before, guests)),
    ],
    noteDecided: acts.noteDecided,
    catchUp: notes,
    noteStanding: standingNotes(dynamo, TABLES.operations),
    pause: async () => {},
    sinks: ['crm', 'marketing'],
    hint: async (sink, { uuid, version }, guestKey) => {
      if (switches.hintsFail) throw new Error('killed before the hint');
      hints.push({ sink, uuid, version, guestKey });
    },
    log: ears.log,
    meter: ears.meter,
    now,
  };
  let messages = 0;
  const message = (body: string, options: MessageOptions = {}): SQSRecord => {
    const { kind = 'booking', keyCompany = '*', reason, receives = 1 } = options;
    messages += 1;
    const attribute = (stringValue: string) => ({ dataType: 'String', stringValue });
    return {
      messageId: `message-${messages}`,
      receiptHandle: '',
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: '',
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '',
      },
      messageAttributes: {
        kind: attribute(kind),
        receivedAt: attribute(now().toISOString()),
        keyCompany: attribute(keyCompany),
        ...(reason !== undefined && { reason: attribute(reason) }),
      },
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: '',
      awsRegion: 'us-east-1',
    };
  };
  return {
    ...ears,
    fareHarbor,
    server,
    deps,
    bookings,
    hints,
    switches,
    model,
    clock,
    dynamo,
    operationsTable: TABLES.operations,
    secret,
    message,
    /** Delivers bodies as one batch. */
    async deliver(bodies: readonly string[], options: MessageOptions = {}) {
      const consumer = webhookConsumer('', deps);
      for (const body of bodies) await consumer.handle(message(body, options));
    },
    record: (uuid: string) => deps.bookings.read(uuid),
    guests: guestsTable(dynamo, TABLES.guests),
    async quarantined() {
      const { Items } = await dynamo.send(
        new QueryCommand({
          TableName: TABLES.operations,
          KeyConditionExpression: 'kind = :kind',
          ExpressionAttributeValues: { ':kind': { S: 'quarantine' } },
        }),
      );
      return (Items ?? []).map((item) => unmarshall(item));
    },
    async operations() {
      const { Items } = await dynamo.send(new ScanCommand({ TableName: TABLES.operations }));
      return (Items ?? []).map((item) => unmarshall(item));
    },
    async close() {
      dynamo.destroy();
      await server.close();
      await engine.stop();
    },
  };
}
export type Desk = Awaited<ReturnType<typeof openDesk>>;

/** Clears what a test has set or counted, but for what it has written into the tables. */
export function clear({ switches, model, server, hints, counts }: Desk): void {
  model.access = undefined;
  switches.apiAccess = false;
  switches.hintsFail = false;
  server.clearFaults();
  hints.length = 0;
  for (const metric of Object.keys(counts)) delete counts[metric];
}

/** A contact with an address of their own. */
export function email(name: string) {
  return { name, email: `${name.toLowerCase().replace(' ', '.')}@guests.test` };
}
