import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { listReviews } from '../../shared/acts/reviews-table.ts';
import { awsClientOptions } from '../../shared/aws/client-options.ts';
import { hintSinks } from '../../shared/fifo/hint.ts';
import { readGate } from '../../shared/gate/gate.ts';
import { compose } from '../../shared/observability/compose.ts';
import { correlated, newCorrelationId } from '../../shared/observability/correlation.ts';
import { lambdaMeter } from '../../shared/observability/lambda-meter.ts';
import { lambdaLog } from '../../shared/observability/logger.ts';
import { listAttentionEntries } from '../../shared/records/attention-index.ts';
import { readProgress } from '../../shared/records/read-progress.ts';
import { readSettings } from '../../shared/settings/settings.ts';
import { lookAgain } from '../../shared/webhook/look-again.ts';
import { catchUp, catchUpList } from './catch-up/catch-up.ts';
import { readConfig } from './config.ts';
import { fareHarborWork } from './fareharbor-work.ts';
import { reconciler } from './hints/reconcile.ts';
import { inTurn } from './in-turn.ts';
import { dueReviews } from './reviews/due-reviews.ts';
import { lastWebhooksTable } from './silence/last-webhooks.ts';
import { watchSilence } from './silence/silence.ts';

/** Milliseconds of a run, well within the function's timeout and the minute until the next. */
const RUN_MS = 45_000;

const config = readConfig();
const settings = readSettings(new URL('./settings.json', import.meta.url));
const [log, meter] = [lambdaLog(), lambdaMeter()];
const sqs = new SQSClient(awsClientOptions);
const dynamo = new DynamoDBClient(awsClientOptions);
const now = () => new Date();

const reconcile = reconciler({
  sinks: Object.keys(config.sinkQueueUrls),
  listEntries: (attention, before) => listAttentionEntries(dynamo, config.tables.bookings, attention, before),
  readProgress: (uuids) => readProgress(dynamo, config.tables.bookings, uuids),
  readGate: () => readGate(dynamo, config.tables.operations),
  hint: hintSinks(sqs, config.sinkQueueUrls),
  log,
  meter,
  now,
});

const secrets = new SecretsManagerClient(awsClientOptions);
const { verify, sweep } = fareHarborWork({ dynamo, sqs, secrets, config, settings, log, meter, now });

const readTheRest = () =>
  catchUp({
    list: catchUpList(dynamo, config.tables.operations),
    lookAgain: lookAgain(sqs, config.bookingsQueueUrl, now),
    log,
    meter,
    now,
  });

const askForDue = dueReviews({
  listDue: () => listReviews(dynamo, config.tables.operations, 'due'),
  lookAgain: lookAgain(sqs, config.bookingsQueueUrl, now),
  log,
  now,
});

const watch = watchSilence({
  settings,
  lastWebhooks: lastWebhooksTable(dynamo, config.tables.operations),
  log,
  meter,
  now,
});

/** A step of its own correlation: what it asks of other functions is found in their logs by its id. */
function inTheNameOf(what: string, step: () => Promise<void>): () => Promise<void> {
  return () => correlated(newCorrelationId(what), step);
}

// What the sweep finds is verified in the same run.
export const handler = compose<unknown, void>({ log, meter }, async () => {
  const endAt = now().getTime() + RUN_MS;
  await inTurn([
    inTheNameOf('hints', reconcile),
    inTheNameOf('silence', watch),
    inTheNameOf('reviews', askForDue),
    inTheNameOf('sweep', sweep),
    inTheNameOf('verify', () => verify(endAt - now().getTime())),
    inTheNameOf('catch-up', readTheRest),
  ]);
});
