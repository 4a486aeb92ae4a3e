import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { RetryableError } from '../errors/errors.ts';
import { fromItem, toAttribute, toItem } from '../records/dynamo.ts';
import { isDue, isOpen, type Review, reviewSchema } from './review.ts';

const REVIEW_KIND = 'review';
/** Lists those that wait for a person, so that nobody reads through all that were ever made. */
const OPEN_KIND = 'review-open';
/** Lists those that a person has said yes to and that are still to be done. */
const DUE_KIND = 'review-due';

/** How long a review that is done is kept: milliseconds. The decisions keep what was done for ever. */
const KEPT_MS = 400 * 86_400_000;

const key = (kind: string, id: string): Record<string, AttributeValue> => toItem({ kind, id });

/** What stands in a list: where the review is, and what a list of many is sorted and chosen by. */
const listedSchema = z.object({ id: z.string(), company: z.string(), uuid: z.string(), since: z.iso.datetime() });
export type ListedReview = z.infer<typeof listedSchema>;

/** As many as one call reads. */
const READ_AT_ONCE = 100;

/**
 * Reads reviews by their ids (consistent); those that are not there are missing in the answer.
 * @throws RetryableError when DynamoDB answers for some only.
 */
export async function readReviews(
  client: DynamoDBClient,
  table: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Review>> {
  const found = new Map<string, Review>();
  const unique = [...new Set(ids)];
  for (let from = 0; from < unique.length; from += READ_AT_ONCE) {
    const Keys = unique.slice(from, from + READ_AT_ONCE).map((id) => key(REVIEW_KIND, id));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    );
    if (Object.keys(UnprocessedKeys ?? {}).length > 0) {
      throw new RetryableError('reviews.throttled', 'not all reviews could be read');
    }
    for (const item of Responses?.[table] ?? []) {
      const review = fromItem(reviewSchema, item);
      found.set(review.id, review);
    }
  }
  return found;
}

/** One review as it is now (consistent). */
export async function readReview(client: DynamoDBClient, table: string, id: string): Promise<Review | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: key(REVIEW_KIND, id), ConsistentRead: true }),
  );
  return Item && fromItem(reviewSchema, Item);
}

/** The reviews that wait for a person (`open`), or that are still to be done (`due`), oldest first. */
export async function listReviews(
  client: DynamoDBClient,
  table: string,
  which: 'open' | 'due',
): Promise<ListedReview[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': toAttribute(which === 'open' ? OPEN_KIND : DUE_KIND) },
    },
  );
  const listed: ListedReview[] = [];
  for await (const { Items = [] } of pages) listed.push(...Items.map((item) => fromItem(listedSchema, item)));
  return listed.sort((a, b) => a.since.localeCompare(b.since));
}

/**
 * The writes that bring a review from one state to the next, for a transaction: the item, on condition that it is as it
 * was read, and the lists it stands in.
 * @param before as it was read; undefined for a new one.
 * @param now for when it is done.
 */
export function reviewWrites(
  table: string,
  before: Review | undefined,
  next: Omit<Review, 'revision'>,
  now: Date,
): TransactWriteItem[] {
  const revision = (before?.revision ?? 0) + 1;
  const expiresAt = isOpen(next) ? undefined : Math.ceil((now.getTime() + KEPT_MS) / 1000);
  const Item = toItem({ kind: REVIEW_KIND, ...next, revision, expiresAt });
  const condition =
    before === undefined
      ? { ConditionExpression: 'attribute_not_exists(kind)' }
      : {
          ConditionExpression: 'revision = :known',
          ExpressionAttributeValues: { ':known': toAttribute(before.revision) },
        };
  return [{ Put: { TableName: table, Item, ...condition } }, ...listWrites(table, before, next, now)];
}

function listWrites(
  table: string,
  before: Review | undefined,
  next: Omit<Review, 'revision'>,
  now: Date,
): TransactWriteItem[] {
  const [was, is] = [before && listOf(before), listOf(next)];
  if (was === is) return [];
  const { id, company, uuid } = next;
  const listed = { id, company, uuid, since: now.toISOString() };
  return [
    ...(was === undefined ? [] : [{ Delete: { TableName: table, Key: key(was, id) } }]),
    ...(is === undefined ? [] : [{ Put: { TableName: table, Item: toItem({ kind: is, ...listed }) } }]),
  ];
}

function listOf(review: Pick<Review, 'state'>): string | undefined {
  if (isDue(review)) return DUE_KIND;
  return review.state === 'pending' ? OPEN_KIND : undefined;
}
