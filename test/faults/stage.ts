import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { LOCAL_REGION } from '../../infra/local/intrinsics.ts';
import type { LocalPlan } from '../../infra/local/template.ts';
import type { Deployed } from '../../infra/ops/deployed.ts';

/** What "npm run ops" reaches a deployed stage by, for a rig. */
export function stageOf({ queues, tables }: LocalPlan, dynamo: DynamoDBClient, endpoint: string): Deployed {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint, region: LOCAL_REGION, credentials, useQueueUrlAsEndpoint: false });
  const urlOf = async (end: string): Promise<string> => {
    const found = queues.find(({ name }) => name.endsWith(end));
    if (found === undefined) throw new Error(`the template has no queue ${end}`);
    return found.url;
  };
  const tableOf = (end: string): string => tables.find(({ name }) => name.endsWith(end))?.name ?? '';
  return {
    dynamo,
    sqs,
    // A rig's commands have no business with secrets or alarms, and no endpoint for them.
    secrets: new SecretsManagerClient({ endpoint: 'http://127.0.0.1:9', region: LOCAL_REGION, credentials }),
    cloudwatch: new CloudWatchClient({ endpoint: 'http://127.0.0.1:9', region: LOCAL_REGION, credentials }),
    webhookSecretId: 'harborlight/none/webhook',
    tables: {
      bookings: tableOf('-bookings'),
      guests: tableOf('-guests'),
      operations: tableOf('-operations'),
      decisions: tableOf('-decisions'),
    },
    queueUrl: (queue) => urlOf(`-${queue}.fifo`),
    deadLetterQueueUrl: (queue) => urlOf(`-${queue}-dlq.fifo`),
    close: () => undefined,
  };
}
