import {
  type AttributeValue,
  type BatchGetItemCommandInput,
  ConditionalCheckFailedException,
  type DeleteItemCommandInput,
  DynamoDBServiceException,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  ResourceNotFoundException,
  TransactionCanceledException,
  type TransactWriteItem,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { holds, Invalid, type Item, type Placeholders, updated } from './evaluate.ts';
import { type Action, type Condition, parseCondition, parseUpdate } from './expression.ts';

/** Names of the key attributes, all of them strings: the partition's, and where there is one the sort key's. */
export type Keys = readonly [string, string?];

export interface TableShape {
  readonly keys: Keys;
  readonly indexes?: Readonly<Record<string, Keys>>;
}

/** What every write may carry. */
interface Conditional {
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

/** A write that was looked at and not yet done. */
interface Planned {
  readonly table: Table;
  readonly id: string;
  readonly before: Item | undefined;
  /** None for a deletion. */
  readonly after: Item | undefined;
  /** Why it is not to be done, by DynamoDB's name for it. */
  readonly refusal?: 'ConditionalCheckFailed' | 'ValidationError';
}

interface Table {
  readonly shape: TableShape;
  readonly items: Map<string, Item>;
}

const $metadata = {};
const conditions = new Map<string, Condition>();
const updates = new Map<string, Action[]>();

/**
 * Tables of DynamoDB in this process's memory: the operations and expressions that this project uses, and no others.
 * Every expression it does not know is refused. Whether it does as DynamoDB does is held against a real engine by a
 * test of its own.
 */
export class Tables {
  readonly #tables: ReadonlyMap<string, Table>;

  constructor(shapes: Readonly<Record<string, TableShape>>) {
    this.#tables = new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape, items: new Map() }]));
  }

  get({ TableName, Key }: GetItemCommandInput) {
    const table = this.#table(TableName);
    const found = table.items.get(idOf(table, Key));
    return { $metadata, ...(found && { Item: { ...found } }) };
  }

  /** All that is asked for at once, in no order that anybody may count on. */
  batchGet({ RequestItems = {} }: BatchGetItemCommandInput) {
    const found = Object.entries(RequestItems).map(([TableName, { Keys = [] }]): [string, Item[]] => {
      const table = this.#table(TableName);
      const ids = Keys.map((Key) => idOf(table, Key));
      if (new Set(ids).size < ids.length) throw invalid('a batch cannot ask for one item twice');
      return [TableName, ids.map((id) => table.items.get(id)).filter((item) => item !== undefined)];
    });
    return { $metadata, Responses: Object.fromEntries(found), UnprocessedKeys: {} };
  }

  put(input: PutItemCommandInput) {
    const { before } = done(this.#planPut(input), input.ReturnValuesOnConditionCheckFailure);
    return { $metadata, ...(input.ReturnValues === 'ALL_OLD' && before && { Attributes: { ...before } }) };
  }

  delete(input: DeleteItemCommandInput) {
    const { before } = done(this.#planDelete(input), input.ReturnValuesOnConditionCheckFailure);
    return { $metadata, ...(input.ReturnValues === 'ALL_OLD' && before && { Attributes: { ...before } }) };
  }

  update(input: UpdateItemCommandInput) {
    const { before, after } = done(this.#planUpdate(input), input.ReturnValuesOnConditionCheckFailure);
    const shown = { ALL_NEW: after, ALL_OLD: before }[String(input.ReturnValues)];
    return { $metadata, ...(shown && { Attributes: { ...shown } }) };
  }

  /** All writes or none. */
  transact(items: readonly TransactWriteItem[]) {
    const planned = items.map(({ Put, Update, Delete }) => {
      if (Put) return this.#planPut(Put);
      if (Update) return this.#planUpdate(Update);
      if (Delete) return this.#planDelete(Delete);
      throw invalid('a transaction of this engine puts, updates or deletes');
    });
    const twice = planned.some(({ table, id }, index) =>
      planned.slice(index + 1).some((other) => other.table === table && other.id === id),
    );
    if (twice) throw invalid('a transaction cannot write one item twice');
    if (planned.some(({ refusal }) => refusal !== undefined)) throw canceled(planned);
    for (const one of planned) write(one);
    return { $metadata };
  }

  /** The partition's items, or of an index those that have its keys, in the order of the sort key. */
  query(input: QueryCommandInput) {
    const table = this.#table(input.TableName);
    const keys = input.IndexName === undefined ? table.shape.keys : table.shape.indexes?.[input.IndexName];
    if (keys === undefined) throw invalid(`there is no index ${input.IndexName}`);
    if (input.FilterExpression !== undefined || input.ExclusiveStartKey !== undefined) {
      throw invalid('this engine gives items as they are, the first ones only');
    }
    const refusalOf = checking({ ...input, ConditionExpression: input.KeyConditionExpression });
    const found = [...table.items.values()].filter((item) => keys.every((key) => key === undefined || item[key]));
    const Items = found
      .filter((item) => refusalOf(item).refusal === undefined)
      .sort((a, b) => compareText(textAt(a, keys[1]), textAt(b, keys[1])))
      .map((item) => ({ ...item }));
    if (input.ScanIndexForward === false) Items.reverse();
    const { Limit = Number.POSITIVE_INFINITY } = input;
    const last = Items.length >= Limit ? Items[Limit - 1] : undefined;
    Items.splice(Limit);
    const LastEvaluatedKey = last && keyOf(last, [...table.shape.keys, ...keys]);
    return {
      $metadata,
      Items,
      Count: Items.length,
      ScannedCount: Items.length,
      ...(LastEvaluatedKey && { LastEvaluatedKey }),
    };
  }

  #table(name: string | undefined): Table {
    const table = this.#tables.get(name ?? '');
    if (table === undefined) throw new ResourceNotFoundException({ message: `no table ${name}`, $metadata });
    return table;
  }

  #planPut(
    input: Conditional & { TableName: string | undefined; Item: Record<string, AttributeValue> | undefined },
  ): Planned {
    const table = this.#table(input.TableName);
    const id = idOf(table, input.Item);
    const before = table.items.get(id);
    return { table, id, before, after: { ...input.Item }, ...checking(input)(before ?? {}) };
  }

  #planDelete(
    input: Conditional & { TableName: string | undefined; Key: Record<string, AttributeValue> | undefined },
  ): Planned {
    const table = this.#table(input.TableName);
    const id = idOf(table, input.Key);
    const before = table.items.get(id);
    return { table, id, before, after: undefined, ...checking(input)(before ?? {}) };
  }

  #planUpdate(
    input: Conditional & {
      TableName: string | undefined;
      Key: Record<string, AttributeValue> | undefined;
      UpdateExpression?: string | undefined;
    },
  ): Planned {
    const table = this.#table(input.TableName);
    const id = idOf(table, input.Key);
    const before = table.items.get(id);
    const refused = checking(input, input.UpdateExpression)(before ?? {});
    if (refused.refusal !== undefined) return { table, id, before, after: before, ...refused };
    const actions = cached(updates, input.UpdateExpression ?? '', parseUpdate);
    try {
      return { table, id, before, after: updated(before ?? { ...input.Key }, actions, placeholdersOf(input)) };
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return { table, id, before, after: before, refusal: 'ValidationError' };
    }
  }
}

type Refusal = Pick<Planned, 'refusal'>;

/** Gives what tells whether the condition refuses an item. @throws ValidationException for placeholders that do not fit. */
function checking(input: Conditional, otherText = ''): (item: Item) => Refusal {
  const placeholders = placeholdersOf(input);
  const { ConditionExpression: text } = input;
  const used = new Set(`${text ?? ''} ${otherText}`.match(/[#:]\w+/g));
  const given = new Set([...Object.keys(placeholders.names), ...Object.keys(placeholders.values)]);
  const wrong = [...used.symmetricDifference(given)][0];
  if (wrong !== undefined) throw invalid(`${wrong} is not used, or not defined`);
  if (text === undefined) return () => ({});
  const condition = cached(conditions, text, parseCondition);
  return (item) => (holds(condition, item, placeholders) ? {} : { refusal: 'ConditionalCheckFailed' });
}

function placeholdersOf({ ExpressionAttributeNames, ExpressionAttributeValues }: Conditional): Placeholders {
  return { names: ExpressionAttributeNames ?? {}, values: ExpressionAttributeValues ?? {} };
}

function cached<Parsed>(known: Map<string, Parsed>, text: string, parse: (text: string) => Parsed): Parsed {
  try {
    const parsed = known.get(text) ?? parse(text);
    known.set(text, parsed);
    return parsed;
  } catch (error) {
    throw invalid(String(error));
  }
}

function done(planned: Planned, onFailure: string | undefined): Planned {
  const { refusal, before } = planned;
  if (refusal === 'ValidationError') throw invalid('the expression does not fit the item');
  if (refusal === 'ConditionalCheckFailed') {
    const Item = onFailure === 'ALL_OLD' && before ? { Item: { ...before } } : {};
    throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata, ...Item });
  }
  write(planned);
  return planned;
}

function write({ table, id, after }: Planned): void {
  if (after === undefined) table.items.delete(id);
  else table.items.set(id, after);
}

function canceled(planned: readonly Planned[]): Error {
  const CancellationReasons = planned.map(({ refusal = 'None' }) => ({ Code: refusal }));
  return new TransactionCanceledException({ message: 'Transaction cancelled', $metadata, CancellationReasons });
}

function invalid(message: string): Error {
  return new DynamoDBServiceException({ name: 'ValidationException', $fault: 'client', message, $metadata });
}

function idOf({ shape }: Table, values: Item | undefined): string {
  return shape.keys
    .flatMap((key) => (key === undefined ? [] : [textAt(values, key)]))
    .map((text) => JSON.stringify(text))
    .join();
}

function keyOf(item: Item, names: readonly (string | undefined)[]): Item {
  return Object.fromEntries(
    names.flatMap((name) => (name !== undefined && item[name] !== undefined ? [[name, item[name]]] : [])),
  );
}

function textAt(item: Item | undefined, name: string | undefined): string {
  if (name === undefined) return '';
  const text = item?.[name]?.S;
  if (text === undefined) throw invalid(`the key ${name} is missing, or no text`);
  return text;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
