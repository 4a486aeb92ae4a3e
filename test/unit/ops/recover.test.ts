import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recover } from '../../../infra/ops/recover.ts';
import { summarise } from '../../../shared/guest/booking-summary.ts';
import { togetherValue } from '../../../shared/guest/guest-file.ts';
import { guestItem, TOTALS_ROW } from '../../../shared/guest/guest-rows.ts';
import { totalsOf } from '../../../shared/guest/totals.ts';
import { guestSumsSchema } from '../../../shared/guest/totals-shape.ts';
import { type ActsDesk, openActsDesk } from '../acts/acts-desk.ts';
import { email } from '../enrichment/desk.ts';

let desk: ActsDesk;
beforeAll(async () => {
  desk = await openActsDesk();
});
afterAll(() => desk.close());

it('a guests table restored to earlier than the records says what the records say, and keeps what is its alone', async () => {
  const contact = email('Two Clocks');
  const [changed, gone] = [desk.fareHarbor.book({ contact }).uuid, desk.fareHarbor.book({ contact }).uuid];
  for (const uuid of [changed, gone]) await desk.webhook(uuid);
  const { guestKey, booking, firstSeenAt } = await desk.held(changed);
  const lost = summarise((await desk.held(gone)).booking, firstSeenAt);
  desk.fareHarbor.cancel(changed);
  await desk.webhook(changed);

  // The row is of before the cancellation, and of a booking whose record was restored to before there was one.
  const was = new Map(
    [summarise(booking, firstSeenAt), { ...lost, uuid: `${gone}-lost` }].map((one) => [one.uuid, one]),
  );
  const row = guestItem(guestKey, TOTALS_ROW, togetherValue({ summaries: was, successors: new Map() }, 1));
  await desk.dynamo.send(new PutItemCommand({ TableName: 'guests', Item: row }));
  const now = new Date();
  expect(await recover(desk.stage, now)).toEqual({ bookings: 2, moved: [] });

  const { bookings } = await desk.guests.read(guestKey);
  const statuses = bookings.map(({ uuid, status }) => `${uuid} ${status}`).sort();
  expect(statuses).toEqual([`${changed} cancelled`, `${gone} booked`, `${gone}-lost booked`].sort());
  const { totals } = await desk.guests.look(guestKey, { sink: 'crm', now: now.toISOString() });
  expect(guestSumsSchema.parse(totals)).toEqual(guestSumsSchema.parse(totalsOf(bookings, now.toISOString())));
  expect(totals.cancellations).toBe(1);
});
