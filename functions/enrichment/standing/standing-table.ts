import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { GuestTotals } from '../../../shared/guest/totals-shape.ts';
import { errorFacts, type Log } from '../../../shared/observability/logger.ts';
import { fromItem, toAttribute } from '../../../shared/records/dynamo.ts';
import { type Distribution, NOTHING_SEEN } from './distribution.ts';
import { type Counters, countersOf, difference, distributionOf } from './standing-counts.ts';

const KIND = 'standing';
/** How long a distribution read may be used: one guest more or less moves no fifth. */
const CACHED_MS = 60_000;

const countersSchema = z
  .looseObject({ kind: z.string(), id: z.string() })
  .transform(({ kind: _kind, id: _id, ...counters }) => counters)
  .pipe(z.record(z.string(), z.number()));

/**
 * Adds a guest's change to the counters of their operator: one item in the operations table per company. Additions
 * commute, so that no order or condition is needed, and an addition that is lost moves a fifth by next to nothing. Most
 * changes of a booking move no counter and write nothing.
 * @throws what DynamoDB throws: the caller has written the booking already, and only logs it.
 */
export function standingNotes(client: DynamoDBClient, tableName: string) {
  return async (before: GuestTotals | undefined, after: GuestTotals, company: string): Promise<void> => {
    await add(client, tableName, company, difference(countersOf(before), countersOf(after)));
  };
}

/** The same for the guests of a batch: their changes are taken first, and written together, one item for each company. */
export function standingTogether(client: DynamoDBClient, tableName: string) {
  const sums = new Map<string, Record<string, number>>();
  return {
    async note(before: GuestTotals | undefined, after: GuestTotals, company: string): Promise<void> {
      const sum = sums.get(company) ?? {};
      for (const [name, change] of Object.entries(difference(countersOf(before), countersOf(after)))) {
        sum[name] = (sum[name] ?? 0) + change;
      }
      sums.set(company, sum);
    },
    /** Writes what was taken since the last time. @throws what DynamoDB throws; what was taken is lost then. */
    async write(): Promise<void> {
      const all = [...sums];
      sums.clear();
      for (const [company, sum] of all) await add(client, tableName, company, sum);
    },
  };
}

async function add(client: DynamoDBClient, tableName: string, company: string, counters: Counters): Promise<void> {
  const changes = Object.entries(counters).filter(([, change]) => change !== 0);
  if (changes.length === 0) return;
  await client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: { kind: toAttribute(KIND), id: toAttribute(company) },
      UpdateExpression: `ADD ${changes.map((_, index) => `#c${index} :c${index}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(changes.map(([name], index) => [`#c${index}`, name])),
      ExpressionAttributeValues: Object.fromEntries(
        changes.map(([, change], index) => [`:c${index}`, toAttribute(change)]),
      ),
    }),
  );
}

/**
 * Reads an operator's distribution, at most once a minute for each company. Never throws: where it cannot be read, the
 * last one read counts, or that nothing was seen yet, and the log tells.
 */
export function distributions(client: DynamoDBClient, tableName: string, { log, now }: DistributionDeps) {
  const known = new Map<string, { readonly until: number; readonly distribution: Distribution }>();
  return async (company: string): Promise<Distribution> => {
    const kept = known.get(company);
    if (kept !== undefined && now().getTime() < kept.until) return kept.distribution;
    const distribution = await read(company).catch((error: unknown) => {
      log.warn('standing.unreadable', { company, ...errorFacts(error) });
      return kept?.distribution ?? NOTHING_SEEN;
    });
    known.set(company, { until: now().getTime() + CACHED_MS, distribution });
    return distribution;
  };

  async function read(company: string): Promise<Distribution> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: { kind: toAttribute(KIND), id: toAttribute(company) } }),
    );
    return Item === undefined ? NOTHING_SEEN : distributionOf(fromItem(countersSchema, Item));
  }
}

export interface DistributionDeps {
  readonly log: Log;
  readonly now: () => Date;
}
