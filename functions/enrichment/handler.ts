import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientOptions } from '../../shared/aws/client-options.ts';
import { consumerHandler } from '../../shared/fifo/consumer-handler.ts';
import { sendHint } from '../../shared/fifo/hint.ts';
import { guestsTable } from '../../shared/guest/guests-table.ts';
import { httpClient } from '../../shared/http/http-client.ts';
import { lambdaLog, lambdaMeter } from '../../shared/observability/logger.ts';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { secretReader } from '../../shared/secrets/secrets.ts';
import { readSettings } from '../../shared/settings/settings.ts';
import { commit } from './commit.ts';
import { readConfig } from './config.ts';
import { type WebhookDeps, webhookConsumer } from './consume-webhooks.ts';
import { fareHarborSecretSchema, retrieveBooking } from './fareharbor.ts';
import { identitiesTable } from './guest-identity.ts';
import { noteItem } from './items.ts';
import { quarantine } from './quarantine.ts';
import { modelAccess } from './understanding/model.ts';
import { understand } from './understanding/understand.ts';

/** Milliseconds for Retrieve booking: FareHarbor usually answers within half a second. */
const RETRIEVE_TIMEOUT_MS = 5_000;

const config = readConfig();
const settings = readSettings(new URL('./settings.json', import.meta.url));
const [log, meter] = [lambdaLog(), lambdaMeter()];
const sqs = new SQSClient(awsClientOptions);
const dynamo = new DynamoDBClient(awsClientOptions);
const secrets = new SecretsManagerClient(awsClientOptions);
const now = () => new Date();
const fareHarborSecret = secretReader(secrets, config.fareHarborSecretId, fareHarborSecretSchema);
const readModel = modelAccess(secrets, config.openAiSecretId);

const deps: WebhookDeps = {
  settings,
  retrieve: retrieveBooking(fareHarborSecret, httpClient('fareharbor', RETRIEVE_TIMEOUT_MS)),
  quarantine: quarantine(dynamo, config.tables.operations),
  noteItem: noteItem(dynamo, config.tables.operations),
  bookings: bookingsTable(dynamo, config.tables.bookings, now),
  guests: guestsTable(dynamo, config.tables.guests),
  identities: identitiesTable(dynamo, config.tables.guests),
  commit: commit(dynamo, config.tables),
  understand: (input) => understand(input, { readModel, log, meter }),
  sinks: Object.keys(config.sinkQueueUrls),
  hint: async (sink, { uuid, company, version, receivedAt }, guestKey) => {
    const queueUrl = config.sinkQueueUrls[sink];
    if (queueUrl !== undefined) await sendHint(sqs, queueUrl, { uuid, guestKey, company, version, receivedAt });
  },
  log,
  meter,
  now,
};

export const handler = consumerHandler(() => webhookConsumer(config.queueUrl, deps), { sqs, log, meter });
