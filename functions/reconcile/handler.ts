import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientOptions } from '../../shared/aws/client-options.ts';
import { hintSinks } from '../../shared/fifo/hint.ts';
import { compose } from '../../shared/observability/compose.ts';
import { lambdaLog, lambdaMeter } from '../../shared/observability/logger.ts';
import { listPauses } from '../../shared/pause/pauses.ts';
import { listAttentionEntries } from '../../shared/records/attention-index.ts';
import { readConfig } from './config.ts';
import { reconciler } from './reconcile.ts';
import { askToVerify, listPending, verifyPending } from './verify.ts';

/** Bookings that FareHarbor is asked for again in one run: what half a minute of its budget leaves at most. */
const VERIFIED_PER_RUN = 300;

const config = readConfig();
const [log, meter] = [lambdaLog(), lambdaMeter()];
const sqs = new SQSClient(awsClientOptions);
const dynamo = new DynamoDBClient(awsClientOptions);
const now = () => new Date();

const reconcile = reconciler({
  sinks: Object.keys(config.sinkQueueUrls),
  listEntries: (attention) => listAttentionEntries(dynamo, config.tables.bookings, attention),
  listPauses: () => listPauses(dynamo, config.tables.operations),
  hint: hintSinks(sqs, config.sinkQueueUrls),
  log,
  meter,
  now,
});

const verify = () =>
  verifyPending({
    listPending: () => listPending(dynamo, config.tables.operations),
    ask: askToVerify(sqs, config.bookingsQueueUrl, now),
    most: VERIFIED_PER_RUN,
    log,
    meter,
  });

export const handler = compose<unknown, void>(log, async () => {
  await reconcile();
  await verify();
});
