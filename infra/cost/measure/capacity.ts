import * as z from 'zod';

/** DynamoDB's units by table: a read unit is 4 KB read consistently, a write unit 1 KB written (indexes included). */
export type Units = Readonly<Record<string, { readonly reads: number; readonly writes: number }>>;

const consumed = z.looseObject({ TableName: z.string(), CapacityUnits: z.number() });
const answerSchema = z.looseObject({ ConsumedCapacity: z.union([consumed, z.array(consumed)]).optional() });
const singleSchema = z.looseObject({ TableName: z.string() });
const transactionSchema = z.looseObject({
  TransactItems: z.array(z.record(z.string(), z.looseObject({ TableName: z.string() }))),
});

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);
const WRITE_UNIT_BYTES = 1024;

/** `DynamoDB_20120810.GetItem` → `GetItem`. */
export const actionOf = (target: string): string => target.slice(target.indexOf('.') + 1);

/** Has DynamoDB say what a call took: it knows the sizes of items that the call does not show. */
export function askForUnits(body: string): string {
  const request: unknown = JSON.parse(body);
  return JSON.stringify({ ...z.looseObject({}).parse(request), ReturnConsumedCapacity: 'INDEXES' });
}

/**
 * What a call to DynamoDB took. A refused condition is charged as the write would have been, but no answer says so: it
 * counts by the size of what was sent, twice as much in a transaction.
 */
export function unitsOf(target: string, requestBody: string, status: number, responseBody: string): Units {
  const action = actionOf(target);
  if (status !== 200) return refusedUnits(action, requestBody, responseBody);
  const { ConsumedCapacity } = answerSchema.parse(JSON.parse(responseBody));
  if (ConsumedCapacity === undefined) return {};
  const entries = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : [ConsumedCapacity];
  const isRead = READS.has(action);
  return Object.fromEntries(
    entries.map(({ TableName, CapacityUnits }) => [
      TableName,
      isRead ? { reads: CapacityUnits, writes: 0 } : { reads: 0, writes: CapacityUnits },
    ]),
  );
}

function refusedUnits(action: string, requestBody: string, responseBody: string): Units {
  if (!/ConditionalCheckFailed|TransactionCanceled/.test(responseBody)) return {};
  const request: unknown = JSON.parse(requestBody);
  if (action !== 'TransactWriteItems') {
    return { [singleSchema.parse(request).TableName]: { reads: 0, writes: sizeUnits(request) } };
  }
  const units: Record<string, { reads: number; writes: number }> = {};
  for (const item of transactionSchema.parse(request).TransactItems) {
    for (const part of Object.values(item)) {
      const before = units[part.TableName]?.writes ?? 0;
      units[part.TableName] = { reads: 0, writes: before + 2 * sizeUnits(part) };
    }
  }
  return units;
}

const sizeUnits = (part: unknown): number => Math.ceil(Buffer.byteLength(JSON.stringify(part)) / WRITE_UNIT_BYTES);
