import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { oncePerBooking } from '../../../functions/enrichment/once-per-booking.ts';
import { correlated, correlation } from '../../../shared/observability/correlation.ts';
import { type Desk, type MessageOptions, openDesk, settings } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
beforeEach(() => {
  desk.hints.length = 0;
});

/** A message in its booking's group. */
function inGroup(uuid: string, body: string, options: MessageOptions = {}): SQSRecord {
  const message = desk.message(body, options);
  return { ...message, attributes: { ...message.attributes, MessageGroupId: uuid } };
}

async function deliver(batch: readonly SQSRecord[]): Promise<void> {
  const consumer = oncePerBooking(webhookConsumer('', desk.deps), batch, desk.deps);
  for (const message of batch) await consumer.handle(message);
}

/** The webhooks of a booking whose note becomes each of these in turn. */
function told(uuid: string, notes: readonly string[]): SQSRecord[] {
  return notes.map((note) => {
    desk.fareHarbor.edit(uuid, { note });
    return inGroup(uuid, desk.fareHarbor.bodyOf(uuid));
  });
}

it('takes the last of several bodies of a booking, once, and every other booking of the batch', async () => {
  const [one, other] = [desk.fareHarbor.book().uuid, desk.fareHarbor.book().uuid];
  const [first, second, third] = told(one, ['A', 'B', 'C']);
  const [alone] = told(other, ['alone']);
  await deliver([first, alone, second, third].filter((message) => message !== undefined));
  expect(await desk.record(one)).toMatchObject({ version: 1, booking: { note: 'C' } });
  expect(await desk.record(other)).toMatchObject({ version: 1, booking: { note: 'alone' } });
  expect(desk.hints.filter(({ uuid, sink }) => uuid === one && sink === 'crm')).toHaveLength(1);
});

it('A → B → A in one batch ends at A', async () => {
  const { uuid } = desk.fareHarbor.book({ note: 'A' });
  await deliver([inGroup(uuid, desk.fareHarbor.bodyOf(uuid))]);
  await deliver(told(uuid, ['B', 'A']));
  expect(await desk.record(uuid)).toMatchObject({ version: 1, booking: { note: 'A' } });
  await deliver(told(uuid, ['B', 'A', 'B']));
  expect(await desk.record(uuid)).toMatchObject({ version: 2, booking: { note: 'B' } });
});

it('an old body that came late does not hide that the booking was rebooked', async () => {
  const { uuid } = desk.fareHarbor.book();
  const old = desk.fareHarbor.bodyOf(uuid);
  desk.fareHarbor.rebook(uuid);
  await deliver([old, desk.fareHarbor.bodyOf(uuid), old].map((body) => inGroup(uuid, body)));
  expect(await desk.record(uuid)).toMatchObject({ version: 1, booking: { status: 'rebooked' } });
});

it('a body that would be quarantined hides none before it, and is quarantined', async () => {
  const { uuid } = desk.fareHarbor.book();
  const strange = JSON.stringify({ booking: { uuid, company: { shortname: 'strangers' } } });
  const foreign = desk.fareHarbor.bodyOf(uuid);
  const before = (await desk.quarantined()).length;
  await deliver([
    ...told(uuid, ['A', 'B']),
    inGroup(uuid, strange),
    inGroup(uuid, foreign, { keyCompany: 'umi-tours' }),
    inGroup(uuid, '{"booking":', { kind: 'unreadable', reason: 'not-json' }),
  ]);
  expect(await desk.record(uuid)).toMatchObject({ version: 1, booking: { note: 'B' } });
  expect(await desk.quarantined()).toHaveLength(before + 3);
});

it('the first does the work of the last, with its own count of receives; none is done before it succeeds', async () => {
  const { uuid } = desk.fareHarbor.book();
  const batch = told(uuid, ['A', 'B', 'C']).map((message, index) => ({
    ...message,
    attributes: { ...message.attributes, ApproximateReceiveCount: String(3 - index) },
  }));
  const seen: (string | undefined)[][] = [];
  const failing = {
    queueUrl: '',
    worstCaseMs: 1,
    handle: async ({ messageId, attributes }: SQSRecord) => {
      seen.push([messageId, attributes.ApproximateReceiveCount, correlation()?.id]);
      throw new Error('FareHarbor is away');
    },
    park: async () => undefined,
  };
  const consumer = oncePerBooking(failing, batch, { settings, log: desk.log });
  for (const message of batch) {
    const handled = correlated(message.messageId, () => consumer.handle(message));
    await expect(handled).rejects.toThrow('FareHarbor is away');
  }
  // In the last one's name, too: it is that webhook which leads to the version.
  const last = batch.at(-1)?.messageId;
  expect(seen).toEqual([[last, '3', last]]);
});
