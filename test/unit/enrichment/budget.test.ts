import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { WebhookDeps } from '../../../functions/enrichment/consume-webhooks.ts';
import { verifications } from '../../../functions/enrichment/truth/verifications.ts';
import { askToVerify } from '../../../functions/reconcile/verify/verify.ts';
import type { RateBudget } from '../../../shared/rate-budget/rate-budget.ts';
import { parseSettings } from '../../../shared/settings/settings.ts';
import { type BudgetDesk, openBudgetDesk } from './budget-desk.ts';

const waiting = parseSettings({
  companies: { 'harbor-kayaks': { name: 'Harbor Kayaks', fareharbor: { whenBudgetSpent: 'wait' } } },
});

let desk: BudgetDesk;
beforeAll(async () => {
  desk = await openBudgetDesk();
});
beforeEach(() => {
  budgets.spent = false;
});
afterEach(() => desk.server.clearFaults());
afterAll(() => desk.close());

/** Calls are left, or none is, as the test says. */
const budgets = { spent: false };
const switched: RateBudget = {
  take: async () => (budgets.spent ? { granted: false, waitMs: 500 } : { granted: true }),
};

const deliver = (body: string, receives = 1, over: Partial<WebhookDeps> = {}) =>
  desk.environment(switched, over).handle(desk.message(body, { receives }));
/** The second receive: on the first, a booking we hold nothing of waits a moment for a call. */
const AGAIN = 2;
const pendingOf = async (uuid: string) => (await desk.pending()).filter((one) => one.uuid === uuid);
/** Has all notes followed by one environment, in time that passes only while waiting. */
async function verifyAll(): Promise<void> {
  const clock = { at: Date.now() };
  await desk.verify(
    desk.environment(switched).handle,
    () => new Date(clock.at),
    async (ms) => (clock.at += ms),
  );
}

