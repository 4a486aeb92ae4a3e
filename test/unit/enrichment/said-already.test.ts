import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { oncePerBooking } from '../../../functions/enrichment/once-per-booking.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let asked: string[] = [];
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
beforeEach(() => {
  desk.switches.apiAccess = true;
  desk.hints.length = 0;
  asked = [];
});

/** Delivers bodies as one batch, and counts what FareHarbor is asked. */
async function deliver(uuid: string, ...bodies: readonly string[]): Promise<void> {
  const batch = bodies.map((body): SQSRecord => {
    const message = desk.message(body);
    return { ...message, attributes: { ...message.attributes, MessageGroupId: uuid } };
  });
  const deps: Desk['deps'] = {
    ...desk.deps,
    retrieve: (company, ...rest) => {
      asked.push(company);
      return desk.deps.retrieve(company, ...rest);
    },
  };
  const consumer = oncePerBooking(webhookConsumer('', deps), batch, deps);
  for (const message of batch) await consumer.handle(message);
}

/** A booking that we hold as FareHarbor itself told us. */
async function held(note = 'A'): Promise<{ uuid: string; body: string }> {
  const { uuid } = desk.fareHarbor.book({ note });
  const body = desk.fareHarbor.bodyOf(uuid);
  await deliver(uuid, body);
  expect(await desk.record(uuid)).toMatchObject({ source: 'api', version: 1, booking: { note } });
  asked = [];
  return { uuid, body };
}

it('a body that says what FareHarbor said last is not asked about', async () => {
  const { uuid, body } = await held();
  desk.fareHarbor.remind(uuid);
  await deliver(uuid, body);
  await deliver(uuid, desk.fareHarbor.bodyOf(uuid));
  expect(asked).toEqual([]);
  expect(await desk.record(uuid)).toMatchObject({ version: 1 });
});

it('it still leads to the hints that a crash left unsent', async () => {
  const { uuid, body } = await held();
  desk.hints.length = 0;
  await deliver(uuid, body);
  expect(desk.hints.map(({ sink, version }) => `${sink} ${version}`)).toEqual(['crm 1', 'marketing 1']);
});

it('a body that says something else is asked about, also one that says what was said before that', async () => {
  const { uuid, body } = await held('A');
  desk.fareHarbor.edit(uuid, { note: 'B' });
  await deliver(uuid, desk.fareHarbor.bodyOf(uuid));
  expect(await desk.record(uuid)).toMatchObject({ version: 2, booking: { note: 'B' } });
  await deliver(uuid, body);
  desk.fareHarbor.edit(uuid, { note: 'A' });
  await deliver(uuid, body);
  expect(asked).toHaveLength(3);
  expect(await desk.record(uuid)).toMatchObject({ version: 3, booking: { note: 'A' } });
});

it('an old body at the end of a batch does not hide what the ones before it told', async () => {
  const { uuid, body } = await held('A');
  desk.fareHarbor.edit(uuid, { note: 'B' });
  await deliver(uuid, desk.fareHarbor.bodyOf(uuid), body);
  expect(await desk.record(uuid)).toMatchObject({ version: 2, booking: { note: 'B' } });
});

it('a body that leaves payments out is asked about: it may hide a refund', async () => {
  const { uuid } = await held();
  await deliver(uuid, desk.fareHarbor.bodyOf(uuid, 'full'));
  expect(asked).toHaveLength(1);
});

it('what was believed of a body is asked about', async () => {
  desk.switches.apiAccess = false;
  const { uuid } = desk.fareHarbor.book();
  await deliver(uuid, desk.fareHarbor.bodyOf(uuid));
  desk.switches.apiAccess = true;
  await deliver(uuid, desk.fareHarbor.bodyOf(uuid));
  expect(asked).toHaveLength(2);
});
