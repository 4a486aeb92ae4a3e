import { setTimeout as wait } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { findUnheld } from '../../functions/reconcile/sweep/unheld.ts';
import { askToVerify } from '../../functions/reconcile/verify/verify.ts';
import { accessOf, fareHarborSecretSchema } from '../../shared/fareharbor/access.ts';
import { fareHarborLists } from '../../shared/fareharbor/lists.ts';
import { httpClient } from '../../shared/http/http-client.ts';
import type { Log, LogFacts } from '../../shared/observability/logger.ts';
import { budgetedHttp } from '../../shared/rate-budget/budgeted-http.ts';
import { FAREHARBOR_RULE, rateBudget } from '../../shared/rate-budget/rate-budget.ts';
import { secretReader } from '../../shared/secrets/secrets.ts';
import { verificationList } from '../../shared/webhook/verifications.ts';
import { deployed } from '../ops/deployed.ts';
import { stageNamed } from '../stages.ts';
import { backfillLog } from './backfill-log.ts';
import type { Stage } from './command.ts';
import { mailchimpSecretSchema, salesforceSecretSchema, stageBulk } from './stage-bulk.ts';
import { waitingRecords } from './waiting-records.ts';

/** Milliseconds for one list of FareHarbor's. */
const LIST_TIMEOUT_MS = 10_000;

/**
 * Reaches a stage with the AWS credentials, region and endpoints of the environment, and the settings it is deployed with.
 * @param complain takes warnings: event names and ids.
 */
export function reachStage(name: string, complain: (text: string) => void): Stage {
  const { settings } = stageNamed(name);
  const { dynamo, sqs, tables: named, queueUrl, close } = deployed(name);
  const tables = { ...named, guests: `harborlight-${name}-guests` };
  const secrets = new SecretsManagerClient({ maxAttempts: 3 });
  const secretId = (vendor: string) => `harborlight/${name}/${vendor}`;
  const fareHarbor = secretReader(secrets, secretId('fareharbor'), fareHarborSecretSchema);
  const now = () => new Date();
  const budget = rateBudget(dynamo, tables.operations, { id: 'fareharbor', rule: FAREHARBOR_RULE, now });
  const http = budgetedHttp(httpClient('fareharbor', LIST_TIMEOUT_MS), budget, 'background');
  return {
    companies: Object.keys(settings.companies),
    hasAccess: async (company) => accessOf(await fareHarbor(), company) !== undefined,
    deps: {
      lists: fareHarborLists(fareHarbor, http),
      unheld: findUnheld(dynamo, tables.bookings),
      list: verificationList(dynamo, tables.operations),
      backfills: backfillLog(dynamo, tables.operations, now),
      waiting: waitingRecords(dynamo, tables.bookings),
      bulk: stageBulk({
        dynamo,
        sqs,
        tables,
        queueUrl,
        salesforce: secretReader(secrets, secretId('salesforce'), salesforceSecretSchema),
        mailchimp: secretReader(secrets, secretId('mailchimp'), mailchimpSecretSchema),
        settings,
        log: warnings(complain),
        now,
      }),
      ask: async (pending) => await askToVerify(sqs, await queueUrl('bookings'), now)(pending),
      now,
      pause: (milliseconds) => wait(milliseconds),
    },
    close() {
      close();
      secrets.destroy();
    },
  };
}

/** A log of which a person at a terminal sees what went wrong; what went well is in the figures. */
function warnings(complain: (text: string) => void): Log {
  const write = (event: string, facts: LogFacts = {}) => complain(`${event} ${JSON.stringify(facts)}\n`);
  const info: Log['info'] = (event, facts) => {
    // A vendor's answer that was no yes.
    if (facts?.codes) write(event, facts);
  };
  return { debug: () => undefined, info, warn: write, error: write };
}