describe('when no call to FareHarbor is left', () => {
  it('a new booking is taken from its body after a moment, and verified later', async () => {
    const { uuid } = desk.fareHarbor.book({ note: 'as it was' });
    const body = desk.fareHarbor.bodyOf(uuid);
    desk.fareHarbor.edit(uuid, { note: 'as it is' });
    budgets.spent = true;
    await expect(deliver(body)).rejects.toMatchObject({ code: 'fareharbor.budget-spent', waitSeconds: 2 });
    await deliver(body, AGAIN);
    expect(await desk.record(uuid)).toMatchObject({ version: 1, source: 'webhook', booking: { note: 'as it was' } });
    expect(await pendingOf(uuid)).toHaveLength(1);
    budgets.spent = false;
    await verifyAll();
    expect(await desk.record(uuid)).toMatchObject({ version: 2, source: 'api', booking: { note: 'as it is' } });
    expect(await pendingOf(uuid)).toEqual([]);
  });

  it('a question that finds no call left, or no answer, stays noted', async () => {
    const { uuid } = desk.fareHarbor.book();
    budgets.spent = true;
    await deliver(desk.fareHarbor.bodyOf(uuid), AGAIN);
    await verifyAll();
    budgets.spent = false;
    desk.server.fault({ route: '*', status: 403, body: { error: 'Forbidden', status: 403 }, times: 1000 });
    await verifyAll();
    desk.server.clearFaults();
    expect(await pendingOf(uuid)).toHaveLength(1);
    expect(await desk.record(uuid)).toMatchObject({ version: 1, source: 'webhook' });
    expect(desk.counts.FareHarborKeysRejected).toBeUndefined();
    await verifyAll();
    expect(await pendingOf(uuid)).toEqual([]);
  });

  it('the next webhook that could be verified settles the note, too', async () => {
    const { uuid } = desk.fareHarbor.book();
    budgets.spent = true;
    await deliver(desk.fareHarbor.bodyOf(uuid), AGAIN);
    budgets.spent = false;
    await deliver(desk.fareHarbor.bodyOf(uuid));
    expect(await pendingOf(uuid)).toEqual([]);
  });

  it('nobody looks for notes of single bookings while none is noted, nor forgets a note that was just made', async () => {
    const { dynamo, operationsTable, clock } = desk;
    const calls: string[] = [];
    dynamo.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          calls.push(String(commandName));
          return next(args);
        },
      { step: 'initialize', name: 'counting' },
    );
    onTestFinished(() => void dynamo.middlewareStack.remove('counting'));
    const own = verifications(dynamo, operationsTable, () => new Date(Date.now() + clock.aheadMs));
    const answered = async (uuid: string) => {
      calls.length = 0;
      await own.settleWhereNoted('harbor-kayaks', uuid, new Date(Date.now() + clock.aheadMs + 1));
      return calls.map((call) => call.replace('Command', ''));
    };
    const [one, other] = [desk.fareHarbor.book().uuid, desk.fareHarbor.book().uuid];
    expect(await answered(one)).toEqual(['Query']);
    expect(await answered(other)).toEqual([]);
    await own.note('harbor-kayaks', one);
    expect(await answered(one)).toEqual(['Query', 'GetItem', 'DeleteItem']);
    expect(await pendingOf(one)).toEqual([]);
    expect(await answered(other)).toEqual(['Query']);
    // Noted by somebody else, as the sweep does: seen ten seconds later.
    await desk.deps.verifications.note('harbor-kayaks', other);
    expect(await answered(other)).toEqual([]);
    clock.aheadMs = 11_000;
    expect(await answered(other)).toEqual(['Query', 'GetItem', 'DeleteItem']);
    clock.aheadMs = 0;
    expect(await pendingOf(other)).toEqual([]);
  });

  it('an answer does not settle a note made after the question', async () => {
    const { uuid } = desk.fareHarbor.book();
    const { verifications } = desk.deps;
    const askedAt = new Date();
    desk.clock.aheadMs = 1;
    await verifications?.note('harbor-kayaks', uuid);
    await verifications?.settle('harbor-kayaks', uuid, askedAt);
    expect(await pendingOf(uuid)).toHaveLength(1);
    await verifications?.settle('harbor-kayaks', uuid, new Date(askedAt.getTime() + 60_000));
    desk.clock.aheadMs = 0;
    expect(await pendingOf(uuid)).toEqual([]);
  });

  it('an old body does not replace what FareHarbor itself told us a moment ago (invariant 3)', async () => {
    const { uuid } = desk.fareHarbor.book({ note: 'old' });
    const old = desk.fareHarbor.bodyOf(uuid);
    desk.fareHarbor.edit(uuid, { note: 'new' });
    await deliver(desk.fareHarbor.bodyOf(uuid));
    budgets.spent = true;
    for (const receives of [1, 2, 3, 4, 5]) {
      const waits = { code: 'fareharbor.budget-spent', waitSeconds: 2 ** receives };
      await expect(deliver(old, receives)).rejects.toMatchObject(waits);
    }
    expect(await desk.record(uuid)).toMatchObject({ version: 1, booking: { note: 'new' } });
    budgets.spent = false;
    await deliver(old, 6);
    expect(await desk.record(uuid)).toMatchObject({ version: 1, source: 'api', booking: { note: 'new' } });
  });

  it('and where it did so after all, having waited long, that is not for ever (invariant 3)', async () => {
    const { uuid } = desk.fareHarbor.book({ note: 'old' });
    const old = desk.fareHarbor.bodyOf(uuid);
    desk.fareHarbor.edit(uuid, { note: 'new' });
    await deliver(desk.fareHarbor.bodyOf(uuid));
    budgets.spent = true;
    await deliver(old, 6);
    budgets.spent = false;
    await verifyAll();
    expect(await desk.record(uuid)).toMatchObject({ source: 'api', booking: { note: 'new' } });
  });

  it('a body that comes too late to be a retry is news, and is taken at once', async () => {
    const { uuid } = desk.fareHarbor.book({ note: 'first' });
    await deliver(desk.fareHarbor.bodyOf(uuid));
    desk.fareHarbor.edit(uuid, { note: 'second' });
    budgets.spent = true;
    desk.clock.aheadMs = 11 * 60_000;
    await deliver(desk.fareHarbor.bodyOf(uuid));
    desk.clock.aheadMs = 0;
    expect(await desk.record(uuid)).toMatchObject({ version: 2, source: 'webhook', booking: { note: 'second' } });
  });

  it('a webhook waits for as long as it takes where the setting says so', async () => {
    const { uuid } = desk.fareHarbor.book();
    const body = desk.fareHarbor.bodyOf(uuid);
    budgets.spent = true;
    for (const receives of [1, 6, 20]) {
      const waits = { code: 'fareharbor.budget-spent', waitSeconds: Math.min(60, 2 ** receives) };
      await expect(deliver(body, receives, { settings: waiting })).rejects.toMatchObject(waits);
    }
    expect(await desk.record(uuid)).toBeUndefined();
    expect(await pendingOf(uuid)).toEqual([]);
    budgets.spent = false;
    await deliver(body, 21, { settings: waiting });
    expect(await desk.record(uuid)).toMatchObject({ version: 1, source: 'api' });
  });

  it('a company without API access is not concerned: no call is asked for, and nothing is noted', async () => {
    const { uuid } = desk.fareHarbor.book();
    desk.switches.apiAccess = false;
    budgets.spent = true;
    await deliver(desk.fareHarbor.bodyOf(uuid), 1, { settings: waiting });
    desk.switches.apiAccess = true;
    expect(await desk.record(uuid)).toMatchObject({ version: 1, source: 'webhook' });
    expect(await pendingOf(uuid)).toEqual([]);
  });

  it('a body believed for a booking that FareHarbor does not know is brought before a person', async () => {
    const real = desk.fareHarbor.book();
    const forged = 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee';
    budgets.spent = true;
    await deliver(desk.fareHarbor.bodyOf(real.uuid).replaceAll(real.uuid, forged), AGAIN);
    budgets.spent = false;
    await verifyAll();
    expect(await pendingOf(forged)).toEqual([]);
    expect(await desk.quarantined()).toContainEqual(
      expect.objectContaining({ uuid: forged, reason: 'unknown-booking' }),
    );
  });
});

