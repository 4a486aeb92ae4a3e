import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { Stack } from '../../infra/local/stack.ts';

type Item = Record<string, AttributeValue>;

/** What the tables held at one moment, by the table's name. */
export type Snapshot = ReadonlyMap<string, readonly Item[]>;

/** Reads everything that all tables hold now. */
export async function snapshot({ plan, dynamoDb }: Stack): Promise<Snapshot> {
  const held = plan.tables.map(async ({ name }) => [name, await itemsOf(dynamoDb, name)] as const);
  return new Map(await Promise.all(held));
}

/** Puts the tables back to that moment, as a restore to a point in time does: what came later is gone. */
export async function restore({ plan, dynamoDb }: Stack, before: Snapshot): Promise<void> {
  for (const { name, definition } of plan.tables) {
    const keys = definition.KeySchema.map(({ AttributeName }) => AttributeName);
    const keyOf = (item: Item): Item =>
      Object.fromEntries(Object.entries(item).filter(([attribute]) => keys.includes(attribute)));
    for (const item of await itemsOf(dynamoDb, name)) {
      await dynamoDb.send(new DeleteItemCommand({ TableName: name, Key: keyOf(item) }));
    }
    for (const Item of before.get(name) ?? []) await dynamoDb.send(new PutItemCommand({ TableName: name, Item }));
  }
}

async function itemsOf(dynamoDb: DynamoDBClient, TableName: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const { Items = [] } of paginateScan({ client: dynamoDb }, { TableName })) items.push(...Items);
  return items;
}
