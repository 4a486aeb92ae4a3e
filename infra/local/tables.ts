import {
  CreateTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { LOCAL_REGION } from './intrinsics.ts';
import type { LocalTable } from './template.ts';

/** A client of the local DynamoDB, for making the tables and for looking into them. */
export function createDynamoDb(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: 'local' };
  return new DynamoDBClient({ endpoint, region: LOCAL_REGION, credentials });
}

/** Creates the template's tables with their indexes and time to live (which the local engines accept, but do not act on). */
export async function createTables(client: DynamoDBClient, tables: readonly LocalTable[]): Promise<void> {
  await Promise.all(tables.map((table) => createTable(client, table)));
}

async function createTable(client: DynamoDBClient, { name, definition, ttlAttribute }: LocalTable): Promise<void> {
  const indexes = definition.GlobalSecondaryIndexes?.map((index): GlobalSecondaryIndex => {
    const { ProjectionType, NonKeyAttributes } = index.Projection;
    return {
      IndexName: index.IndexName,
      KeySchema: index.KeySchema,
      Projection: { ProjectionType, ...(NonKeyAttributes && { NonKeyAttributes }) },
    };
  });
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: definition.KeySchema,
      AttributeDefinitions: definition.AttributeDefinitions,
      ...(indexes && { GlobalSecondaryIndexes: indexes }),
    }),
  );
  if (ttlAttribute === undefined) return;
  const TimeToLiveSpecification = { AttributeName: ttlAttribute, Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
}
