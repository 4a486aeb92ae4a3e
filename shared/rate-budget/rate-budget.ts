import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { fromItem, toAttribute, toItem } from '../records/dynamo.ts';
import { type Bucket, type BucketRule, msUntil, refilled } from './token-bucket.ts';

/** Live: somebody waits for the webhook. Background: sweeps, backfill, verification; it yields to live calls. */
export type Share = 'live' | 'background';

export type Taken =
  | { readonly granted: true }
  /** Milliseconds until asking again is worth it. */
  | { readonly granted: false; readonly waitMs: number };

export interface RateBudget {
  /** Asks for one call, to be made at once. */
  take(share: Share): Promise<Taken>;
}

export interface BudgetRule extends BucketRule {
  /** Tokens that background work leaves in the bucket, so that a live call finds one at any moment. */
  readonly keptForLive: number;
  /** Milliseconds in which leased tokens must be used. What is left of them then is lost. */
  readonly leaseMs: number;
}

/**
 * FareHarbor's limits: 30 calls a second and 3,000 in 5 minutes, its windows beginning with any call. A bucket of 10
 * that gets 9.8 a second gives out no more than 10 + 9.8 × T tokens in any T seconds. Their calls reach FareHarbor
 * within a second of that (half a second is the lease; the rest is for the way there and for clocks that differ), so
 * no second sees more than 10 + 9.8 × 2 = 29.6 of them and no 5 minutes more than 10 + 9.8 × 301 = 2,959.8.
 */
export const FAREHARBOR_RULE: BudgetRule = { capacity: 10, perSecond: 9.8, keptForLive: 5, leaseMs: 500 };

/** The part of the operations table that budgets stand in; an item's `id` is the vendor. */
const BUDGET_KIND = 'rate-budget';
/** A bucket untouched for so long is full, which is also what a missing one is. */
const KEPT_SECONDS = 3600;
/** More tokens are lost with a process that dies, or has nothing more to ask. */
const MOST_LEASED = 4;
/** Each time the condition fails, another process got its tokens; so many at once are no ordinary traffic. */
const MOST_TRIES = 25;

const stateSchema = z.object({ tokens: z.number(), at: z.number(), revision: z.string() });
type State = z.infer<typeof stateSchema>;

/** Tokens that this process has taken out of the shared bucket and not used yet. */
interface Lease {
  left: number;
  until: number;
  /** Tokens of the last lease: doubled as long as they are all used in time. */
  size: number;
}

/**
 * A budget of calls shared by all functions and execution environments: one item in the operations table, written on
 * condition that nobody else wrote it meanwhile. A few tokens are leased per write while they are all used.
 *
 * @param id what is budgeted, such as the vendor.
 * @param now the clock. One that is off by more than the rule's slack could exceed the limit; AWS keeps Lambda's.
 */
export function rateBudget(
  client: DynamoDBClient,
  tableName: string,
  { id, rule, now }: { readonly id: string; readonly rule: BudgetRule; readonly now: () => Date },
): RateBudget {
  const leases: Record<Share, Lease> = { live: noLease(), background: noLease() };
  let seen: State | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** Writes the bucket; false when somebody else did since we last saw it, and then we have seen theirs. */
  const write = async (bucket: Bucket): Promise<boolean> => {
    const next: State = { ...bucket, revision: randomUUID() };
    const row = { kind: BUDGET_KIND, id, ...next, expiresAt: Math.ceil(next.at / 1000) + KEPT_SECONDS };
    const put = new PutItemCommand({
      TableName: tableName,
      Item: toItem(row),
      ConditionExpression: seen === undefined ? 'attribute_not_exists(kind)' : 'revision = :seen',
      ...(seen !== undefined && { ExpressionAttributeValues: { ':seen': toAttribute(seen.revision) } }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await client.send(put);
      seen = next;
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      seen = error.Item && fromItem(stateSchema, error.Item);
      return false;
    }
  };

  const lease = async (share: Share): Promise<Taken> => {
    const kept = share === 'live' ? 0 : rule.keptForLive;
    const size = nextSize(leases[share], now().getTime());
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const at = now().getTime();
      // Others only take: there is never more in the bucket than the last we saw of it promises.
      const bucket = refilled(seen ?? { tokens: rule.capacity, at }, at, rule);
      const tokens = Math.min(size, Math.floor(bucket.tokens - kept));
      if (tokens < 1) return { granted: false, waitMs: msUntil(kept + 1, bucket, rule) };
      if (!(await write({ ...bucket, tokens: bucket.tokens - tokens }))) continue;
      leases[share] = { left: tokens, until: at + rule.leaseMs, size: tokens };
      if (use(leases[share], now().getTime())) return { granted: true };
    }
    return { granted: false, waitMs: msUntil(1, { tokens: 0, at: 0 }, rule) };
  };

  return {
    take(share) {
      const taken = turn.then(async (): Promise<Taken> => {
        if (use(leases[share], now().getTime())) return { granted: true };
        return await lease(share);
      });
      // One after the other, so that calls of one process do not compete for the item. A failure is its caller's own.
      turn = taken.catch(() => undefined);
      return taken;
    },
  };
}

function noLease(): Lease {
  return { left: 0, until: 0, size: 0 };
}

/** Twice as many as last time where all of those were used in time, else one. */
function nextSize({ left, until, size }: Lease, at: number): number {
  return left === 0 && at < until ? Math.min(2 * size, MOST_LEASED) : 1;
}

function use(lease: Lease, at: number): boolean {
  if (lease.left < 1 || at >= lease.until) return false;
  lease.left -= 1;
  return true;
}
