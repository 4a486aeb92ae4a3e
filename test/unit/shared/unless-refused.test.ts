import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { unlessRefused } from '../../../shared/aws/unless-refused.ts';

it('a condition that does not hold is an answer, with what stands there; any other failure is thrown', async () => {
  expect(await unlessRefused(Promise.resolve('written'))).toEqual({ refused: false, output: 'written' });
  const Item = { kind: { S: 'x' } };
  const refused = new ConditionalCheckFailedException({ message: 'no', $metadata: {}, Item });
  expect(await unlessRefused(Promise.reject(refused))).toEqual({ refused: true, there: Item });
  const gone = new Error('the table is gone');
  await expect(unlessRefused(Promise.reject(gone))).rejects.toBe(gone);
});
