import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { readPolicyTable } from '../../shared/acts/policy-table.ts';
import { trustedPolicies } from '../../shared/acts/trusted-policies.ts';
import { awsClientOptions, quietClient } from '../../shared/aws/client-options.ts';
import { fareHarborSecretSchema } from '../../shared/fareharbor/access.ts';
import { retrieveBooking } from '../../shared/fareharbor/retrieve-booking.ts';
import { consumerHandler } from '../../shared/fifo/consumer-handler.ts';
import { hintSinks } from '../../shared/fifo/hint.ts';
import { httpClient } from '../../shared/http/http-client.ts';
import { lambdaMeter } from '../../shared/observability/lambda-meter.ts';
import { lambdaLog } from '../../shared/observability/logger.ts';
import { tellCalls, type Vendor } from '../../shared/observability/vendor-calls.ts';
import { countCalls, hearAll } from '../../shared/observability/vendor-metrics.ts';
import { budgetedHttp } from '../../shared/rate-budget/budgeted-http.ts';
import { FAREHARBOR_RULE, rateBudget } from '../../shared/rate-budget/rate-budget.ts';
import { secretReader } from '../../shared/secrets/secrets.ts';
import { readSettings } from '../../shared/settings/settings.ts';
import { catchUpNotes } from './catch-up-notes.ts';
import { readConfig } from './config.ts';
import { type WebhookDeps, webhookConsumer } from './consume-webhooks.ts';
import { acting } from './decide/acting.ts';
import { noteWebhooks } from './last-webhook.ts';
import { modelEconomy } from './model-economy/economy.ts';
import { oncePerBooking } from './once-per-booking.ts';
import { pause } from './pause.ts';
import { distributions, standingTogether } from './standing/standing-table.ts';
import { onTables } from './tables.ts';
import { doneTogether } from './together.ts';
import { asking } from './truth/asking.ts';
import { modelAccess } from './understanding/model.ts';
import { understand } from './understanding/understand.ts';

/** Milliseconds for Retrieve booking: FareHarbor usually answers within half a second. */
const RETRIEVE_TIMEOUT_MS = 5_000;

const config = readConfig();
const settings = readSettings(new URL('./settings.json', import.meta.url));
const [log, meter] = [lambdaLog(), lambdaMeter()];
const sqs = quietClient(new SQSClient(awsClientOptions));
const dynamo = quietClient(new DynamoDBClient(awsClientOptions));
const secrets = new SecretsManagerClient(awsClientOptions);
const now = () => new Date();
const fareHarborSecret = secretReader(secrets, config.fareHarborSecretId, fareHarborSecretSchema);
const hear = (vendor: Vendor) => hearAll(tellCalls(vendor, log), countCalls(vendor, meter));
const fareHarbor = httpClient('fareharbor', RETRIEVE_TIMEOUT_MS, hear('fareharbor'));
const budget = rateBudget(dynamo, config.tables.operations, { id: 'fareharbor', rule: FAREHARBOR_RULE, now });
const hint = hintSinks(sqs, config.sinkQueueUrls);
const notes = catchUpNotes(dynamo, config.tables.operations, now);
const economy = modelEconomy(dynamo, config.tables.operations, { log, meter, now });
const readModel = modelAccess(secrets, config.openAiSecretId);
const readDistribution = distributions(dynamo, config.tables.operations, { log, now });
const standing = standingTogether(dynamo, config.tables.operations);
const policiesOf = trustedPolicies({ read: () => readPolicyTable(dynamo, config.tables.operations), log, now });
const acts = acting({ dynamo, tables: config.tables, policiesOf, settings, now });

const tables = onTables(dynamo, config.tables, now);
const deps: WebhookDeps = {
  ...tables,
  settings,
  noteWebhook: noteWebhooks(dynamo, config.tables.operations, { log, now }),
  retrieve: retrieveBooking(
    fareHarborSecret,
    budgetedHttp(fareHarbor, budget, 'live'),
    budgetedHttp(fareHarbor, budget, 'background'),
  ),
  asking: asking(now),
  understand: (input) =>
    acts.understand(input, (one) =>
      understand(one, { readModel, economy, readDistribution, log, meter, hear: hear('model') }),
    ),
  decide: acts.decide,
  alongside: async (next, before, guests) => [
    ...notes.alongside(next, before, guests),
    ...(await acts.alongside(next, before, guests)),
  ],
  noteDecided: acts.noteDecided,
  catchUp: notes,
  noteStanding: standing.note,
  pause,
  sinks: Object.keys(config.sinkQueueUrls),
  hint: (sink, { uuid, company, version, receivedAt }, guestKey) =>
    hint(sink, { uuid, guestKey, company, version, receivedAt }),
  log,
  meter,
  now,
};

const { queueUrl, sinkQueueUrls } = config;
const writeSums = [standing.write, economy.budget.giveBack];

export const handler = consumerHandler(
  (batch) => {
    tables.expect(batch);
    const together = doneTogether({ sqs, sinkQueueUrls, writeSums, log });
    return oncePerBooking(webhookConsumer(queueUrl, deps, together), batch, deps);
  },
  { sqs, log, meter },
);
