import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';

/** The destinations there are, by the names of their queues and of their entries in `sync`. */
export const SINKS = ['crm', 'marketing'] as const;
/** The queues that have a consumer, without what is before and behind their names. */
export const QUEUES = ['bookings', ...SINKS] as const;
export type QueueName = (typeof QUEUES)[number];

/** One stage as deployed, found by the names its template gives. */
export interface Deployed {
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly secrets: SecretsManagerClient;
  /** For its alarms. */
  readonly cloudwatch: CloudWatchClient;
  /** The name of the secret with the webhook's keys. */
  readonly webhookSecretId: string;
  readonly tables: Readonly<Record<'bookings' | 'guests' | 'operations' | 'decisions', string>>;
  /** @throws QueueDoesNotExist when the stage is not deployed. */
  queueUrl(queue: string): Promise<string>;
  deadLetterQueueUrl(queue: string): Promise<string>;
  close(): void;
}

/**
 * Reaches a stage with the AWS credentials, region and endpoints of the environment, as every AWS program does.
 */
export function deployed(stage: string): Deployed {
  const prefix = `harborlight-${stage}`;
  const dynamo = new DynamoDBClient({ maxAttempts: 3 });
  // A queue's address may name a host that only the engine itself knows: the endpoint is what was given.
  const sqs = new SQSClient({ maxAttempts: 3, useQueueUrlAsEndpoint: false });
  const secrets = new SecretsManagerClient({ maxAttempts: 3 });
  const cloudwatch = new CloudWatchClient({ maxAttempts: 3 });
  const urls = new Map<string, Promise<string>>();
  const urlOf = (name: string): Promise<string> => {
    const known = urls.get(name) ?? look(sqs, name);
    urls.set(name, known);
    return known;
  };
  return {
    dynamo,
    sqs,
    secrets,
    cloudwatch,
    webhookSecretId: `harborlight/${stage}/webhook`,
    tables: {
      bookings: `${prefix}-bookings`,
      guests: `${prefix}-guests`,
      operations: `${prefix}-operations`,
      decisions: `${prefix}-decisions`,
    },
    queueUrl: (queue) => urlOf(`${prefix}-${queue}.fifo`),
    deadLetterQueueUrl: (queue) => urlOf(`${prefix}-${queue}-dlq.fifo`),
    close: () => {
      dynamo.destroy();
      sqs.destroy();
      secrets.destroy();
      cloudwatch.destroy();
    },
  };
}

async function look(sqs: SQSClient, name: string): Promise<string> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  if (QueueUrl === undefined) throw new Error(`queue ${name} has no address`);
  return QueueUrl;
}
