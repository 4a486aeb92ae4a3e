import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { mailchimpSecretSchema, salesforceSecretSchema, stageBulk } from '../../../infra/backfill/stage-bulk.ts';
import type { BudgetRule } from '../../../shared/rate-budget/rate-budget.ts';
import { createMailchimp } from '../../vendors/mailchimp/mailchimp.ts';
import { createSalesforce } from '../../vendors/salesforce/salesforce.ts';
import { serveVendor } from '../../vendors/server.ts';
import { settings } from '../enrichment/desk.ts';
import { openBackfillDesk } from './backfill-desk.ts';

/**
 * More than two pages of what is brought in one write (500), and the kill comes within the second: more bookings only
 * repeat that. `BACKFILL_BOOKINGS=5000 npx vitest run test/unit/backfill/large.test.ts` takes two minutes.
 */
const BOOKINGS = Number(process.env.BACKFILL_BOOKINGS ?? 1_200);
const GUESTS = Math.ceil(BOOKINGS * 0.6);

/** FareHarbor's limits, the budget for them and the pace, all a hundredfold, so that hours become minutes. */
const RATE_LIMIT = { perSecond: 3_000, perFiveMinutes: 300_000 };
const RULE: BudgetRule = { capacity: 1_000, perSecond: 980, keptForLive: 500, leaseMs: 500 };
const PACE = { perSecond: 1_100, burst: 100, window: 100, patienceMs: 60_000 };
/** Everything by which the operator's audience could start something. */
const JOURNEYS = ['booking_created', 'booking_changed', 'booking_cancelled', 'stage:upcoming', 'stage:completed'];

async function openVendors() {
  const salesforce = createSalesforce();
  const mailchimp = createMailchimp({ journeys: JOURNEYS });
  const servers = { salesforce: await serveVendor(salesforce), mailchimp: await serveVendor(mailchimp) };
  return { salesforce, mailchimp, servers };
}

it(`${BOOKINGS} bookings of ${GUESTS} guests are in both vendors once, though it is killed, and nobody is told`, {
  timeout: 1_200_000,
}, async () => {
  const desk = await openBackfillDesk({ rateLimit: RATE_LIMIT, rule: RULE });
  const { salesforce, mailchimp, servers } = await openVendors();
  const sent: unknown[] = [];
  const sqs = new SQSClient({ region: 'us-east-1' });
  sqs.middlewareStack.add(
    () => async (args) => {
      sent.push(args.input);
      return { response: {}, output: { $metadata: {} } };
    },
    { step: 'initialize' },
  );
  const { log, dynamo } = desk;
  const login = { loginUrl: servers.salesforce.url, clientId: 'harborlight-local', clientSecret: 'local-secret' };
  const account = { apiKey: 'local-key-us1', audienceId: 'audience01', apiUrl: `${servers.mailchimp.url}/3.0` };
  const stage = stageBulk({
    dynamo,
    sqs,
    tables: { bookings: 'bookings', guests: 'guests', operations: desk.operationsTable, decisions: 'decisions' },
    queueUrl: async (queue) => `https://queue.test/${queue}`,
    salesforce: async () => salesforceSecretSchema.parse({ '*': login }),
    mailchimp: async () => mailchimpSecretSchema.parse({ '*': account }),
    settings,
    log,
    now: () => new Date(),
  });
  const { bulk, settleBulk } = desk.alongside(stage);
  const uuids = desk.fill(BOOKINGS, GUESTS);
  const calls = () => desk.calledAt.length;
  const deps = { bulk, pace: PACE };

  // Killed when half is done, wherever it is then.
  const pause = async (ms: number) => {
    if (calls() > BOOKINGS / 2) throw new Error('killed');
    await desk.deps.pause(ms);
  };
  await expect(desk.run({ ...deps, pause })).rejects.toThrow('killed');
  await settleBulk();
  expect(await desk.run(deps)).toBe('finished');

  expect(desk.retrieves()).toBe(BOOKINGS);
  expect(desk.fareHarbor.refusedForRate()).toBe(0);
  const sales = salesforce.records('Opportunity').map((one) => one.FareHarbor_Current_UUID__c);
  expect(sales.sort()).toEqual([...uuids].sort());
  expect(salesforce.records('Contact')).toHaveLength(GUESTS);
  expect(salesforce.records('Case')).toEqual([]);
  const { contacts, journeys } = mailchimp.audience();
  expect(contacts.size).toBe(GUESTS);
  expect(journeys).toEqual([]);
  expect([...contacts.values()].flatMap(({ events }) => events)).toEqual([]);
  expect(sent).toEqual([]);
  expect(await desk.list.all()).toEqual([]);
  await Promise.all([desk.close(), servers.salesforce.close(), servers.mailchimp.close()]);
  sqs.destroy();
});
