import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { catchUp, catchUpList } from '../../../functions/reconcile/catch-up/catch-up.ts';
import { GUEST_CHANGED } from '../../../shared/catch-up/note.ts';
import { listening } from '../shared/quiet.ts';
import { clear, type Desk, email, openDesk } from './desk.ts';

/** A guest is shown by the booking made last: what is understood of it is made again when another one changes. */

const COMPANY = 'harbor-kayaks';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterEach(async () => {
  for (const note of await notes()) await desk.deps.catchUp.noteLook(note);
  clear(desk);
  desk.clock.aheadMs = 0;
});
afterAll(async () => {
  await desk.close();
});

const notes = () => catchUpList(desk.dynamo, desk.operationsTable).all();
const look = async (uuid: string) =>
  await desk.deliver([JSON.stringify({ booking: { uuid, company: { shortname: COMPANY } } })], { kind: 'look-again' });

/** What is shown about the guest, from this booking. */
async function shown(uuid: string) {
  const record = await desk.record(uuid);
  if (record === undefined) throw new Error(`no record of ${uuid}`);
  const { segment, churnRisk, interests, upsell, guest } = record.understanding;
  return { version: record.version, segment, churnRisk, interests, upsell, predicted: guest.predictedValue };
}

/** Two bookings of one guest, the second seen a minute after the first. */
async function bookedTwice(name: string) {
  const [first, second] = [
    desk.fareHarbor.book({ contact: email(name) }),
    desk.fareHarbor.book({ contact: email(name) }),
  ];
  await desk.deliver([desk.fareHarbor.bodyOf(first.uuid)]);
  desk.clock.aheadMs += 60_000;
  await desk.deliver([desk.fareHarbor.bodyOf(second.uuid)]);
  desk.clock.aheadMs += 60_000;
  return { first: first.uuid, second: second.uuid };
}

async function cancelled(uuid: string): Promise<void> {
  desk.fareHarbor.cancel(uuid);
  await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
}

test('the booking a guest is shown by is noted when another one changes, and only then', async () => {
  const { first, second } = await bookedTwice('Nadia Petrov');
  expect(await notes()).toEqual([]);
  await cancelled(first);
  expect(await notes()).toMatchObject([{ uuid: second, reason: GUEST_CHANGED }]);
});

test('the look makes of it what it had been made of in the other order, and takes the note away', async () => {
  const { first, second } = await bookedTwice('Olive Hart');
  expect((await shown(second)).segment).toBe('returning');
  await cancelled(first);
  expect((await shown(second)).segment).toBe('returning');
  await look(second);
  const { version, ...looked } = await shown(second);
  expect(version).toBe(2);
  expect(await notes()).toEqual([]);

  const [one, two] = [
    desk.fareHarbor.book({ contact: email('Olive Other') }),
    desk.fareHarbor.book({ contact: email('Olive Other') }),
  ];
  await desk.deliver([desk.fareHarbor.bodyOf(one.uuid)]);
  await cancelled(one.uuid);
  desk.clock.aheadMs += 60_000;
  await desk.deliver([desk.fareHarbor.bodyOf(two.uuid)]);
  const { version: _, ...ordered } = await shown(two.uuid);
  expect(looked).toEqual(ordered);
  expect(looked.segment).not.toBe('returning');
});

test('a second look finds nothing new', async () => {
  const { first, second } = await bookedTwice('Paul Novak');
  await cancelled(first);
  await look(second);
  await look(second);
  expect((await shown(second)).version).toBe(2);
});

test('reconcile asks for the look at once, and once', async () => {
  const { first, second } = await bookedTwice('Rita Moss');
  await cancelled(first);
  const asked: string[] = [];
  const run = () =>
    catchUp({
      list: catchUpList(desk.dynamo, desk.operationsTable),
      lookAgain: async ({ uuid }) => void asked.push(uuid),
      ...listening(),
      now: desk.deps.now,
    });
  await run();
  await run();
  expect(asked).toEqual([second]);
});

test('a guest who changed again during the look is looked at again', async () => {
  const { first, second } = await bookedTwice('Sam Ortega');
  await cancelled(first);
  const [before] = await desk.deps.catchUp.read(COMPANY, second);
  desk.clock.aheadMs += 1000;
  desk.fareHarbor.reinstate(first);
  await desk.deliver([desk.fareHarbor.bodyOf(first)]);
  if (before !== undefined) await desk.deps.catchUp.noteLook(before);
  expect(await notes()).toMatchObject([{ uuid: second }]);
});
