import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { bookingsTable } from '../../shared/records/bookings-table.ts';
import { commit } from './commit.ts';
import type { readConfig } from './config.ts';
import type { WebhookDeps } from './consume-webhooks.ts';
import { identitiesTable } from './guest-identity.ts';
import { guestLedger } from './guest-ledger.ts';
import { noteItem } from './items.ts';
import { quarantine } from './quarantine.ts';
import { strangers } from './truth/strangers-limit.ts';
import { verifications } from './truth/verifications.ts';

type Tables = Omit<ReturnType<typeof readConfig>['tables'], 'decisions'>;
type OnTables =
  | 'bookings'
  | 'guests'
  | 'identities'
  | 'commit'
  | 'quarantine'
  | 'noteItem'
  | 'verifications'
  | 'strangers';

/** All that enrichment reads and writes in DynamoDB. */
export function onTables(dynamo: DynamoDBClient, tables: Tables, now: () => Date): Pick<WebhookDeps, OnTables> {
  return {
    bookings: bookingsTable(dynamo, tables.bookings, now),
    guests: guestLedger(dynamo, tables.guests),
    identities: identitiesTable(dynamo, tables.guests),
    commit: commit(dynamo, tables),
    quarantine: quarantine(dynamo, tables.operations),
    noteItem: noteItem(dynamo, tables.operations),
    verifications: verifications(dynamo, tables.operations, now),
    strangers: strangers(dynamo, tables.operations, now),
  };
}
