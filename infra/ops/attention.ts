import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isBehind, isParked } from '../../shared/records/attention.ts';
import { listAttentionEntries } from '../../shared/records/attention-index.ts';
import type { Attention } from '../../shared/records/booking-record.ts';
import { withProgress } from '../../shared/records/read-progress.ts';

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
  const entries = await withProgress(client, table, await listAttentionEntries(client, table, attention));
  return entries.flatMap(({ uuid, company, version, changedAt: since, sync }) =>
    Object.entries(sync)
      .filter(([, state]) => isBehind(version, state) || isParked(version, state))
      .map(([sink, { version: holds, code, reason, remedy }]) => {
        return { uuid, company, version, sink, holds, since, code, reason, remedy };
      }),
  );
}
