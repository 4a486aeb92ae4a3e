import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { toAttribute, toItem } from '../../shared/records/dynamo.ts';
import { VERIFY_KIND, verificationId } from '../../shared/webhook/verification.ts';

/** Bookings that were taken from a webhook's body although FareHarbor could be asked, and shall be asked. */
export interface Verifications {
  /** Notes that the booking is to be verified. */
  note(company: string, uuid: string): Promise<void>;
  /** Takes the note away, unless it was made after the booking was asked for. */
  settle(company: string, uuid: string, askedAt: Date): Promise<void>;
}

/** A note that could not be settled for so long is of no more use: the company's API access was taken away. */
const KEPT_DAYS = 30;

/** Keeps the notes in the operations table. */
export function verifications(client: DynamoDBClient, tableName: string, now: () => Date): Verifications {
  return {
    async note(company, uuid) {
      const notedAt = now();
      const expiresAt = Math.floor(notedAt.getTime() / 1000) + KEPT_DAYS * 86_400;
      const id = verificationId(company, uuid);
      const item = toItem({ kind: VERIFY_KIND, id, company, uuid, notedAt: notedAt.toISOString(), expiresAt });
      await client.send(new PutItemCommand({ TableName: tableName, Item: item }));
    },

    async settle(company, uuid, askedAt) {
      const settled = new DeleteItemCommand({
        TableName: tableName,
        Key: { kind: toAttribute(VERIFY_KIND), id: toAttribute(verificationId(company, uuid)) },
        ConditionExpression: 'notedAt <= :askedAt',
        ExpressionAttributeValues: { ':askedAt': toAttribute(askedAt.toISOString()) },
      });
      try {
        await client.send(settled);
      } catch (error) {
        // There is none, or a later body came unverified: that one is still to be looked at.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
