import { createTable, openDynamoDb } from './tables.ts';

/** A local DynamoDB with these tables, given by their keys, and what its client was asked, command by command. */
export async function countedEngine(tables: Readonly<Record<string, string[]>>) {
  const engine = await openDynamoDb();
  for (const [name, keys] of Object.entries(tables)) await createTable(engine.dynamo, name, keys);
  const calls: string[] = [];
  engine.dynamo.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        calls.push(String(commandName).replace('Command', ''));
        return next(args);
      },
    { step: 'initialize' },
  );
  return { ...engine, calls };
}
export type CountedEngine = Awaited<ReturnType<typeof countedEngine>>;
