import { webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { type SweepDeps, sweepSlice } from '../../../functions/reconcile/sweep/sweep.ts';
import { sweepLog } from '../../../functions/reconcile/sweep/sweep-log.ts';
import { findUnheld } from '../../../functions/reconcile/sweep/unheld.ts';
import { fareHarborLists } from '../../../shared/fareharbor/lists.ts';
import { httpClient } from '../../../shared/http/http-client.ts';
import { budgetedHttp } from '../../../shared/rate-budget/budgeted-http.ts';
import type { RateBudget } from '../../../shared/rate-budget/rate-budget.ts';
import { verificationList } from '../../../shared/webhook/verifications.ts';
import { companyDay, sampleCompanies, startOn } from '../../vendors/fareharbor/catalogue.ts';
import { openDesk, settings } from '../enrichment/desk.ts';

const HOUR_MS = 3_600_000;
const [kayaks] = sampleCompanies;
if (kayaks === undefined) throw new Error('there is no sample company');

/** The start of a tour of harbor-kayaks so many days from now. */
export const startIn = (days: number, time = '09:00') => startOn(kayaks, companyDay(kayaks, Date.now(), days), time);

/** The sweep beside enrichment, on real tables and the FareHarbor stand-in. */
export async function openSweepDesk() {
  const desk = await openDesk();
  desk.switches.apiAccess = true;
  const list = verificationList(desk.dynamo, desk.operationsTable);
  const sweeps = sweepLog(desk.dynamo, desk.operationsTable);
  /** Calls that the budget still grants. */
  const calls = { left: Number.POSITIVE_INFINITY };
  const budget: RateBudget = {
    take: async () => {
      if (calls.left < 1) return { granted: false, waitMs: 100 };
      calls.left -= 1;
      return { granted: true };
    },
  };
  const { log, dynamo } = desk;
  const { now } = desk.deps;
  const deps: SweepDeps = {
    settings: { companies: { 'harbor-kayaks': settings.companies['harbor-kayaks'] ?? never() } },
    hasAccess: async () => desk.switches.apiAccess,
    lists: fareHarborLists(desk.secret, budgetedHttp(httpClient('fareharbor', 2_000), budget, 'background')),
    sweeps,
    unheld: findUnheld(dynamo, 'bookings'),
    list,
    withinMs: 10_000,
    log,
    now,
    pause: async (ms) => {
      desk.clock.aheadMs += ms;
    },
  };
  const ask = (body: string) =>
    webhookConsumer('', desk.deps).handle(desk.message(body, { kind: 'verify', keyCompany: 'harbor-kayaks' }));
  const routes = () => desk.server.requests.map(({ route }) => route);
  return {
    ...desk,
    calls,
    deps,
    list,
    sweeps,
    routes,
    slice: (over: Partial<SweepDeps> = {}) => sweepSlice({ ...deps, ...over }),
    laterBy: (hours: number) => {
      desk.clock.aheadMs += hours * HOUR_MS;
    },
    /** A slice in which the next sweep is due, as long as it takes. */
    async sweep() {
      desk.clock.aheadMs += 6 * HOUR_MS;
      await sweepSlice(deps);
    },
    ask,
    /** Has every note followed. */
    async verifyAll() {
      for (const { uuid, company } of await list.all()) {
        await ask(JSON.stringify({ booking: { uuid, company: { shortname: company } } }));
      }
    },
  };
}
export type SweepDesk = Awaited<ReturnType<typeof openSweepDesk>>;

function never(): never {
  throw new Error('the sample settings lack harbor-kayaks');
}
