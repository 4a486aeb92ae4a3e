import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type BudgetDeps, type LeasedBudget, type ModelBudget, modelBudget } from './budget.ts';
import { type KeptAnswers, keptAnswers } from './kept-answers.ts';
import { type ModelRest, modelRest } from './rest.ts';

/** What keeps the model from costing more than it must: in money, and in time that bookings wait for it. */
export interface ModelEconomy {
  readonly answers: KeptAnswers;
  readonly budget: ModelBudget;
  readonly rest: ModelRest;
}

/** All of it, on the operations table. */
export function modelEconomy(
  client: DynamoDBClient,
  table: string,
  deps: BudgetDeps,
): ModelEconomy & { readonly budget: LeasedBudget } {
  return {
    answers: keptAnswers(client, table, deps.now),
    budget: modelBudget(client, table, deps),
    rest: modelRest(deps.now),
  };
}
