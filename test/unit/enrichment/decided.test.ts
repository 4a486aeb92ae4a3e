import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDecisions } from '../../../shared/acts/decisions-table.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let refuses = false;
beforeAll(async () => {
  desk = await openDesk();
  desk.dynamo.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (refuses && commandName === 'PutItemCommand' && JSON.stringify(args.input).includes('decisions')) {
          throw new Error('no table of decisions just now');
        }
        return await next(args);
      },
    { step: 'initialize' },
  );
});
afterAll(() => desk.close());

const decided = async (uuid: string) =>
  (await readDecisions(desk.dynamo, 'decisions', uuid)).flatMap(({ kind, version }) =>
    kind === 'decided' ? version : [],
  );

/** Brings a booking to its next version, of which it could not be kept what was decided. */
async function undecided(): Promise<string> {
  const { uuid } = desk.fareHarbor.book({ note: 'A' });
  refuses = true;
  await expect(desk.deliver([desk.fareHarbor.bodyOf(uuid)])).rejects.toThrow('no table of decisions');
  refuses = false;
  expect(await desk.record(uuid)).toMatchObject({ version: 1 });
  expect(await decided(uuid)).toEqual([]);
  return uuid;
}

it('no sink is hinted of a version before it is kept what was decided about it', async () => {
  const uuid = await undecided();
  expect(desk.hints.filter((hint) => hint.uuid === uuid)).toEqual([]);
});

it.each([
  ['tells nothing new', 'A', [1]],
  ['tells of something else meanwhile', 'B', [1, 2]],
])('is kept when the same webhook comes again and %s', async (_, note, versions) => {
  const uuid = await undecided();
  desk.fareHarbor.edit(uuid, { note });
  await desk.deliver([desk.fareHarbor.bodyOf(uuid)], { receives: 2 });
  expect(await decided(uuid)).toEqual(versions);
});

it('stands once, however often a webhook comes', async () => {
  const { uuid } = desk.fareHarbor.book();
  for (const receives of [1, 2, 3]) await desk.deliver([desk.fareHarbor.bodyOf(uuid)], { receives });
  expect(await decided(uuid)).toEqual([1]);
});
