import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  type KeysAndAttributes,
} from '@aws-sdk/client-dynamodb';
import { RetryableError } from '../errors/errors.ts';

/** DynamoDB may leave some of a batch out when it is busy. */
const BATCH_TRIES = 4;

/**
 * Items of one table by their keys, 100 at most; what is not there is left out.
 * @param how as they are now (consistent) and whole, unless it says otherwise.
 * @throws RetryableError when DynamoDB is too busy to give all of them.
 */
export async function readMany(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly Record<string, AttributeValue>[],
  how: Omit<KeysAndAttributes, 'Keys'> = { ConsistentRead: true },
): Promise<Record<string, AttributeValue>[]> {
  const found: Record<string, AttributeValue>[] = [];
  let Keys = [...keys];
  for (let tries = 0; tries < BATCH_TRIES; tries += 1) {
    const RequestItems = { [tableName]: { ...how, Keys } };
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems }));
    found.push(...(Responses?.[tableName] ?? []));
    Keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
    if (Keys.length === 0) return found;
  }
  throw new RetryableError('tables.busy', 'DynamoDB gave only some of what was asked for', { waitSeconds: 1 });
}
