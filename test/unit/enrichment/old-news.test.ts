import { afterAll, beforeAll, expect, it } from 'vitest';
import { webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

/** Hands over a body that reached us in that second of the day. */
async function deliver(body: string, second: number, receives = 1): Promise<void> {
  const message = desk.message(body, { receives });
  const stringValue = `2026-03-10T18:00:${String(second).padStart(2, '0')}.000Z`;
  const receivedAt = { dataType: 'String', stringValue };
  const received = { ...message, messageAttributes: { ...message.messageAttributes, receivedAt } };
  await webhookConsumer('', desk.deps).handle(received);
}

it('a batch given out again after it was done changes nothing: nothing is cancelled twice', async () => {
  const { uuid } = desk.fareHarbor.book();
  const bodies = [desk.fareHarbor.bodyOf(uuid)];
  desk.fareHarbor.cancel(uuid);
  bodies.push(desk.fareHarbor.bodyOf(uuid));
  for (const receives of [1, 2]) {
    for (const [second, body] of bodies.entries()) await deliver(body, second, receives);
  }
  const record = await desk.record(uuid);
  expect(record).toMatchObject({ version: 2, booking: { status: 'cancelled' } });
  expect(record?.changes.map(({ change }) => change.kind)).toEqual(['booked', 'cancelled']);
});

it('the newest receipt counts on its first receive, whatever the clocks of ingest say', async () => {
  const { uuid } = desk.fareHarbor.book({ note: 'A' });
  await deliver(desk.fareHarbor.bodyOf(uuid), 5);
  desk.fareHarbor.edit(uuid, { note: 'B' });
  await deliver(desk.fareHarbor.bodyOf(uuid), 4);
  expect(await desk.record(uuid)).toMatchObject({ version: 2, booking: { note: 'B' } });
});

it('a webhook that had to wait for its first work is news, however often it was given out', async () => {
  const { uuid } = desk.fareHarbor.book({ note: 'A' });
  await deliver(desk.fareHarbor.bodyOf(uuid), 1);
  desk.fareHarbor.edit(uuid, { note: 'B' });
  await deliver(desk.fareHarbor.bodyOf(uuid), 2, 4);
  expect(await desk.record(uuid)).toMatchObject({ version: 2, booking: { note: 'B' } });
});

it('a body from before the rebooking takes no rebooked booking back', async () => {
  const { uuid } = desk.fareHarbor.book();
  const before = desk.fareHarbor.bodyOf(uuid);
  await deliver(before, 1);
  const next = desk.fareHarbor.rebook(uuid);
  await deliver(desk.fareHarbor.bodyOf(uuid), 2);
  await deliver(before, 3);
  expect(await desk.record(uuid)).toMatchObject({ version: 2, booking: { status: 'rebooked', rebookedTo: next.uuid } });
});
