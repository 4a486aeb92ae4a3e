import {
  type BatchGetItemCommandInput,
  type DeleteItemCommandInput,
  DynamoDBClient,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  type TransactWriteItemsCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Tables } from './tables.ts';

interface Inputs {
  readonly BatchGetItemCommand: BatchGetItemCommandInput;
  readonly GetItemCommand: GetItemCommandInput;
  readonly PutItemCommand: PutItemCommandInput;
  readonly UpdateItemCommand: UpdateItemCommandInput;
  readonly DeleteItemCommand: DeleteItemCommandInput;
  readonly QueryCommand: QueryCommandInput;
  readonly TransactWriteItemsCommand: TransactWriteItemsCommandInput;
}

/** A command's name tells what it carries. */
function carries<Name extends keyof Inputs>(wanted: Name, name: unknown, _input: object): _input is Inputs[Name] {
  return name === wanted;
}

/**
 * The real client, whose commands are answered by these tables instead of over a network.
 * @param slowly does a command's work after the time it takes.
 */
export function clientOf(
  tables: Tables,
  slowly: <Result>(work: () => Promise<Result>) => Promise<Result> = (work) => work(),
): DynamoDBClient {
  const client = new DynamoDBClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    (_next, { commandName }) =>
      ({ input }) =>
        slowly(async () => ({ output: answer(tables, commandName, input), response: {} })),
    { step: 'initialize', priority: 'high' },
  );
  return client;
}

function answer(tables: Tables, name: unknown, input: object) {
  if (carries('GetItemCommand', name, input)) return tables.get(input);
  if (carries('BatchGetItemCommand', name, input)) return tables.batchGet(input);
  if (carries('PutItemCommand', name, input)) return tables.put(input);
  if (carries('UpdateItemCommand', name, input)) return tables.update(input);
  if (carries('DeleteItemCommand', name, input)) return tables.delete(input);
  if (carries('QueryCommand', name, input)) return tables.query(input);
  if (carries('TransactWriteItemsCommand', name, input)) return tables.transact(input.TransactItems ?? []);
  throw new Error(`the tables of histories know no ${String(name)}`);
}
