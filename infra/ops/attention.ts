import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Attention } from '../../shared/records/attention.ts';
import { syncStateSchema } from '../../shared/records/booking-record.ts';

const entrySchema = z.object({
  uuid: z.string(),
  company: z.string(),
  version: z.int(),
  changedAt: z.string(),
  sync: z.record(z.string(), syncStateSchema),
});

/** One destination that is behind a booking's newest version. */
export interface Behind {
  readonly uuid: string;
  readonly company: string;
  readonly version: number;
  readonly sink: string;
  /** The version the destination holds, 0 for none. */
  readonly holds: number;
  /** When the booking's newest version was written. */
  readonly since: string;
  /** Set when the destination refused it for good. */
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  readonly remedy?: string | undefined;
}

/** The bookings that stand in the index for this reason, oldest first, one entry for each destination behind. */
export async function listAttention(client: DynamoDBClient, table: string, attention: Attention): Promise<Behind[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      IndexName: 'attention',
      KeyConditionExpression: 'attention = :attention',
      ExpressionAttributeValues: { ':attention': { S: attention } },
    },
  );
  const behind: Behind[] = [];
  for await (const { Items } of pages) {
    for (const item of Items ?? []) {
      const { uuid, company, version, changedAt, sync } = entrySchema.parse(unmarshall(item));
      for (const [sink, { version: holds, code, reason, remedy }] of Object.entries(sync)) {
        if (holds < version)
          behind.push({ uuid, company, version, sink, holds, since: changedAt, code, reason, remedy });
      }
    }
  }
  return behind;
}
