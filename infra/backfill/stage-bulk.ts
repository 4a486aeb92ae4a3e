import { setTimeout as wait } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { credentialsSchema } from '../../functions/crm-sync/salesforce/credentials.ts';
import { mayGoOn } from '../../functions/crm-sync/salesforce/day-limit.ts';
import { salesforceClient } from '../../functions/crm-sync/salesforce/salesforce-client.ts';
import { sessionsTable } from '../../functions/crm-sync/salesforce/shared-session.ts';
import { salesforceBulk } from '../../functions/crm-sync/salesforce-bulk.ts';
import { audiences, mailchimpSecretSchema } from '../../functions/marketing-sync/mailchimp/audiences.ts';
import { mailchimpBulk } from '../../functions/marketing-sync/mailchimp-bulk.ts';
import { sendHint } from '../../shared/fifo/hint.ts';
import { isShut, readGate } from '../../shared/gate/gate.ts';
import { guestsTable } from '../../shared/guest/guests-table.ts';
import { httpClient } from '../../shared/http/http-client.ts';
import type { Log } from '../../shared/observability/logger.ts';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { bulkNotes } from '../../shared/records/bulk-notes.ts';
import type { SecretReader } from '../../shared/secrets/held-secret.ts';
import { entryFor, perCompany } from '../../shared/secrets/secrets.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import { actsOfSinks } from '../../shared/sink/acts-of-sinks.ts';
import { bringInBulk } from './bulk/bring-in-bulk.ts';
import { replaceSinkRow } from './bulk/sink-rows.ts';
import type { BulkSinks } from './bulk-sinks.ts';

/** Milliseconds for one exchange: a vendor works long on a call that holds hundreds of bookings. */
const SALESFORCE_MS = 90_000;
const MAILCHIMP_MS = 60_000;

/** The secrets of the two vendors, as a stage's functions read them. */
export const salesforceSecretSchema = perCompany(credentialsSchema);
export { mailchimpSecretSchema };

export interface StageBulkDeps {
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly tables: Readonly<Record<'bookings' | 'guests' | 'operations' | 'decisions', string>>;
  /** A sink's queue. */
  readonly queueUrl: (queue: string) => Promise<string>;
  readonly salesforce: SecretReader<ReturnType<typeof salesforceSecretSchema.parse>>;
  readonly mailchimp: SecretReader<ReturnType<typeof mailchimpSecretSchema.parse>>;
  readonly settings: Settings;
  readonly log: Log;
  readonly now: () => Date;
}

/** The bulk writes of a stage, with the clients that its functions use and the session they share. */
export function stageBulk(deps: StageBulkDeps): BulkSinks {
  const { dynamo, sqs, tables, settings, log, now } = deps;
  const salesforce = salesforceClient({
    credentialsOf: async (company) => entryFor(await deps.salesforce(), company),
    sessions: sessionsTable(dynamo, tables.operations, now),
    timeoutMs: SALESFORCE_MS,
    now,
  });
  // Many calls, each with its own timeout; what they take together is nobody's to wait for.
  const audienceOf = audiences(deps.mailchimp, httpClient('mailchimp', MAILCHIMP_MS), Number.POSITIVE_INFINITY);
  return bringInBulk({
    bookings: bookingsTable(dynamo, tables.bookings, now),
    notes: bulkNotes(dynamo, tables.bookings, now),
    guests: guestsTable(dynamo, tables.guests),
    replaceSinkRow: replaceSinkRow(dynamo, tables.guests),
    sinks: [salesforceBulk(salesforce), mailchimpBulk({ audienceOf, now })],
    acts: actsOfSinks(dynamo, tables, { log, now }),
    settings,
    hint: async (sink, hint) => await sendHint(sqs, await deps.queueUrl(sink), hint),
    async mayGoOn(sink, company) {
      const at = now().getTime();
      if (isShut(await readGate(dynamo, tables.operations, sink), sink, company, at)) return false;
      const rule = settings.companies[company]?.salesforce.dayLimit;
      if (sink !== 'crm' || rule === undefined) return true;
      return mayGoOn('background', await salesforce.dayUsage(company), rule, at);
    },
    log,
    now,
    wait: (milliseconds) => wait(milliseconds),
  });
}
