import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '../../shared/aws/unless-refused.ts';
import { errorFacts, type Log } from '../../shared/observability/logger.ts';
import { toAttribute } from '../../shared/records/dynamo.ts';
import { lastWebhookKey } from '../../shared/webhook/last-webhook.ts';

/** Notes that a company's webhook came at this ISO instant. Never throws: a webhook is worth more than the note of it. */
export type NoteWebhook = (company: string, receivedAt: string) => Promise<void>;

/** Silence is counted in hours: a note a minute tells enough, and costs a process next to nothing. */
const EVERY_MS = 60_000;

/** Keeps it in the operations table, an item for each company. One that comes late does not set it back. */
export function noteWebhooks(
  client: DynamoDBClient,
  table: string,
  { log, now }: { readonly log: Log; readonly now: () => Date },
): NoteWebhook {
  const next = new Map<string, number>();
  return async (company, receivedAt) => {
    const at = now().getTime();
    if (at < (next.get(company) ?? 0)) return;
    next.set(company, at + EVERY_MS);
    const note = new UpdateItemCommand({
      TableName: table,
      Key: lastWebhookKey(company),
      UpdateExpression: 'SET company = :company, #at = :at',
      ConditionExpression: 'attribute_not_exists(#at) OR #at < :at',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: { ':company': toAttribute(company), ':at': toAttribute(receivedAt) },
    });
    await unlessRefused(client.send(note)).catch((error: unknown) => log.warn('webhook.unnoted', errorFacts(error)));
  };
}
