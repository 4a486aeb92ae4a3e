import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '../../../shared/aws/unless-refused.ts';
import { RetryableError } from '../../../shared/errors/errors.ts';
import { guestItem } from '../../../shared/guest/guest-rows.ts';
import { toAttribute } from '../../../shared/records/dynamo.ts';

/**
 * Replaces what a sink keeps about a guest, as long as it is what the writer knows it to be.
 * @param known what was read or last written; undefined where there was nothing.
 * @throws RetryableError when a live sync has kept something else meanwhile: it must not be forgotten.
 */
export type ReplaceSinkRow = (guestKey: string, sink: string, value: object, known: unknown) => Promise<void>;

export function replaceSinkRow(client: DynamoDBClient, tableName: string): ReplaceSinkRow {
  return async (guestKey, sink, value, known) => {
    const condition =
      typeof known === 'object' && known !== null
        ? {
            ConditionExpression: '#value = :known',
            ExpressionAttributeNames: { '#value': 'value' },
            ExpressionAttributeValues: { ':known': toAttribute(known) },
          }
        : { ConditionExpression: 'attribute_not_exists(guest)' };
    const Item = guestItem(guestKey, `sink#${sink}`, value);
    const tried = await unlessRefused(client.send(new PutItemCommand({ TableName: tableName, Item, ...condition })));
    if (!tried.refused) return;
    throw new RetryableError('guest.synced-meanwhile', `${sink} was brought up to date meanwhile`);
  };
}
