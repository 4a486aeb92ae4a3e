import { setTimeout as wait } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { accessOf, fareHarborSecretSchema } from '../../shared/fareharbor/access.ts';
import { fareHarborLists } from '../../shared/fareharbor/lists.ts';
import { httpClient } from '../../shared/http/http-client.ts';
import type { Log, Meter } from '../../shared/observability/logger.ts';
import { tellCalls } from '../../shared/observability/vendor-calls.ts';
import { countCalls, hearAll } from '../../shared/observability/vendor-metrics.ts';
import { budgetedHttp } from '../../shared/rate-budget/budgeted-http.ts';
import { FAREHARBOR_RULE, rateBudget } from '../../shared/rate-budget/rate-budget.ts';
import { secretReader } from '../../shared/secrets/secrets.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import { verificationList } from '../../shared/webhook/verifications.ts';
import type { readConfig } from './config.ts';
import { sweepSlice } from './sweep/sweep.ts';
import { sweepLog } from './sweep/sweep-log.ts';
import { findUnheld } from './sweep/unheld.ts';
import { askToVerify, verifyPending } from './verify/verify.ts';

/** Milliseconds of a run for the sweep. */
const SWEEP_MS = 10_000;
/** Milliseconds for one list of FareHarbor's. */
const LIST_TIMEOUT_MS = 8_000;

export interface FareHarborWorkDeps {
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly secrets: SecretsManagerClient;
  readonly config: ReturnType<typeof readConfig>;
  readonly settings: Settings;
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/** What a run does with FareHarbor. */
export interface FareHarborWork {
  /** Makes a slice of the sweep. */
  sweep(): Promise<void>;
  /** Has noted bookings verified, for as many milliseconds at most. */
  verify(withinMs: number): Promise<void>;
}

export function fareHarborWork(deps: FareHarborWorkDeps): FareHarborWork {
  const { dynamo, sqs, secrets, config, settings, log, meter, now } = deps;
  const { bookings, operations } = config.tables;
  const list = verificationList(dynamo, operations);
  const ask = askToVerify(sqs, config.bookingsQueueUrl, now);
  const secret = secretReader(secrets, config.fareHarborSecretId, fareHarborSecretSchema);
  const budget = rateBudget(dynamo, operations, { id: 'fareharbor', rule: FAREHARBOR_RULE, now });
  const hear = hearAll(tellCalls('fareharbor', log), countCalls('fareharbor', meter));
  const http = budgetedHttp(httpClient('fareharbor', LIST_TIMEOUT_MS, hear), budget, 'background');
  const common = { list, log, now, pause: (milliseconds: number) => wait(milliseconds) };
  return {
    verify: (withinMs) => verifyPending({ ...common, ask, meter, withinMs }),
    sweep: () =>
      sweepSlice({
        ...common,
        settings,
        hasAccess: async (company) => accessOf(await secret(), company) !== undefined,
        lists: fareHarborLists(secret, http),
        sweeps: sweepLog(dynamo, operations),
        unheld: findUnheld(dynamo, bookings),
        withinMs: SWEEP_MS,
      }),
  };
}
