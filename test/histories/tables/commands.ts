import {
  BatchGetItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { toAttribute, toItem } from '../../../shared/records/dynamo.ts';

/** The keys of a table with an index, as the project's tables have them. */
export const KEYS = ['group', 'id'] as const;
export const WAITING = ['attention', 'at'] as const;

const id = fc.constantFrom('one', 'two');
const group = fc.constantFrom('g', 'h');
const key = fc.record({ group, id });
const version = fc.integer({ min: 0, max: 3 });
const state = fc.record({ version, state: fc.constantFrom('synced', 'parked') }, { requiredKeys: ['version'] });
const sync = fc.dictionary(fc.constantFrom('crm', 'marketing'), state, { maxKeys: 2 });
const attention = fc.constantFrom('lagging', 'parked');
const at = fc.constantFrom('2026-01-01', '2026-02-02', '2026-03-03');
const longAgo = fc.constant('2025-12-31');
const more = fc.record(
  { rev: version, sync, attention, at: fc.oneof(at, longAgo), notes: fc.array(version, { maxLength: 2 }) },
  { requiredKeys: [] },
);
const item = fc.tuple(key, more).map(([keys, rest]) => ({ ...keys, ...rest }));

/** A condition as the project writes it, with what fills its placeholders. */
interface Condition {
  readonly text: string;
  readonly names?: Record<string, string>;
  readonly values?: Record<string, object | string | number | null>;
}

const names = { '#sync': 'sync', '#sink': 'crm', '#version': 'version' };
const condition: fc.Arbitrary<Condition | undefined> = fc.option(
  fc.oneof(
    fc.constant<Condition>({ text: 'attribute_not_exists(#id)', names: { '#id': 'id' } }),
    fc.constant<Condition>({ text: 'attribute_exists(rev) OR NOT attribute_exists(attention)' }),
    version.map((seen): Condition => ({ text: 'rev = :seen', values: { ':seen': seen } })),
    version.map(
      (seen): Condition => ({ text: 'rev <> :seen AND (rev < :seen OR rev >= :seen)', values: { ':seen': seen } }),
    ),
    at.map((seen): Condition => ({ text: '#at <= :seen', names: { '#at': 'at' }, values: { ':seen': seen } })),
    version.map(
      (held): Condition => ({
        text: 'attribute_exists(#sync.#sink) AND #sync.#sink.#version <= :held',
        names,
        values: { ':held': held },
      }),
    ),
    fc.tuple(version, sync).map(
      ([seen, held]): Condition => ({
        text: '#rev = :seen AND #sync = :sync',
        names: { '#rev': 'rev', '#sync': 'sync' },
        values: { ':seen': seen, ':sync': held },
      }),
    ),
    version.map(
      (seen): Condition => ({
        text: '#sync.#sink.#version = :seen OR sync.marketing.version > :seen',
        names,
        values: { ':seen': seen },
      }),
    ),
    fc.constant<Condition>({ text: 'begins_with(attention, :start)', values: { ':start': 'lag' } }),
  ),
);

interface Update {
  readonly text: string;
  readonly names?: Record<string, string>;
  readonly values?: Record<string, object | string | number | null>;
}
const update: fc.Arbitrary<Update> = fc.oneof(
  fc.tuple(version, sync).map(
    ([next, held]): Update => ({
      text: 'SET #rev = :next, #sync = :held REMOVE attention',
      names: { '#rev': 'rev', '#sync': 'sync' },
      values: { ':next': next, ':held': held },
    }),
  ),
  state.map(
    (held): Update => ({
      text: 'SET #sync.#sink = :state',
      names: { '#sync': 'sync', '#sink': 'crm' },
      values: { ':state': held },
    }),
  ),
  version.map((next): Update => ({ text: 'SET #sync.#sink.#version = :next', names, values: { ':next': next } })),
  fc.constant<Update>({ text: 'REMOVE rev, #sync', names: { '#sync': 'sync' } }),
  fc.constant<Update>({ text: 'REMOVE attention' }),
  attention.map(
    (wanted): Update => ({
      text: 'SET attention = :wanted, #at = if_not_exists(#at, :now)',
      names: { '#at': 'at' },
      values: { ':wanted': wanted, ':now': '2026-02-02' },
    }),
  ),
  version.map((by): Update => ({ text: 'ADD rev :by', values: { ':by': by } })),
  version.map((by): Update => ({ text: 'SET rev = rev + :by', values: { ':by': by } })),
  version.map((note): Update => ({ text: 'SET notes = list_append(notes, :note)', values: { ':note': [note] } })),
  fc.constant<Update>({ text: 'SET rev = sync' }),
);

const onFailure = fc.constantFrom('ALL_OLD' as const, 'NONE' as const);
const shown = fc.boolean();

function placeholders(...parts: readonly (Condition | Update | undefined)[]) {
  const allNames = Object.assign({}, ...parts.map((part) => part?.names));
  const allValues = Object.assign({}, ...parts.map((part) => part?.values));
  const values = Object.entries<object | string | number>(allValues).map(([name, value]) => [name, toAttribute(value)]);
  return {
    ...(Object.keys(allNames).length > 0 && { ExpressionAttributeNames: allNames }),
    ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
  };
}

/** The condition's own placeholders get names that the update has not. */
function apart(given: Condition | undefined): Condition | undefined {
  if (given?.values === undefined) return given;
  const values = Object.entries(given.values).map(([name, value]) => [name.replace(':', ':if'), value]);
  return { ...given, text: given.text.replaceAll(':', ':if'), values: Object.fromEntries(values) };
}

const conditioned = (given: Condition | undefined) => given && { ConditionExpression: given.text };

const written: fc.Arbitrary<TransactWriteItem> = fc.oneof(
  fc.tuple(item, condition).map(([Item, when]) => ({
    Put: { TableName: 'things', Item: toItem(Item), ...conditioned(when), ...placeholders(when) },
  })),
  fc.tuple(key, condition).map(([Key, when]) => ({
    Delete: { TableName: 'things', Key: toItem(Key), ...conditioned(when), ...placeholders(when) },
  })),
  fc.tuple(key, update, condition.map(apart)).map(([Key, how, when]) => ({
    Update: {
      TableName: 'things',
      Key: toItem(Key),
      UpdateExpression: how.text,
      ...conditioned(when),
      ...placeholders(how, when),
    },
  })),
);

type Command = (client: DynamoDBClient, TableName: string) => Promise<object>;
const named = ({ Put, Delete, Update }: TransactWriteItem, TableName: string): TransactWriteItem => ({
  ...(Put && { Put: { ...Put, TableName } }),
  ...(Delete && { Delete: { ...Delete, TableName } }),
  ...(Update && { Update: { ...Update, TableName } }),
});

interface Asked {
  readonly what: string;
  readonly run: Command;
}
/** Something asked of a table: the project's own expressions, and others of the same making. */
export const command: fc.Arbitrary<Asked> = fc.oneof(
  key.map(
    (Key): Asked => ({
      what: `get ${JSON.stringify(Key)}`,
      run: (client, TableName) =>
        client.send(new GetItemCommand({ TableName, Key: toItem(Key), ConsistentRead: true })),
    }),
  ),
  fc.tuple(written, onFailure, shown).map(
    ([one, ReturnValuesOnConditionCheckFailure, shows]): Asked => ({
      what: `${JSON.stringify(one)} ${shows} ${ReturnValuesOnConditionCheckFailure}`,
      run: (client, TableName) => {
        const { Put, Update, Delete } = named(one, TableName);
        const ReturnValues = shows ? 'ALL_OLD' : 'NONE';
        if (Put) return client.send(new PutItemCommand({ ...Put, ReturnValues, ReturnValuesOnConditionCheckFailure }));
        if (Delete)
          return client.send(new DeleteItemCommand({ ...Delete, ReturnValues, ReturnValuesOnConditionCheckFailure }));
        if (Update?.Key === undefined) throw new Error('no such write');
        const { UpdateExpression, ...rest } = Update;
        return client.send(
          new UpdateItemCommand({
            ...rest,
            UpdateExpression,
            ReturnValues: shows ? 'ALL_NEW' : 'NONE',
            ReturnValuesOnConditionCheckFailure,
          }),
        );
      },
    }),
  ),
  fc.array(written, { minLength: 1, maxLength: 3 }).map(
    (writes): Asked => ({
      what: `transact ${JSON.stringify(writes)}`,
      run: (client, TableName) =>
        client.send(new TransactWriteItemsCommand({ TransactItems: writes.map((one) => named(one, TableName)) })),
    }),
  ),
  fc.uniqueArray(key, { minLength: 1, maxLength: 4, selector: ({ group: of, id: one }) => `${of} ${one}` }).map(
    (keys): Asked => ({
      what: `get ${JSON.stringify(keys)} at once`,
      async run(client, TableName) {
        const RequestItems = { [TableName]: { Keys: keys.map((Key) => toItem(Key)), ConsistentRead: true } };
        const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems }));
        // They come in any order.
        const items = Responses?.[TableName] ?? [];
        const nameOf = (found: (typeof items)[number]): string => `${found.group?.S} ${found.id?.S}`;
        return { items: items.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b))), UnprocessedKeys };
      },
    }),
  ),
  fc.tuple(group, fc.boolean(), fc.constantFrom('a', 'one', 'two'), fc.integer({ min: 1, max: 3 })).map(
    ([value, ScanIndexForward, from, Limit]): Asked => ({
      what: `query ${Limit} of ${value} from ${from}`,
      run: (client, TableName) =>
        client.send(
          new QueryCommand({
            TableName,
            ConsistentRead: true,
            ScanIndexForward,
            Limit,
            KeyConditionExpression: '#group = :group AND id BETWEEN :from AND :until',
            ExpressionAttributeNames: { '#group': 'group' },
            ExpressionAttributeValues: {
              ':group': toAttribute(value),
              ':from': toAttribute(from),
              ':until': toAttribute('~'),
            },
          }),
        ),
    }),
  ),
  fc.tuple(group, fc.boolean()).map(
    ([value, ScanIndexForward]): Asked => ({
      what: `query ${value}`,
      run: (client, TableName) =>
        client.send(
          new QueryCommand({
            TableName,
            ConsistentRead: true,
            ScanIndexForward,
            KeyConditionExpression: '#group = :group',
            ExpressionAttributeNames: { '#group': 'group' },
            ExpressionAttributeValues: { ':group': toAttribute(value) },
          }),
        ),
    }),
  ),
  fc.tuple(attention, at).map(
    ([value, until]): Asked => ({
      what: `query the index for ${value} until ${until}`,
      run: (client, TableName) =>
        client.send(
          new QueryCommand({
            TableName,
            IndexName: 'waiting',
            KeyConditionExpression: 'attention = :attention AND #at BETWEEN :from AND :until',
            ExpressionAttributeNames: { '#at': 'at' },
            ExpressionAttributeValues: {
              ':attention': toAttribute(value),
              ':from': toAttribute('2026-01-01'),
              ':until': toAttribute(until),
            },
          }),
        ),
    }),
  ),
);
