import { type DynamoDBClient, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { unlessRefused } from '../../../shared/aws/unless-refused.ts';
import { positionSchema } from '../../../shared/fareharbor/walk.ts';
import { fromItem, toAttribute, toItem } from '../../../shared/records/dynamo.ts';

/** The part of the operations table in which each company's sweep stands. */
const SWEEP_KIND = 'sweep';

const sweepSchema = z.object({
  company: z.string(),
  startedAt: z.iso.datetime(),
  /** Undefined while it is under way. */
  finishedAt: z.iso.datetime().optional(),
  /** 0: the company was only seen. 1: its first sweep, which finds what was there before us. */
  round: z.int().min(0),
  from: z.iso.date(),
  to: z.iso.date(),
  /** Where the last slice stopped. */
  position: positionSchema.optional(),
  /** Bookings it noted to be verified. */
  noted: z.int(),
});
/** A company's latest sweep. */
export type Sweep = z.infer<typeof sweepSchema>;

export interface SweepLog {
  /** Every company's latest sweep. */
  read(): Promise<readonly Sweep[]>;
  write(sweep: Sweep): Promise<void>;
  /** Notes a company that was seen for the first time; one that somebody noted meanwhile stays as it is. */
  see(sweep: Sweep): Promise<void>;
}

/** Keeps it in the operations table, one item for each company. */
export function sweepLog(client: DynamoDBClient, table: string): SweepLog {
  const itemOf = (sweep: Sweep) => toItem({ kind: SWEEP_KIND, id: sweep.company.slice(0, 200), ...sweep });
  return {
    async read() {
      const ExpressionAttributeValues = { ':kind': toAttribute(SWEEP_KIND) };
      const query = { TableName: table, KeyConditionExpression: 'kind = :kind', ExpressionAttributeValues };
      const sweeps: Sweep[] = [];
      for await (const { Items } of paginateQuery({ client }, query)) {
        sweeps.push(...(Items ?? []).map((item) => fromItem(sweepSchema, item)));
      }
      return sweeps;
    },

    async write(sweep) {
      await client.send(new PutItemCommand({ TableName: table, Item: itemOf(sweep) }));
    },

    async see(sweep) {
      const ConditionExpression = 'attribute_not_exists(kind)';
      await unlessRefused(
        client.send(new PutItemCommand({ TableName: table, Item: itemOf(sweep), ConditionExpression })),
      );
    },
  };
}
