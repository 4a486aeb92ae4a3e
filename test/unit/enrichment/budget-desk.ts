import { setTimeout } from 'node:timers/promises';
import type { SQSRecord } from 'aws-lambda';
import { type WebhookDeps, webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { verifyPending } from '../../../functions/reconcile/verify/verify.ts';
import { retrieveBooking } from '../../../shared/fareharbor/retrieve-booking.ts';
import { httpClient } from '../../../shared/http/http-client.ts';
import { budgetedHttp } from '../../../shared/rate-budget/budgeted-http.ts';
import type { RateBudget } from '../../../shared/rate-budget/rate-budget.ts';
import type { Pending } from '../../../shared/webhook/verification.ts';
import { verificationList } from '../../../shared/webhook/verifications.ts';
import { openDesk } from './desk.ts';

type Handle = (message: SQSRecord) => Promise<void>;

/** A desk for enrichment within a budget of calls to FareHarbor; FareHarbor's own limits are on. */
export async function openBudgetDesk() {
  const desk = await openDesk({});
  desk.switches.apiAccess = true;
  const list = verificationList(desk.dynamo, desk.operationsTable);
  const question = ({ uuid, company }: Pending): SQSRecord =>
    desk.message(JSON.stringify({ booking: { uuid, company: { shortname: company } } }), { kind: 'verify' });
  return {
    ...desk,
    /** An execution environment of enrichment with this budget. */
    environment(budget: RateBudget, over: Partial<WebhookDeps> = {}) {
      const http = httpClient('fareharbor', 5_000);
      const live = budgetedHttp(http, budget, 'live');
      const retrieve = retrieveBooking(desk.secret, live, budgetedHttp(http, budget, 'background'));
      const deps: WebhookDeps = { ...desk.deps, retrieve, ...over };
      const handle: Handle = (message) => webhookConsumer('', deps).handle(message);
      return { retrieve, handle };
    },
    /** What is noted to be verified. */
    pending: () => list.all(),
    /** Has all notes followed by one environment, as the schedule does once. */
    async verify(handle: Handle, now = () => new Date(), pause: (ms: number) => Promise<unknown> = setTimeout) {
      const { log, meter } = desk;
      const ask = (one: Pending) => handle(question(one));
      await verifyPending({ list, ask, withinMs: 40_000, log, meter, now, pause });
    },
  };
}
export type BudgetDesk = Awaited<ReturnType<typeof openBudgetDesk>>;
