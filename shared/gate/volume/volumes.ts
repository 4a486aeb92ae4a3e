import { type DynamoDBClient, paginateQuery, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { SinkName } from '../../records/booking-record.ts';
import { fromItem, toAttribute } from '../../records/dynamo.ts';

/** An hour of one company's writes to one sink. */
export interface VolumeHour {
  readonly sink: SinkName;
  readonly company: string;
  /** Such as `2026-11-21T15`, in UTC. */
  readonly hour: string;
}

/** Where the environments count together. */
export interface Volumes {
  /** Adds writes to an hour. @returns its total over all environments. */
  add(hour: VolumeHour, writes: number): Promise<number>;
  /** The most writes of an hour within the seven days before this one; abnormal hours are left out. */
  largestBefore(hour: VolumeHour): Promise<number>;
  /** Keeps an hour out of what is usual. */
  markAbnormal(hour: VolumeHour): Promise<void>;
}

/** The part of the operations table that the counts stand in. */
const VOLUME_KIND = 'volume';
const DAYS = 7;
const DAY_MS = 86_400_000;

const countSchema = z.object({ writes: z.int().default(0), abnormal: z.boolean().default(false) });

/** The hour that a moment is in. */
export function hourOf(now: Date): string {
  return now.toISOString().slice(0, 13);
}

/** Counts in the operations table; each goes by itself a day after it is of no more use. */
export function volumesTable(client: DynamoDBClient, table: string): Volumes {
  return {
    async add(hour, writes) {
      const { Attributes = {} } = await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(hour),
          UpdateExpression: 'ADD writes :writes SET expiresAt = :end',
          ExpressionAttributeValues: {
            ':writes': toAttribute(writes),
            ':end': toAttribute((startOf(hour) + (DAYS + 1) * DAY_MS) / 1000),
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      return fromItem(countSchema, Attributes).writes;
    },

    async largestBefore(hour) {
      const first = hourOf(new Date(startOf(hour) - DAYS * DAY_MS));
      const last = hourOf(new Date(startOf(hour) - 1));
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          KeyConditionExpression: 'kind = :kind AND id BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':kind': toAttribute(VOLUME_KIND),
            ':first': toAttribute(idOf({ ...hour, hour: first })),
            ':last': toAttribute(idOf({ ...hour, hour: last })),
          },
        },
      );
      let largest = 0;
      for await (const { Items = [] } of pages) {
        for (const { writes, abnormal } of Items.map((item) => fromItem(countSchema, item))) {
          if (!abnormal) largest = Math.max(largest, writes);
        }
      }
      return largest;
    },

    async markAbnormal(hour) {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(hour),
          UpdateExpression: 'SET abnormal = :true',
          ExpressionAttributeValues: { ':true': toAttribute(true) },
        }),
      );
    },
  };
}

function keyOf(hour: VolumeHour) {
  return { kind: toAttribute(VOLUME_KIND), id: toAttribute(idOf(hour)) };
}

function idOf({ sink, company, hour }: VolumeHour): string {
  return `${sink}/${company}/${hour}`;
}

/** Milliseconds since the epoch. */
function startOf({ hour }: VolumeHour): number {
  return Date.parse(`${hour}:00:00.000Z`);
}
