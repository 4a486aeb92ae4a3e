import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientOptions, quietClient } from '../../shared/aws/client-options.ts';
import { consumerHandler } from '../../shared/fifo/consumer-handler.ts';
import { countAnswers } from '../../shared/gate/answers.ts';
import { behindGate } from '../../shared/gate/sink-gate.ts';
import { httpClient } from '../../shared/http/http-client.ts';
import { lambdaMeter } from '../../shared/observability/lambda-meter.ts';
import { lambdaLog } from '../../shared/observability/logger.ts';
import { tellCalls } from '../../shared/observability/vendor-calls.ts';
import { countCalls, hearAll } from '../../shared/observability/vendor-metrics.ts';
import { secretReader } from '../../shared/secrets/secrets.ts';
import { readSettings } from '../../shared/settings/settings.ts';
import { sinkConsumer, sinkDeps } from '../../shared/sink/sink.ts';
import { readConfig } from './config.ts';
import { audiences, CALL_MS, mailchimpSecretSchema } from './mailchimp/audiences.ts';
import { MAILCHIMP_CODES } from './mailchimp/vendor-codes.ts';
import { mailchimpSink } from './mailchimp-sink.ts';

const config = readConfig();
const settings = readSettings(new URL('./settings.json', import.meta.url));
const [log, meter] = [lambdaLog(), lambdaMeter()];
const sqs = quietClient(new SQSClient(awsClientOptions));
const dynamo = quietClient(new DynamoDBClient(awsClientOptions));
const secrets = new SecretsManagerClient(awsClientOptions);

const answers = countAnswers();
const hear = hearAll(tellCalls('mailchimp', log), countCalls('mailchimp', meter));
const sink = mailchimpSink({
  audienceOf: audiences(
    secretReader(secrets, config.mailchimpSecretId, mailchimpSecretSchema),
    answers.heard(httpClient('mailchimp', CALL_MS, hear)),
  ),
  log,
  now: () => new Date(),
});
const deps = sinkDeps(dynamo, config.tables, { sink: sink.name, settings, log, meter });
const consumer = behindGate(sinkConsumer(sink, config.queueUrl, deps), {
  sink: sink.name,
  dynamo,
  sqs,
  operationsTable: config.tables.operations,
  settings,
  codes: MAILCHIMP_CODES,
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
