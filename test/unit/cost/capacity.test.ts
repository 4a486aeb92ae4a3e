import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askForUnits, unitsOf } from '../../../infra/cost/measure/capacity.ts';
import { type CountingProxy, startCountingProxy, type WireCall } from '../../../infra/cost/measure/counting-proxy.ts';
import { itemBytes } from '../../../infra/cost/measure/item-bytes.ts';
import { type RunningDynamoDb, startDynamoDb } from '../../../infra/local/dynamodb.ts';

let engine: RunningDynamoDb;
let proxy: CountingProxy;
const calls: WireCall[] = [];

beforeAll(async () => {
  engine = await startDynamoDb(undefined);
  proxy = await startCountingProxy({
    upstream: () => engine.url,
    holdMs: 5,
    amend: askForUnits,
    onCall: (call) => calls.push(call),
  });
  await send('CreateTable', {
    TableName: 'items',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  });
});

afterAll(async () => {
  await proxy.close();
  await engine.stop();
});

const of = (letters: number) => ({ S: 'x'.repeat(letters) });

/** Sends a request as the client does, and tells what the proxy counted of it. */
async function send(action: string, body: object): Promise<WireCall> {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${action}`,
    'x-amz-date': '20260101T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00',
  };
  const response = await fetch(proxy.url, { method: 'POST', headers, body: JSON.stringify(body) });
  await response.arrayBuffer();
  const call = calls.at(-1);
  if (call === undefined || call.status !== response.status) throw new Error('the proxy did not count the call');
  return call;
}

async function units(action: string, body: object) {
  const { target, requestBody, status, responseBody } = await send(action, body);
  return unitsOf(target, requestBody, status, responseBody);
}

const put = (id: string, letters: number) => ({ TableName: 'items', Item: { id: { S: id }, text: of(letters) } });
const condition = { ConditionExpression: 'attribute_not_exists(id)' };

describe('units of a real engine, through the proxy', () => {
  it('are a write for each KB, of the larger of what was and what is', async () => {
    expect(await units('PutItem', put('a', 1_500))).toEqual({ items: { reads: 0, writes: 2 } });
    expect(await units('PutItem', put('a', 10))).toEqual({ items: { reads: 0, writes: 2 } });
    expect(await units('PutItem', put('a', 2_500))).toEqual({ items: { reads: 0, writes: 3 } });
    const update = { TableName: 'items', Key: { id: { S: 'a' } }, UpdateExpression: 'SET b = :b' };
    expect(await units('UpdateItem', { ...update, ExpressionAttributeValues: { ':b': of(1) } })).toEqual({
      items: { reads: 0, writes: 3 },
    });
  });

  it('are a read for each 4 KB read consistently, half of it otherwise, one for nothing', async () => {
    await send('PutItem', put('b', 5_000));
    const get = (id: string, ConsistentRead: boolean) =>
      units('GetItem', { TableName: 'items', Key: { id: { S: id } }, ConsistentRead });
    expect(await get('b', true)).toEqual({ items: { reads: 2, writes: 0 } });
    expect(await get('b', false)).toEqual({ items: { reads: 1, writes: 0 } });
    expect(await get('nobody', true)).toEqual({ items: { reads: 1, writes: 0 } });
  });

  it('are doubled in a transaction', async () => {
    const TransactItems = [{ Put: put('c', 1_500) }, { Put: put('d', 10) }];
    expect(await units('TransactWriteItems', { TransactItems })).toEqual({ items: { reads: 0, writes: 6 } });
  });

  it('count a refused condition by what was sent', async () => {
    await send('PutItem', put('e', 10));
    expect(await units('PutItem', { ...put('e', 1_500), ...condition })).toEqual({ items: { reads: 0, writes: 2 } });
    const TransactItems = [{ Put: { ...put('e', 1_500), ...condition } }];
    expect(await units('TransactWriteItems', { TransactItems })).toEqual({ items: { reads: 0, writes: 4 } });
  });

  it('are none for what is no use of a table', async () => {
    expect(await units('ListTables', {})).toEqual({});
  });
});

describe('the proxy', () => {
  it('holds answers back so that calls made together overlap, and tells the sizes', async () => {
    calls.length = 0;
    const get = { TableName: 'items', Key: { id: { S: 'a' } } };
    await Promise.all([send('GetItem', get), send('GetItem', get)]);
    const [first, second] = calls;
    if (first === undefined || second === undefined) throw new Error('two calls were to be counted');
    expect(Math.max(first.startedAt, second.startedAt)).toBeLessThan(Math.min(first.endedAt, second.endedAt));
    expect(first.requestBytes).toBeGreaterThan(JSON.stringify(get).length);
    expect(first.requestBody).toBe(JSON.stringify(get));
  });

  it('drops the connection where nobody answers', async () => {
    const lost = await startCountingProxy({ upstream: () => 'http://127.0.0.1:1', holdMs: 0, onCall: () => undefined });
    await expect(fetch(lost.url)).rejects.toThrow();
    await lost.close();
  });
});

describe('the size of an item', () => {
  it('is that of names and values', () => {
    // 100 + (2 + 1) + (4 + 3) + (1 + 1)
    expect(itemBytes({ id: { S: 'a' }, name: { S: 'é1' }, b: { BOOL: true } })).toBe(112);
    // 100 + 1 + four digits in two bytes and one more
    expect(itemBytes({ n: { N: '-12.34' } })).toBe(104);
    // 100 + 1 + 3 + (1 + 2 + 1) + ... a list of two: 3 + 2 × (1 + 1) under a name of one, with its entry
    expect(itemBytes({ m: { M: { a: { S: 'xy' }, l: { L: [{ S: 'x' }, { NULL: true }] } } } })).toBe(
      100 + 1 + 3 + (1 + 2 + 1) + (1 + 3 + 4 + 1),
    );
  });
});
