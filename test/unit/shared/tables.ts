import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDb } from '../../../infra/local/dynamodb.ts';
import { createDynamoDb } from '../../../infra/local/tables.ts';

/** A real engine with no tables in it, and a client of it. */
export async function openDynamoDb(): Promise<{ readonly dynamo: DynamoDBClient; close(): Promise<void> }> {
  const engine = await startDynamoDb(undefined);
  const dynamo = createDynamoDb(engine.url);
  return {
    dynamo,
    close: async () => {
      dynamo.destroy();
      await engine.stop();
    },
  };
}

/** @param keys the partition key and, where there is one, the sort key: texts both. */
export async function createTable(dynamo: DynamoDBClient, name: string, keys: readonly string[]): Promise<void> {
  await dynamo.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    }),
  );
}
