import {
  CreateTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { commit } from '../../../functions/enrichment/commit.ts';
import { type WebhookDeps, webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { identitiesTable } from '../../../functions/enrichment/guest-identity.ts';
import { noteItem } from '../../../functions/enrichment/items.ts';
import { quarantine } from '../../../functions/enrichment/quarantine.ts';
import { asking } from '../../../functions/enrichment/truth/asking.ts';
import { strangers } from '../../../functions/enrichment/truth/strangers-limit.ts';
import { verifications } from '../../../functions/enrichment/truth/verifications.ts';
import { understand } from '../../../functions/enrichment/understanding/understand.ts';
import { startDynamoDb } from '../../../infra/local/dynamodb.ts';
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

const TABLES = { bookings: 'bookings', guests: 'guests', operations: 'operations' };
const KEYS: Record<string, [string, string?]> = {
  bookings: ['uuid'],
  guests: ['guest', 'row'],
  operations: ['kind', 'id'],
};

const ATTENTION_INDEX: GlobalSecondaryIndex = {
  IndexName: 'attention',
  KeySchema: [
    { AttributeName: 'attention', KeyType: 'HASH' },
    { AttributeName: 'changedAt', KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['company', 'version', 'guestKey', 'sync'] },
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
  readonly kind?: 'booking' | 'item' | 'unreadable' | 'verify';
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
  const deps: WebhookDeps = {
    settings,
    retrieve: retrieveBooking(secret, httpClient('fareharbor', 1_000)),
    quarantine: quarantine(dynamo, TABLES.operations),
    noteItem: noteItem(dynamo, TABLES.operations),
    verifications: verifications(dynamo, TABLES.operations, now),
    asking: asking(now),
    strangers: strangers(dynamo, TABLES.operations, now),
    bookings,
    guests: guestsTable(dynamo, TABLES.guests),
    identities: identitiesTable(dynamo, TABLES.guests),
    commit: commit(dynamo, TABLES),
    understand: (input) => understand(input, { readModel: async () => undefined, log: ears.log, meter: ears.meter }),
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
export function clear({ switches, server, hints, counts }: Desk): void {
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
