import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { positionSchema } from '../../shared/fareharbor/walk.ts';
import { fromItem, toAttribute, toItem } from '../../shared/records/dynamo.ts';

/** The part of the operations table in which it stands how far each backfill has come. */
const BACKFILL_KIND = 'backfill';
const KEPT_DAYS = 90;

const savedSchema = z.object({
  company: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  startedAt: z.iso.datetime(),
  /** Undefined until every booking is where it belongs. */
  finishedAt: z.iso.datetime().optional(),
  /** Where the walk over FareHarbor's lists goes on. */
  position: positionSchema.optional(),
  /** The walk is over: all that is to be verified is noted. */
  listedAll: z.boolean(),
  /** Bookings that FareHarbor listed, and those among them that we did not hold as listed. */
  listed: z.int(),
  found: z.int(),
});
/** How far the backfill of a company's days has come. */
export type SavedBackfill = z.infer<typeof savedSchema>;
export type BackfillRange = Pick<SavedBackfill, 'company' | 'from' | 'to'>;

export interface BackfillLog {
  read(range: BackfillRange): Promise<SavedBackfill | undefined>;
  write(saved: SavedBackfill): Promise<void>;
}

/** Keeps it in the operations table, so that any machine can go on. */
export function backfillLog(client: DynamoDBClient, table: string, now: () => Date): BackfillLog {
  const idOf = ({ company, from, to }: BackfillRange) => `${company.slice(0, 200)}#${from}#${to}`;
  return {
    async read(range) {
      const Key = { kind: toAttribute(BACKFILL_KIND), id: toAttribute(idOf(range)) };
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item && fromItem(savedSchema, Item);
    },

    async write(saved) {
      const expiresAt = Math.floor(now().getTime() / 1000) + KEPT_DAYS * 86_400;
      const Item = toItem({ kind: BACKFILL_KIND, id: idOf(saved), ...saved, expiresAt });
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },
  };
}