it('FareHarbor down: what was taken from the body is verified when it is back', async () => {
  const { uuid } = desk.fareHarbor.book({ note: 'before' });
  const body = desk.fareHarbor.bodyOf(uuid);
  desk.fareHarbor.edit(uuid, { note: 'after' });
  desk.server.fault({ route: '*', status: 503 });
  await deliver(body, 3);
  expect(await desk.record(uuid)).toMatchObject({ source: 'webhook', booking: { note: 'before' } });
  await verifyAll();
  expect(await desk.record(uuid)).toMatchObject({ source: 'api', booking: { note: 'after' } });
});

it('the question goes to the bookings queue, in the booking’s own group', async () => {
  const sqs = new SQSClient({ region: 'us-east-1' });
  const sent: SendMessageCommand['input'][] = [];
  sqs.middlewareStack.add(
    () => async (args) => {
      const command = new SendMessageCommand({ QueueUrl: '', MessageBody: '', ...args.input });
      sent.push(command.input);
      return { response: {}, output: { $metadata: {} } };
    },
    { step: 'initialize' },
  );
  const { uuid } = desk.fareHarbor.book();
  await desk.deps.verifications?.note('harbor-kayaks', uuid);
  const [one] = await pendingOf(uuid);
  if (one === undefined) throw new Error('not noted');
  await askToVerify(sqs, 'https://queue.test/bookings.fifo', () => new Date('2026-11-21T12:00:00Z'))(one);
  expect(sent).toMatchObject([
    {
      QueueUrl: 'https://queue.test/bookings.fifo',
      MessageGroupId: uuid,
      MessageBody: JSON.stringify({ booking: { uuid, company: { shortname: 'harbor-kayaks' } } }),
      MessageAttributes: { kind: { StringValue: 'verify' }, receivedAt: { StringValue: '2026-11-21T12:00:00.000Z' } },
    },
  ]);
  await verifyAll();
});
