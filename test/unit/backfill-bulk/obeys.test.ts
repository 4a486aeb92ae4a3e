import { expect, it } from 'vitest';
import type { Written } from '../../../shared/acts/decisions-table.ts';
import { mergePolicies, type Policies } from '../../../shared/acts/policies.ts';
import { AUTOMATIC } from '../acts/automatic.ts';
import { keyOf, openWorld, someBooking, withTables } from './two-ways.ts';

withTables();

const KILLED: Policies = { ...AUTOMATIC, killed: { by: 'kai', since: '2026-12-01T12:00:00.000Z', reason: 'a test' } };

/** Three guests' history in a world under these policies, brought live or in bulk; what was said to be written. */
async function bringUnder(policies: Policies, way: 'live' | 'bulk') {
  const written: Written[] = [];
  const acts = { policiesOf: async () => policies, append: async (entry: Written) => void written.push(entry) };
  const world = await openWorld({ acts });
  const records = [];
  for (const n of [1, 2, 3]) records.push(await world.put(someBooking(n, n), keyOf(n), 'history'));
  if (way === 'live') for (const record of records) await world.followAll(record);
  else await world.bulk().bring(records);
  const said = written.map(({ uuid, version, sink, wrote, links }) => {
    const acts = wrote.map(({ action, of }) => `${action} ${of}`).sort();
    return { uuid, version, sink, acts, links: Object.keys(links).sort() };
  });
  said.sort((a, b) => `${a.uuid} ${a.sink}`.localeCompare(`${b.uuid} ${b.sink}`));
  return { world, said };
}

it.each([
  ['all may be written', AUTOMATIC],
  ['nobody says anything', mergePolicies({}, {}, undefined)],
  ['all AI is stopped', KILLED],
])('bulk writes obey as live ones do, and say the same of it, where %s', async (_, policies) => {
  const [live, bulk] = [await bringUnder(policies, 'live'), await bringUnder(policies, 'bulk')];
  const uuids = [1, 2, 3].map((n) => someBooking(n, n).uuid);
  expect(bulk.world.portrait(uuids)).toEqual(live.world.portrait(uuids));
  expect(bulk.said).toEqual(live.said);
  const [sale] = bulk.world.salesforce.records('Opportunity');
  expect(sale?.Party_Size__c).toBeGreaterThan(0);
  expect(sale?.AI_Summary__c !== undefined).toBe(policies === AUTOMATIC);
  expect(sale?.Lead_Score__c !== undefined).toBe(policies !== KILLED);
});
