import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Desk, email, openDesk } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const noted = async () =>
  (await desk.operations()).filter(({ kind }) => kind === 'last-webhook').map(({ id, at }) => ({ id, at }));
const named = (uuid: string, shortname = 'harbor-kayaks') =>
  JSON.stringify({ booking: { uuid, company: { shortname } } });

it('a company’s webhook is noted; what asks for a look, and what no webhook of it can be, is not', async () => {
  const { uuid } = desk.fareHarbor.book({ contact: email('Ana') });
  // What we ask ourselves, an unknown company, and a company with another one's key.
  await desk.deliver([named(uuid)], { kind: 'verify' });
  await desk.deliver([named(uuid)], { kind: 'look-again' });
  await desk.deliver([named(uuid, 'nobody-knows')]);
  await desk.deliver([desk.fareHarbor.bodyOf(uuid)], { keyCompany: 'umi-tours' });
  expect(await noted()).toEqual([]);
  const before = Date.now();
  await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
  const [note, ...more] = await noted();
  expect(more).toEqual([]);
  expect(note?.id).toBe('harbor-kayaks');
  expect(Date.parse(String(note?.at))).toBeGreaterThanOrEqual(before);
});
