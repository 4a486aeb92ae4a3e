import { DeleteItemCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PAUSE_KIND, type Pause } from '../../shared/pause/pauses.ts';
import { toAttribute, toItem } from '../../shared/records/dynamo.ts';

/** Pauses a sink, or says anew by whom and why; its consumers see it within a minute. */
export async function writePause(client: DynamoDBClient, table: string, pause: Pause): Promise<void> {
  await client.send(new PutItemCommand({ TableName: table, Item: toItem({ kind: PAUSE_KIND, ...pause }) }));
}

/** Lets a sink go on. @returns whether it was paused. */
export async function removePause(client: DynamoDBClient, table: string, sink: string): Promise<boolean> {
  const key = { kind: toAttribute(PAUSE_KIND), id: toAttribute(sink) };
  const { Attributes } = await client.send(
    new DeleteItemCommand({ TableName: table, Key: key, ReturnValues: 'ALL_OLD' }),
  );
  return Attributes !== undefined;
}
