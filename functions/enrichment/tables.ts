import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { bookingUuidSchema } from '../../shared/booking/booking.ts';
import { bookingsAhead } from '../../shared/records/bookings-ahead.ts';
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

/**
 * All that enrichment reads and writes in DynamoDB. `expect` is told of each batch: its records are read in one call. A
 * booking's messages are worked on one after the other, by nobody else, and a version is written on condition that it
 * follows the one that was read.
 */
export function onTables(
  dynamo: DynamoDBClient,
  tables: Tables,
  now: () => Date,
): Pick<WebhookDeps, OnTables> & { readonly expect: (batch: readonly SQSRecord[]) => void } {
  const whole = bookingsTable(dynamo, tables.bookings, now);
  const ahead = bookingsAhead(dynamo, tables.bookings, whole);
  const write = commit(dynamo, tables);
  return {
    expect: (batch) => ahead.expect(batch.flatMap(({ attributes }) => uuidOf(attributes.MessageGroupId))),
    bookings: { read: ahead.read },
    guests: guestLedger(dynamo, tables.guests),
    identities: identitiesTable(dynamo, tables.guests),
    commit: async (next, ...rest) => {
      ahead.forget(next.uuid);
      await write(next, ...rest);
    },
    quarantine: quarantine(dynamo, tables.operations),
    noteItem: noteItem(dynamo, tables.operations),
    verifications: verifications(dynamo, tables.operations, now),
    strangers: strangers(dynamo, tables.operations, now),
  };
}

/** Messages about a booking are ordered by its uuid. */
function uuidOf(group: string | undefined): string[] {
  const uuid = bookingUuidSchema.safeParse(group);
  return uuid.success ? [uuid.data] : [];
}
