import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { SinkName } from '../../records/booking-record.ts';
import { toItem } from '../../records/dynamo.ts';
import { GATE_KIND, gateId } from '../gate-items.ts';

/** A time in which a sink's writes are not compared with the usual: what has waited arrives all at once. */
export const allowanceSchema = z.object({
  sink: z.string().min(1),
  until: z.iso.datetime(),
});
export type Allowance = z.infer<typeof allowanceSchema>;

const ALLOWED_MS = 3_600_000;

/** Lets a sink write as much as it has to for an hour. Whoever resumes one, or has much written again, grants it. */
export async function grantAllowance(client: DynamoDBClient, table: string, sink: SinkName, now: Date): Promise<void> {
  const until = new Date(now.getTime() + ALLOWED_MS);
  const item = {
    kind: GATE_KIND,
    id: gateId(sink, 'allowance'),
    allowance: { sink, until: until.toISOString() },
    expiresAt: Math.ceil(until.getTime() / 1000),
  };
  await client.send(new PutItemCommand({ TableName: table, Item: toItem(item) }));
}
