import { type DynamoDBClient, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '../../../shared/aws/unless-refused.ts';
import { fromItem, toAttribute } from '../../../shared/records/dynamo.ts';
import {
  LAST_WEBHOOK_KIND,
  type LastWebhook,
  lastWebhookKey,
  lastWebhookSchema,
} from '../../../shared/webhook/last-webhook.ts';
import type { LastWebhooks } from './silence.ts';

/** Each company's last webhook, as enrichment notes it in the operations table. */
export function lastWebhooksTable(client: DynamoDBClient, table: string): LastWebhooks {
  return {
    async read() {
      const ExpressionAttributeValues = { ':kind': toAttribute(LAST_WEBHOOK_KIND) };
      const query = { TableName: table, KeyConditionExpression: 'kind = :kind', ExpressionAttributeValues };
      const found: LastWebhook[] = [];
      for await (const { Items } of paginateQuery({ client }, query)) {
        found.push(...(Items ?? []).map((item) => fromItem(lastWebhookSchema, item)));
      }
      return found;
    },

    async begin(company, at) {
      const begun = new PutItemCommand({
        TableName: table,
        Item: { ...lastWebhookKey(company), company: toAttribute(company), at: toAttribute(at.toISOString()) },
        ConditionExpression: 'attribute_not_exists(kind)',
      });
      await unlessRefused(client.send(begun));
    },
  };
}
