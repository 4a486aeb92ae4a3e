import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { DataStack } from '../../infra/data-stack.ts';
import { stageNamed } from '../../infra/stages.ts';

const indexesSchema = z.object({
  Properties: z.object({
    GlobalSecondaryIndexes: z.array(
      z.object({ IndexName: z.string(), Projection: z.object({ NonKeyAttributes: z.array(z.string()) }) }),
    ),
  }),
});

/** The indexes of the bookings table and what they show besides keys. */
function indexes(context: Record<string, string>): Record<string, string[]> {
  const stack = new DataStack(new App({ context }), 'data', stageNamed('dev'));
  const tables = Template.fromStack(stack).findResources('AWS::DynamoDB::Table', {
    Properties: { TableName: 'harborlight-dev-bookings' },
  });
  const { GlobalSecondaryIndexes } = indexesSchema.parse(Object.values(tables)[0]).Properties;
  return Object.fromEntries(
    GlobalSecondaryIndexes.map(({ IndexName, Projection }) => [IndexName, Projection.NonKeyAttributes]),
  );
}

const NOW = { byAttention: ['company', 'version', 'guestKey'] };

it('the index shows nothing that changes within a version, as each such change would be written twice', () => {
  expect(indexes({})).toEqual(NOW);
});

it('0.1.0’s index is kept, as it was, while an update adds the new one: DynamoDB adds or removes one at a time', () => {
  const asItWas = ['company', 'version', 'displayId', 'guestKey', 'sync'];
  expect(indexes({ formerIndex: 'keep' })).toEqual({ attention: asItWas, ...NOW });
});
