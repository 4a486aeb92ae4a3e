import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { compose } from '../../shared/observability/compose.ts';
import { correlated } from '../../shared/observability/correlation.ts';
import { lambdaMeter } from '../../shared/observability/lambda-meter.ts';
import { lambdaLog } from '../../shared/observability/logger.ts';
import { heldSecret } from '../../shared/secrets/held-secret.ts';
import { readAwsConfig, readAwsKeys } from './aws/config.ts';
import { readSecret, secretsManagerEndpoint } from './aws/read-secret.ts';
import { sendMessage } from './aws/send-message.ts';
import { readConfig } from './config.ts';
import { type ReceiveDeps, receive } from './receive.ts';
import { webhookSecretSchema } from './webhook-key.ts';

const config = readConfig();
const { region, sqsEndpoint, secretsEndpoint } = readAwsConfig();
const common = { region, keys: readAwsKeys };
const sqs = { ...common, endpoint: sqsEndpoint ?? new URL(config.queueUrl).origin };
const secrets = { ...common, endpoint: secretsEndpoint ?? secretsManagerEndpoint(region) };
const meter = lambdaMeter();
const deps: ReceiveDeps = {
  secret: heldSecret(() => readSecret(secrets, config.webhookSecretId), config.webhookSecretId, webhookSecretSchema),
  send: (message) => sendMessage(sqs, { ...message, QueueUrl: config.queueUrl }),
  log: lambdaLog(),
  meter,
  now: () => new Date(),
};

export const handler = compose<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(
  { log: deps.log, meter },
  (event) => correlated(event.requestContext.requestId, () => receive(event, deps)),
);
