import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { startDynamoDb } from '../../infra/local/dynamodb.ts';
import { createDynamoDb, createTables } from '../../infra/local/tables.ts';

describe('the default DynamoDB engine', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  const start = async (): Promise<DynamoDBClient> => {
    const engine = await startDynamoDb(undefined);
    cleanups.push(() => engine.stop());
    const client = createDynamoDb(engine.url);
    cleanups.push(() => client.destroy());
    return client;
  };

  it('has the tables of the template, with index and time to live, and forgets them when it ends', async () => {
    const table = {
      name: 'bookings',
      ttlAttribute: 'expiresAt',
      definition: {
        KeySchema: [{ AttributeName: 'uuid', KeyType: 'HASH' as const }],
        AttributeDefinitions: [
          { AttributeName: 'uuid', AttributeType: 'S' as const },
          { AttributeName: 'attention', AttributeType: 'S' as const },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'attention',
            KeySchema: [{ AttributeName: 'attention', KeyType: 'HASH' as const }],
            Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: ['version'] },
          },
        ],
      },
    };
    const client = await start();
    await createTables(client, [table]);
    const Key = { uuid: { S: 'u1' } };
    await client.send(new PutItemCommand({ TableName: 'bookings', Item: { ...Key, version: { N: '1' } } }));
    const conditional = { TableName: 'bookings', Item: Key, ConditionExpression: 'attribute_not_exists(#key)' };
    await expect(
      client.send(new PutItemCommand({ ...conditional, ExpressionAttributeNames: { '#key': 'uuid' } })),
    ).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect((await client.send(new GetItemCommand({ TableName: 'bookings', Key }))).Item?.version).toEqual({ N: '1' });
    await expect(createTables(client, [table])).rejects.toMatchObject({ name: 'ResourceInUseException' });
    const another = await start();
    await expect(another.send(new GetItemCommand({ TableName: 'bookings', Key }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
