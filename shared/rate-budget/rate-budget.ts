import { randomUUID } from 'node:crypto';
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { unlessRefused } from '../aws/unless-refused.ts';
import { fromItem, toAttribute, toItem } from '../records/dynamo.ts';
import { type Lease, nextSize, noLease, use } from './lease.ts';
import { type Bucket, type BucketRule, msUntil, refilledBeside } from './token-bucket.ts';

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
/** So much below what it can hold, a bucket has had nobody ask for a moment. */
const NEARLY_FULL = 1;
/** How long tokens of such a bucket are lent. */
const LENT_MS = 30_000;
/** Each time the condition fails, another process got its tokens; so many at once are no ordinary traffic. */
const MOST_TRIES = 25;

/** `lent`: tokens with a process that may use them at any moment before `until`, and does not hurry. */
const stateSchema = z.object({
  tokens: z.number(),
  at: z.number(),
  revision: z.string(),
  lent: z.object({ tokens: z.number(), until: z.number(), to: z.string() }).optional(),
});
type State = z.infer<typeof stateSchema>;
type Lent = NonNullable<State['lent']>;

/**
 * A budget of calls shared by all functions and execution environments: one item in the operations table, written on
 * condition that nobody else wrote it meanwhile. A few tokens are leased per write while they are all used.
 *
 * Where nobody has asked for a moment, a live asker is lent some for longer, so that webhooks that come one by one need
 * no write each. As long as those may still be used, the bucket holds so many fewer: tokens in it and tokens lent are
 * together never more than it holds, and so the limits stand as if nothing were lent. One process at a time has any.
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
  const own = randomUUID();
  let seen: State | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** Writes the bucket; false when somebody else did since we last saw it, and then we have seen theirs. */
  const write = async (bucket: Bucket, lent: Lent | undefined): Promise<boolean> => {
    const next: State = { ...bucket, revision: randomUUID(), ...(lent && { lent }) };
    const row = { kind: BUDGET_KIND, id, ...next, expiresAt: Math.ceil(next.at / 1000) + KEPT_SECONDS };
    const put = new PutItemCommand({
      TableName: tableName,
      Item: toItem(row),
      ConditionExpression: seen === undefined ? 'attribute_not_exists(kind)' : 'revision = :seen',
      ...(seen !== undefined && { ExpressionAttributeValues: { ':seen': toAttribute(seen.revision) } }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const tried = await unlessRefused(client.send(put));
    if (!tried.refused) seen = next;
    else seen = tried.there && fromItem(stateSchema, tried.there);
    return !tried.refused;
  };

  /** What to take at this instant: `tokens` is below one where there is nothing to be had. */
  const planFor = (share: Share, size: number, at: number) => {
    const kept = share === 'live' ? 0 : rule.keptForLive;
    const before = seen?.lent !== undefined && at < seen.lent.until ? seen.lent : undefined;
    const holds = rule.capacity - (before?.tokens ?? 0);
    // Others only take: there is never more in the bucket than the last we saw of it promises.
    const bucket = refilledBeside(seen ?? { tokens: rule.capacity, at }, seen?.lent, at, rule);
    const most = Math.floor(bucket.tokens - kept);
    // What we were lent ourselves is used up or over, or we would not ask.
    const lent = share === 'live' && before?.to === own ? undefined : before;
    const lendable = Math.min(MOST_LEASED, most, rule.capacity - rule.keptForLive - 1);
    if (share === 'live' && lent === undefined && lendable > 1 && bucket.tokens >= holds - NEARLY_FULL) {
      const until = at + LENT_MS;
      return { bucket, tokens: lendable, until, lent: { tokens: lendable, until, to: own } };
    }
    return { bucket, tokens: Math.min(size, most), until: at + rule.leaseMs, lent };
  };

  const lease = async (share: Share): Promise<Taken> => {
    const size = nextSize(leases[share], now().getTime(), MOST_LEASED);
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { bucket, tokens, until, lent } = planFor(share, size, now().getTime());
      const wanted = share === 'live' ? 1 : 1 + rule.keptForLive;
      if (tokens < 1) return { granted: false, waitMs: msUntil(wanted, bucket, rule) };
      if (!(await write({ ...bucket, tokens: bucket.tokens - tokens }, lent))) continue;
      leases[share] = { left: tokens, until, size: tokens };
      if (use(leases[share], 1, now().getTime())) return { granted: true };
    }
    return { granted: false, waitMs: msUntil(1, { tokens: 0, at: 0 }, rule) };
  };

  return {
    take(share) {
      const taken = turn.then(async (): Promise<Taken> => {
        if (use(leases[share], 1, now().getTime())) return { granted: true };
        return await lease(share);
      });
      // One after the other, so that calls of one process do not compete for the item. A failure is its caller's own.
      turn = taken.catch(() => undefined);
      return taken;
    },
  };
}
