import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientOptions, quietClient } from '../../shared/aws/client-options.ts';
import { consumerHandler } from '../../shared/fifo/consumer-handler.ts';
import { countAnswers } from '../../shared/gate/answers.ts';
import { behindGate } from '../../shared/gate/sink-gate.ts';
import { lambdaMeter } from '../../shared/observability/lambda-meter.ts';
import { lambdaLog } from '../../shared/observability/logger.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import { tellCalls } from '../../shared/observability/vendor-calls.ts';
import { countCalls, hearAll } from '../../shared/observability/vendor-metrics.ts';
import { entryFor, perCompany, secretReader } from '../../shared/secrets/secrets.ts';
import { readSettings } from '../../shared/settings/settings.ts';
import { sinkConsumer, sinkDeps } from '../../shared/sink/sink.ts';
import { readConfig } from './config.ts';
import { credentialsSchema } from './salesforce/credentials.ts';
import { withinDayLimit } from './salesforce/day-limit.ts';
import { salesforceClient } from './salesforce/salesforce-client.ts';
import { sessionsTable } from './salesforce/shared-session.ts';
import { SALESFORCE_CODES } from './salesforce/vendor-codes.ts';
import { salesforceSink } from './salesforce-sink.ts';

/** Longer than Salesforce itself waits for a locked record, which is 10 seconds. */
const TIMEOUT_MS = 12_000;

const log = lambdaLog();
const meter = lambdaMeter();
const config = readConfig();
const settings = readSettings(new URL('./settings.json', import.meta.url));
const sqs = quietClient(new SQSClient(awsClientOptions));
const dynamo = quietClient(new DynamoDBClient(awsClientOptions));
const secrets = new SecretsManagerClient(awsClientOptions);
const readSecret = secretReader(secrets, config.salesforceSecretId, perCompany(credentialsSchema));
const now = () => new Date();
const answers = countAnswers();
const salesforce = salesforceClient({
  credentialsOf: async (company) => entryFor(await readSecret(), company),
  sessions: sessionsTable(dynamo, config.tables.operations, now),
  timeoutMs: TIMEOUT_MS,
  now,
  onAnswer: answers.note,
  hear: hearAll(tellCalls('salesforce', log), countCalls('salesforce', meter)),
  onSignInFailed: () => meter.count(METRIC.salesforceSignInFailed),
});
const sink = withinDayLimit(salesforceSink(salesforce), { usageOf: salesforce.dayUsage, meter, now });
const deps = sinkDeps(dynamo, config.tables, { sink: sink.name, settings, log, meter });
const consumer = behindGate(sinkConsumer(sink, config.queueUrl, deps), {
  sink: sink.name,
  dynamo,
  sqs,
  operationsTable: config.tables.operations,
  settings,
  codes: SALESFORCE_CODES,
  answers: answers.count,
  log,
  meter,
});

export const handler = consumerHandler(
  (batch) => {
    deps.ahead.expect(batch);
    return consumer;
  },
  { sqs, log, meter },
);
