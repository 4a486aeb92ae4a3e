import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readGate } from '../../shared/gate/gate.ts';
import { GATE_KIND, gateId } from '../../shared/gate/gate-items.ts';
import { grantAllowance } from '../../shared/gate/volume/allowance.ts';
import { toAttribute } from '../../shared/records/dynamo.ts';

export { writePause } from '../../shared/gate/pause/pauses.ts';

/**
 * Lets a sink go on, for every company. What has waited is more than usual: for an hour nobody minds.
 * @returns whether it was paused.
 */
export async function removePause(client: DynamoDBClient, table: string, sink: string): Promise<boolean> {
  const { pauses } = await readGate(client, table, sink);
  if (pauses.length === 0) return false;
  // First, so that no write comes between that finds a pause gone and nothing in its place.
  await grantAllowance(client, table, sink, new Date());
  for (const { company } of pauses) {
    const key = { kind: toAttribute(GATE_KIND), id: toAttribute(gateId(sink, 'pause', company)) };
    await client.send(new DeleteItemCommand({ TableName: table, Key: key }));
  }
  return true;
}
