import { RetryableError } from '../errors/errors.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { RateBudget, Share } from './rate-budget.ts';

const SPENT = 'rate-budget.spent';

/**
 * An HTTP client that asks the budget before each call, whatever the call is.
 * @throws RetryableError when the budget is spent: nothing was sent.
 */
export function budgetedHttp(http: HttpClient, budget: RateBudget, share: Share): HttpClient {
  return async (request) => {
    const taken = await budget.take(share);
    if (taken.granted) return await http(request);
    const waitSeconds = Math.ceil(taken.waitMs / 1000);
    throw new RetryableError(SPENT, 'the budget of calls is spent for the moment', { waitSeconds });
  };
}

/** Whether a call was not made because the budget was spent. */
export function isBudgetSpent(error: unknown): boolean {
  return error instanceof RetryableError && error.code === SPENT;
}
