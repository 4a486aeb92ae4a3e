import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { guestItem } from '../../../shared/guest/guest-rows.ts';
import { readRows } from '../../../shared/guest/read-rows.ts';

/** A table that gives only the first of the rows asked for, as a busy one may; nothing at all after `gives` answers. */
function busyTable(gives: number) {
  const asked: number[] = [];
  const client = new DynamoDBClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    (_next) =>
      async ({ input }) => {
        if (!('RequestItems' in input)) throw new Error('no batch is asked for');
        const [first, ...rest] =
          input.RequestItems?.guests && 'Keys' in input.RequestItems.guests
            ? (input.RequestItems.guests.Keys ?? [])
            : [];
        asked.push(rest.length + 1);
        const given = asked.length <= gives && first?.row?.S !== undefined;
        const left = given ? rest : [first, ...rest];
        const found = given ? [guestItem('g', first.row?.S ?? '', { of: first.row?.S })] : [];
        const UnprocessedKeys = left.length === 0 ? {} : { guests: { Keys: left } };
        return { output: { $metadata: {}, Responses: { guests: found }, UnprocessedKeys }, response: {} };
      },
    { step: 'initialize', priority: 'high' },
  );
  return { client, asked };
}

it('rows that a busy table leaves out are asked for again, and only those', async () => {
  const { client, asked } = busyTable(9);
  const rows = await readRows(client, 'guests', 'g', ['a', 'b', 'a', 'c']);
  expect([...rows]).toEqual([
    ['a', { of: 'a' }],
    ['b', { of: 'b' }],
    ['c', { of: 'c' }],
  ]);
  expect(asked).toEqual([3, 2, 1]);
});

it('a table that gives nothing is left alone for a while: what is missing must not be taken for nothing', async () => {
  const { client, asked } = busyTable(1);
  await expect(readRows(client, 'guests', 'g', ['a', 'b'])).rejects.toMatchObject({
    name: 'RetryableError',
    code: 'tables.busy',
  });
  expect(asked).toEqual([2, 1, 1, 1]);
});
