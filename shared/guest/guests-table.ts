import { type AttributeValue, type DynamoDBClient, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { toAttribute, toItem } from '../records/dynamo.ts';
import { type BookingSummary, bookingSummarySchema } from './profile.ts';

/** All rows under one guest's key. */
export interface GuestRows {
  readonly bookings: readonly BookingSummary[];
  /** What each sink keeps about the guest (its ids for them, what it last wrote); the shape is the sink's own. */
  readonly sinks: Readonly<Record<string, unknown>>;
}

export interface GuestsTable {
  /** Reads everything about one guest (consistent). */
  read(guestKey: string): Promise<GuestRows>;
  /** Replaces what the sink keeps about the guest. */
  writeSink(guestKey: string, sink: string, value: object): Promise<void>;
}

const BOOKING_ROW = 'booking#';
const SINK_ROW = 'sink#';

/** The row's key of a booking's summary under its guest. */
export const bookingRow = (uuid: string): string => `${BOOKING_ROW}${uuid}`;

const rowSchema = z.object({ row: z.string(), value: z.unknown() });

export function guestsTable(client: DynamoDBClient, tableName: string): GuestsTable {
  return {
    async read(guestKey) {
      const bookings: BookingSummary[] = [];
      const sinks: Record<string, unknown> = {};
      const pages = paginateQuery(
        { client },
        {
          TableName: tableName,
          ConsistentRead: true,
          KeyConditionExpression: 'guest = :guest',
          ExpressionAttributeValues: { ':guest': toAttribute(guestKey) },
        },
      );
      for await (const { Items } of pages) {
        for (const item of Items ?? []) {
          const { row, value } = rowSchema.parse(unmarshall(item));
          if (row.startsWith(BOOKING_ROW)) bookings.push(bookingSummarySchema.parse(value));
          else if (row.startsWith(SINK_ROW)) sinks[row.slice(SINK_ROW.length)] = value;
        }
      }
      return { bookings, sinks };
    },

    async writeSink(guestKey, sink, value) {
      await client.send(
        new PutItemCommand({ TableName: tableName, Item: guestItem(guestKey, `${SINK_ROW}${sink}`, value) }),
      );
    },
  };
}

/** One row of the guests table as DynamoDB takes it. */
export function guestItem(guest: string, row: string, value: object): Record<string, AttributeValue> {
  return toItem({ guest, row, value });
}
