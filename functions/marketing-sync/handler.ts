import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientOptions } from '../../shared/aws/client-options.ts';
import { consumerHandler } from '../../shared/fifo/consumer-handler.ts';
import { countAnswers } from '../../shared/gate/answers.ts';
import { behindGate } from '../../shared/gate/sink-gate.ts';
import { httpClient } from '../../shared/http/http-client.ts';
import { lambdaLog, lambdaMeter } from '../../shared/observability/logger.ts';
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
const sqs = new SQSClient(awsClientOptions);
const dynamo = new DynamoDBClient(awsClientOptions);
const secrets = new SecretsManagerClient(awsClientOptions);

const answers = countAnswers();
const sink = mailchimpSink({
  audienceOf: audiences(
    secretReader(secrets, config.mailchimpSecretId, mailchimpSecretSchema),
    answers.heard(httpClient('mailchimp', CALL_MS)),
  ),
  log,
  now: () => new Date(),
});
const deps = sinkDeps(dynamo, config.tables, { settings, log, meter });
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

export const handler = consumerHandler(() => consumer, { sqs, log, meter });
