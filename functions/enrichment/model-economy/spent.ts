import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { unlessRefused } from '../../../shared/aws/unless-refused.ts';
import { fromItem, toAttribute } from '../../../shared/records/dynamo.ts';

/** The part of the operations table that holds what the model has cost, an item for each company and UTC day. */
const BUDGET_KIND = 'model-budget';
/** Days that a day's item is kept, for people to look back. */
const KEPT_DAYS = 35;

const spentSchema = z.object({ spentMicroUsd: z.number().default(0) });

interface Addition {
  /** Less than 0 where more is given back than taken. */
  readonly amount: number;
  readonly limit: number;
  readonly at: Date;
}

/** The sums of the companies' days, in millionths of a US dollar: what was spent, or is set aside to be. */
export function spentOn(client: DynamoDBClient, table: string) {
  const keyOf = (company: string, day: string) => ({
    kind: toAttribute(BUDGET_KIND),
    id: toAttribute(`${company.slice(0, 200)}#${day}`),
  });
  return {
    async add(company: string, day: string, difference: number): Promise<void> {
      if (difference === 0) return;
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(company, day),
        UpdateExpression: 'ADD spentMicroUsd :difference',
        ExpressionAttributeValues: { ':difference': toAttribute(difference) },
      });
      await client.send(command);
    },

    /** @returns the sum after it; `done` is false, and the sum as it was, where that would be past the limit. */
    async addWithin(
      company: string,
      day: string,
      { amount, limit, at }: Addition,
    ): Promise<{ readonly done: boolean; readonly sum: number }> {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(company, day),
        UpdateExpression: 'ADD spentMicroUsd :amount SET expiresAt = if_not_exists(expiresAt, :expires)',
        ConditionExpression: 'attribute_not_exists(spentMicroUsd) OR spentMicroUsd <= :room',
        ExpressionAttributeValues: {
          ':amount': toAttribute(amount),
          ':room': toAttribute(limit - amount),
          ':expires': toAttribute(Math.floor(at.getTime() / 1000) + KEPT_DAYS * 86_400),
        },
        ReturnValues: 'UPDATED_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      const tried = await unlessRefused(client.send(command));
      const item = (tried.refused ? tried.there : tried.output.Attributes) ?? {};
      return { done: !tried.refused, sum: fromItem(spentSchema, item).spentMicroUsd };
    },
  };
}
