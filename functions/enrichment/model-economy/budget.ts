import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Log, Meter } from '../../../shared/observability/logger.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import { fromItem, toAttribute } from '../../../shared/records/dynamo.ts';

/** The part of the operations table that holds what the model has cost, an item for each company and UTC day. */
const BUDGET_KIND = 'model-budget';
/** Days that a day's item is kept, for people to look back. */
const KEPT_DAYS = 35;
/** Percent of the budget from which people are told. */
const TOLD_FROM = 80;
/** What looks at bookings of earlier may take of a day's budget: today's bookings come first. */
const CATCH_UP_SHARE = 0.5;

/** Who asks: a booking that has just come, or one that is caught up with. */
export type BudgetShare = 'live' | 'catch-up';

/** Money set aside for one call. */
export interface Reservation {
  /** Replaces what was set aside by what the call has cost, in millionths of a US dollar; zero where it was not made. */
  settle(costMicroUsd: number): Promise<void>;
}

export interface ModelBudget {
  /**
   * Sets money aside for one call, so that no number of callers at the same time exceeds the budget of the day.
   * @param estimate the most that the call can cost, in millionths of a US dollar.
   * @param dailyUsd the company's budget for one UTC day, in US dollars.
   * @returns undefined where the budget is spent.
   */
  reserve(
    company: string,
    wanted: { readonly estimate: number; readonly dailyUsd: number; readonly share: BudgetShare },
  ): Promise<Reservation | undefined>;
}

/** A budget whose corrections wait until a batch is over: until then it shows a little more than was spent. */
export interface SettlingBudget extends ModelBudget {
  /** Writes what was settled since the last time, one sum for each company and day. */
  writeSettled(): Promise<void>;
}

export interface BudgetDeps {
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

const spentSchema = z.object({ spentMicroUsd: z.number().default(0) });

/** Keeps the budgets in the operations table: one number each, added to on condition that it stays within the limit. */
export function modelBudget(client: DynamoDBClient, table: string, deps: BudgetDeps): ModelBudget {
  const spent = spentOf(client, table);
  return budgetOn(spent, spent.add, deps);
}

/** The same where many calls are settled together. What was set aside is never less than what a call costs. */
export function settlingBudget(client: DynamoDBClient, table: string, deps: BudgetDeps): SettlingBudget {
  const spent = spentOf(client, table);
  const sums = new Map<string, { readonly company: string; readonly day: string; difference: number }>();
  const later: Spent['add'] = async (company, day, difference) => {
    const sum = sums.get(`${company} ${day}`) ?? { company, day, difference: 0 };
    sum.difference += difference;
    sums.set(`${company} ${day}`, sum);
  };
  return {
    ...budgetOn(spent, later, deps),
    async writeSettled() {
      const all = [...sums.values()];
      sums.clear();
      for (const { company, day, difference } of all) await spent.add(company, day, difference);
    },
  };
}

type Spent = ReturnType<typeof spentOf>;

function budgetOn(spent: Spent, add: Spent['add'], { log, meter, now }: BudgetDeps): ModelBudget {
  return {
    async reserve(company, { estimate, dailyUsd, share }) {
      const at = now();
      const day = at.toISOString().slice(0, 10);
      const budget = dailyUsd * 1_000_000;
      const limit = Math.floor(share === 'live' ? budget : budget * CATCH_UP_SHARE);
      const tell = (sum: number): void => {
        const percent = budget === 0 ? 100 : Math.min(100, Math.round((100 * sum) / budget));
        meter.count(METRIC.modelBudgetUsed, percent);
        if (percent >= TOLD_FROM) log.warn('model.budget', { company, day, percent, share });
      };
      const sum = await spent.addWithin(company, day, { estimate, limit, at });
      // Refused: what one call may cost does not fit any more, or may not be taken by a look at what came earlier.
      if (sum !== undefined || share === 'live') tell(sum ?? budget);
      if (sum === undefined) return undefined;
      // To the day that it was set aside on, also where midnight came in between.
      return { settle: (cost) => add(company, day, Math.ceil(cost) - estimate) };
    },
  };
}

interface Setting {
  readonly estimate: number;
  readonly limit: number;
  readonly at: Date;
}

/** The sums themselves, in millionths of a US dollar. */
function spentOf(client: DynamoDBClient, table: string) {
  const keyOf = (company: string, day: string) => ({
    kind: toAttribute(BUDGET_KIND),
    id: toAttribute(`${company.slice(0, 200)}#${day}`),
  });
  return {
    async add(company: string, day: string, difference: number): Promise<void> {
      if (difference === 0) return;
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(company, day),
        UpdateExpression: 'ADD spentMicroUsd :difference',
        ExpressionAttributeValues: { ':difference': toAttribute(difference) },
      });
      await client.send(command);
    },

    /** @returns the sum after it; undefined where it would go past the limit. */
    async addWithin(company: string, day: string, { estimate, limit, at }: Setting): Promise<number | undefined> {
      if (estimate > limit) return undefined;
      const command = new UpdateItemCommand({
        TableName: table,
        Key: keyOf(company, day),
        UpdateExpression: 'ADD spentMicroUsd :estimate SET expiresAt = if_not_exists(expiresAt, :expires)',
        ConditionExpression: 'attribute_not_exists(spentMicroUsd) OR spentMicroUsd <= :room',
        ExpressionAttributeValues: {
          ':estimate': toAttribute(estimate),
          ':room': toAttribute(limit - estimate),
          ':expires': toAttribute(Math.floor(at.getTime() / 1000) + KEPT_DAYS * 86_400),
        },
        ReturnValues: 'UPDATED_NEW',
      });
      try {
        const { Attributes = {} } = await client.send(command);
        return fromItem(spentSchema, Attributes).spentMicroUsd;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
  };
}
