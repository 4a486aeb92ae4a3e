import { webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { findUnheld } from '../../../functions/reconcile/sweep/unheld.ts';
import { type BackfillRange, backfillLog } from '../../../infra/backfill/backfill-log.ts';
import type { BulkSinks } from '../../../infra/backfill/bulk-sinks.ts';
import type { Figures } from '../../../infra/backfill/figures.ts';
import { type BackfillDeps, runBackfill } from '../../../infra/backfill/run.ts';
import { waitingRecords } from '../../../infra/backfill/waiting-records.ts';
import { fareHarborLists } from '../../../shared/fareharbor/lists.ts';
import { retrieveBooking } from '../../../shared/fareharbor/retrieve-booking.ts';
import { type HttpClient, httpClient } from '../../../shared/http/http-client.ts';
import { budgetedHttp } from '../../../shared/rate-budget/budgeted-http.ts';
import { type BudgetRule, FAREHARBOR_RULE, rateBudget, type Share } from '../../../shared/rate-budget/rate-budget.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { bookingsTable } from '../../../shared/records/bookings-table.ts';
import type { Pending } from '../../../shared/webhook/verification.ts';
import { verificationList } from '../../../shared/webhook/verifications.ts';
import type { RateLimit } from '../../vendors/fareharbor/access.ts';
import { openDesk } from '../enrichment/desk.ts';

export const RANGE: BackfillRange = { company: 'harbor-kayaks', from: '2026-01-01', to: '2026-03-31' };
export const START = Date.parse('2026-11-21T12:00:00Z');

export interface BackfillDeskOptions {
  /** The stand-in's limits and the budget for them: FareHarbor's own where nothing is said. */
  readonly rateLimit?: RateLimit | false;
  readonly rule?: BudgetRule;
}

/**
 * A backfill beside enrichment, on real tables and the FareHarbor stand-in, in time that passes only while the backfill
 * pauses. The bulk writes are kept in a list, and noted as brought.
 */
export async function openBackfillDesk({ rateLimit, rule = FAREHARBOR_RULE }: BackfillDeskOptions = {}) {
  const clock = { at: START };
  const virtual = () => clock.at;
  const desk = await openDesk({ now: virtual, ...(rateLimit !== undefined && { rateLimit }) });
  desk.switches.apiAccess = true;
  const now = () => new Date(clock.at);
  const list = verificationList(desk.dynamo, desk.operationsTable);
  const calledAt: number[] = [];
  const client = httpClient('fareharbor', 5_000);
  const http: HttpClient = (request) => {
    calledAt.push(clock.at);
    return client(request);
  };
  const budget = () => rateBudget(desk.dynamo, desk.operationsTable, { id: 'fareharbor', rule, now });
  const budgeted = (share: Share) => budgetedHttp(http, budget(), share);
  const retrieve = retrieveBooking(desk.secret, budgeted('live'), budgeted('background'));
  const deps = { ...desk.deps, retrieve };
  const handle = (one: Pending) => {
    const body = JSON.stringify({ booking: { uuid: one.uuid, company: { shortname: one.company } } });
    return webhookConsumer('', deps).handle(desk.message(body, { kind: 'verify', keyCompany: one.company }));
  };
  const table = bookingsTable(desk.dynamo, 'bookings', now);
  const bulkWrites: string[][] = [];
  let writing: Promise<unknown> | undefined;
  const write = async (records: readonly BookingRecord[]) => {
    bulkWrites.push(records.map(({ uuid }) => uuid));
    for (let next = 0; next < records.length; next += 20) {
      const some = records.slice(next, next + 20).flatMap((record) => [record, record]);
      await Promise.all(some.map((record, n) => table.noteSynced(record, n % 2 === 0 ? 'crm' : 'marketing', {})));
    }
    return { brought: records.length, left: 0, waiting: 0 };
  };
  /** Has virtual time stand still while a bulk write goes on. */
  const alongside = ({ bring }: BulkSinks) => ({
    bulk: {
      bring(records) {
        const written = bring(records);
        writing = written.catch(() => undefined);
        return written;
      },
    } satisfies BulkSinks,
    settleBulk: async () => await writing,
  });
  const { bulk } = alongside({ bring: write });
  const figures: Figures[] = [];
  const backfillDeps: BackfillDeps = {
    lists: fareHarborLists(desk.secret, budgeted('background')),
    unheld: findUnheld(desk.dynamo, 'bookings'),
    list,
    backfills: backfillLog(desk.dynamo, desk.operationsTable, now),
    waiting: waitingRecords(desk.dynamo, 'bookings'),
    bulk,
    ask: handle,
    now,
    pause: async (ms) => {
      // A bulk write takes no time here.
      await writing;
      await new Promise((done) => setImmediate(done));
      clock.at += ms;
    },
    tell: (told) => figures.push(told),
  };
  return {
    ...desk,
    clock,
    /** When each call went out to FareHarbor. */
    calledAt,
    budget,
    list,
    alongside,
    bulkWrites,
    figures,
    deps: backfillDeps,
    enrichment: deps,
    run: (over: Partial<BackfillDeps> = {}, signal = new AbortController().signal) =>
      runBackfill(RANGE, { ...backfillDeps, ...over }, signal),
    /** Bookings of so many guests, on a third of the days of the range. */
    fill(count: number, guests = Math.ceil(count * 0.6)) {
      return Array.from({ length: count }, (_, n) => {
        const day = new Date(Date.parse(RANGE.from) + ((n * 21) % 90) * 86_400_000).toISOString().slice(0, 10);
        return desk.fareHarbor.book({
          item: n % 3 === 0 ? 11_002 : 11_001,
          startAt: `${day}T0${(n % 2) + 8}:00:00-1000`,
          contact: { name: `Guest ${n % guests}`, email: `guest-${n % guests}@history.test`, phone: '' },
        }).uuid;
      });
    },
    retrieves: () => desk.server.requests.filter(({ route }) => route === 'booking.get').length,
  };
}
export type BackfillDesk = Awaited<ReturnType<typeof openBackfillDesk>>;
