import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { awsClientOptions } from '../../shared/aws/client-options.ts';
import { compose } from '../../shared/observability/compose.ts';
import { lambdaLog, lambdaMeter } from '../../shared/observability/logger.ts';
import { secretReader } from '../../shared/secrets/secrets.ts';
import { readConfig } from './config.ts';
import { type ReceiveDeps, receive } from './receive.ts';
import { webhookSecretSchema } from './webhook-key.ts';

const config = readConfig();
const sqs = new SQSClient(awsClientOptions);
const deps: ReceiveDeps = {
  secret: secretReader(new SecretsManagerClient(awsClientOptions), config.webhookSecretId, webhookSecretSchema),
  send: (message) => sqs.send(new SendMessageCommand({ ...message, QueueUrl: config.queueUrl })),
  log: lambdaLog(),
  meter: lambdaMeter(),
  now: () => new Date(),
};

export const handler = compose<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(deps.log, (event) =>
  receive(event, deps),
);
