import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unlessRefused } from '../../../shared/aws/unless-refused.ts';
import { bookingUuidSchema } from '../../../shared/booking/booking.ts';
import { fromItem, toAttribute } from '../../../shared/records/dynamo.ts';
import { type Pending, pendingSchema, VERIFY_KIND } from '../../../shared/webhook/verification.ts';
import { noteItemOf, noteKeyOf } from '../../../shared/webhook/verifications.ts';

/** Bookings that FareHarbor is to be asked for, apart from what webhooks ask. */
export interface Verifications {
  /**
   * Notes that the booking was taken from a webhook's body although FareHarbor could be asked, and is to be verified.
   * Takes the place of an earlier note: what a webhook tells is news.
   */
  note(company: string, uuid: string): Promise<void>;
  /** Notes a booking nobody may know, to be asked for after all others, unless it is noted already. */
  noteStranger(company: string, uuid: string): Promise<void>;
  /** The booking's note as it is now; undefined where nothing is to be asked, or no longer. */
  read(company: string, uuid: string): Promise<Pending | undefined>;
  /** Counts a try to verify it that brought no answer, so that whoever asks knows that the question was taken up. */
  noteTry(company: string, uuid: string): Promise<void>;
  /** Takes the note away, unless it was made after the booking was asked for. */
  settle(company: string, uuid: string, askedAt: Date): Promise<void>;
  /**
   * The same where any booking was noted a moment ago; nearly always none is. A note that is left by mistake costs one
   * needless question.
   */
  settleWhereNoted(company: string, uuid: string, askedAt: Date): Promise<void>;
}

/** How long an environment goes by the list's having been empty. */
const EMPTY_FOR_MS = 10_000;

/** Keeps the notes in the operations table. */
export function verifications(client: DynamoDBClient, tableName: string, now: () => Date): Verifications {
  let emptyUntil = 0;
  /** Where nobody can tell, something may be noted. */
  const isEmpty = async (): Promise<boolean> => {
    const at = now().getTime();
    if (at < emptyUntil) return true;
    const first = new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': toAttribute(VERIFY_KIND) },
      Limit: 1,
    });
    const found = await client.send(first).catch(() => undefined);
    if (found === undefined || (found.Items?.length ?? 0) > 0) return false;
    emptyUntil = at + EMPTY_FOR_MS;
    return true;
  };
  const settle: Verifications['settle'] = async (company, uuid, askedAt) => {
    // Few bookings have a note, and a deletion that is refused costs ten times what a look costs. The look may be a
    // moment old: a note that it does not see yet brings one question too many.
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: noteKeyOf(company, uuid), ProjectionExpression: 'notedAt' }),
    );
    if (Item === undefined) return;
    const settled = new DeleteItemCommand({
      TableName: tableName,
      Key: noteKeyOf(company, uuid),
      ConditionExpression: 'notedAt <= :askedAt',
      ExpressionAttributeValues: { ':askedAt': toAttribute(askedAt.toISOString()) },
    });
    // Or a later body came unverified: that one is still to be looked at.
    await unlessRefused(client.send(settled));
  };
  return {
    async note(company, uuid) {
      emptyUntil = 0;
      const about = { company, uuid: bookingUuidSchema.parse(uuid), notedAt: now().toISOString() };
      const Item = noteItemOf({ ...about, reason: 'unverified' });
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    },

    async noteStranger(company, uuid) {
      emptyUntil = 0;
      const about = { company, uuid: bookingUuidSchema.parse(uuid), notedAt: now().toISOString() };
      const Item = noteItemOf({ ...about, reason: 'stranger' });
      const unlessThere = 'attribute_not_exists(kind)';
      await unlessRefused(
        client.send(new PutItemCommand({ TableName: tableName, Item, ConditionExpression: unlessThere })),
      );
    },

    async read(company, uuid) {
      const Key = noteKeyOf(company, uuid);
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }));
      return Item && fromItem(pendingSchema, Item);
    },

    async noteTry(company, uuid) {
      const tried = new UpdateItemCommand({
        TableName: tableName,
        Key: noteKeyOf(company, uuid),
        UpdateExpression: 'ADD tries :one',
        ConditionExpression: 'attribute_exists(kind)',
        ExpressionAttributeValues: { ':one': toAttribute(1) },
      });
      await unlessRefused(client.send(tried));
    },

    settle,

    async settleWhereNoted(company, uuid, askedAt) {
      if (!(await isEmpty())) await settle(company, uuid, askedAt);
    },
  };
}
