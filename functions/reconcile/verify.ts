import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Log, Meter } from '../../shared/observability/logger.ts';
import { METRIC } from '../../shared/observability/metric-names.ts';
import { fromItem, toAttribute } from '../../shared/records/dynamo.ts';
import { type Pending, pendingSchema, VERIFY_KIND } from '../../shared/webhook/verification.ts';

export interface VerifyPendingDeps {
  readonly listPending: () => Promise<readonly Pending[]>;
  /** Has enrichment ask FareHarbor for the booking. */
  readonly ask: (pending: Pending) => Promise<void>;
  /** Bookings to ask for in this run, at most. */
  readonly most: number;
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * Has bookings verified that were taken from a webhook's body, the longest waiting first. Enrichment does it, as the
 * one writer and in the order of the booking's own group, so no answer can be older than what it replaces. It asks
 * with the background share of the budget; a note it has no call left for stays, and is asked for again next time.
 */
export async function verifyPending({ listPending, ask, most, log, meter }: VerifyPendingDeps): Promise<void> {
  const pending = [...(await listPending())].sort((a, b) => a.notedAt.localeCompare(b.notedAt));
  meter.count(METRIC.verificationsPending, pending.length);
  for (const one of pending.slice(0, most)) await ask(one);
  if (pending.length > 0) log.info('verify.asked', { pending: pending.length, asked: Math.min(most, pending.length) });
}

/** All notes there are. */
export async function listPending(client: DynamoDBClient, table: string): Promise<Pending[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': toAttribute(VERIFY_KIND) },
    },
  );
  const pending: Pending[] = [];
  for await (const { Items } of pages) pending.push(...(Items ?? []).map((item) => fromItem(pendingSchema, item)));
  return pending;
}

/** Puts the question into the bookings queue, in the booking's own group. */
export function askToVerify(sqs: SQSClient, queueUrl: string, now: () => Date): VerifyPendingDeps['ask'] {
  return async ({ company, uuid }) => {
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify({ booking: { uuid, company: { shortname: company } } }),
        MessageGroupId: uuid,
        MessageDeduplicationId: crypto.randomUUID(),
        MessageAttributes: {
          kind: attribute('verify'),
          receivedAt: attribute(now().toISOString()),
          keyCompany: attribute(company),
        },
      }),
    );
  };
}
