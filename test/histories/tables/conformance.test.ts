import {
  CreateTableCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  PutItemCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningDynamoDb, startDynamoDb } from '../../../infra/local/dynamodb.ts';
import { toAttribute, toItem } from '../../../shared/records/dynamo.ts';
import { clientOf } from './client.ts';
import { command, KEYS, WAITING } from './commands.ts';
import { Tables } from './tables.ts';

/*
 * The tables in memory beside a real engine: whatever is asked of both, both must answer and hold the same.
 */

const local = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

let engine: RunningDynamoDb;
let real: DynamoDBClient;
let tables = 0;
beforeAll(async () => {
  engine = await startDynamoDb(undefined);
  real = new DynamoDBClient({ ...local, endpoint: engine.url, maxAttempts: 1 });
});
afterAll(async () => {
  real.destroy();
  await engine.stop();
});

async function createTable(TableName: string): Promise<void> {
  const schema = ([hash, range]: readonly [string, string]) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  await real.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...KEYS, ...WAITING].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: schema(KEYS),
      GlobalSecondaryIndexes: [
        { IndexName: 'waiting', KeySchema: schema(WAITING), Projection: { ProjectionType: 'ALL' } },
      ],
    }),
  );
}

/** What came of a command, without what only says how it went over the network. */
async function outcome(run: () => Promise<object>): Promise<unknown> {
  try {
    const { $metadata: _, ...rest } = { $metadata: {}, ...(await run()) };
    return rest;
  } catch (error) {
    if (!(error instanceof DynamoDBServiceException)) throw error;
    const reasons = error instanceof TransactionCanceledException ? error.CancellationReasons : undefined;
    const found = 'Item' in error ? { item: error.Item } : {};
    return { refused: error.name, reasons: reasons?.map(({ Code }) => Code), ...found };
  }
}

it('the tables of histories answer and hold what a real engine does', { timeout: 60_000 }, async () => {
  const property = fc.asyncProperty(
    fc.array(command, { minLength: 1, maxLength: 25, size: 'max' }),
    async (commands) => {
      tables += 1;
      const TableName = `things-${tables}`;
      await createTable(TableName);
      const memory = clientOf(new Tables({ [TableName]: { keys: KEYS, indexes: { waiting: WAITING } } }));
      for (const { what, run } of commands) {
        const [expected, actual] = [
          await outcome(() => run(real, TableName)),
          await outcome(() => run(memory, TableName)),
        ];
        expect(actual, what).toEqual(expected);
      }
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

it.each([
  { ConditionExpression: 'rev = :nothing' },
  { ConditionExpression: 'attribute_exists(rev)', ExpressionAttributeNames: { '#unused': 'rev' } },
  { ConditionExpression: 'rev IN (:one)', ExpressionAttributeValues: { ':one': toAttribute(1) } },
])('refuse what they cannot make sense of: %j', async (input) => {
  const memory = clientOf(new Tables({ things: { keys: KEYS } }));
  const Item = toItem({ group: 'g', id: 'one', rev: 1 });
  const put = memory.send(new PutItemCommand({ TableName: 'things', Item, ...input }));
  await expect(put).rejects.toMatchObject({ name: 'ValidationException' });
});
