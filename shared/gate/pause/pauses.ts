import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { unlessRefused } from '../../aws/unless-refused.ts';
import { toItem } from '../../records/dynamo.ts';
import { GATE_KIND, gateId } from '../gate-items.ts';

/**
 * A destination that somebody has stopped, a person or the volume breaker: nothing is written there until a person lets
 * it go on.
 */
export const pauseSchema = z.object({
  /** The sink. */
  id: z.string().min(1),
  /** The one company it is about; all where none is named. */
  company: z.string().min(1).optional(),
  /** Who paused it, as they signed. */
  by: z.string(),
  since: z.iso.datetime(),
  reason: z.string(),
});
export type Pause = z.infer<typeof pauseSchema>;

/** The pause's item in the operations table; there is one for each sink, and for each company of a sink. */
function itemOf(pause: Pause) {
  return toItem({ kind: GATE_KIND, id: gateId(pause.id, 'pause', pause.company), pause });
}

/** Keeps a pause, in place of what was kept for that sink and company. */
export async function writePause(client: DynamoDBClient, table: string, pause: Pause): Promise<void> {
  await client.send(new PutItemCommand({ TableName: table, Item: itemOf(pause) }));
}

/** Keeps a pause where there is none for that sink and company. @returns whether it was kept. */
export async function pauseUnlessPaused(client: DynamoDBClient, table: string, pause: Pause): Promise<boolean> {
  const ConditionExpression = 'attribute_not_exists(kind)';
  const put = new PutItemCommand({ TableName: table, Item: itemOf(pause), ConditionExpression });
  return !(await unlessRefused(client.send(put))).refused;
}
