import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { policyChangeSchema, readStoredPolicies, writeStoredPolicies } from '../../../shared/acts/policy-table.ts';
import { createOpenAi } from '../../vendors/openai/openai.ts';
import { type RunningVendor, serveVendor } from '../../vendors/server.ts';
import { email } from '../enrichment/desk.ts';
import { type ActsDesk, COMPANY, openActsDesk } from './acts-desk.ts';

let desk: ActsDesk;
let server: RunningVendor;
beforeAll(async () => {
  desk = await openActsDesk();
  server = await serveVendor(createOpenAi());
});
afterAll(async () => {
  await server.close();
  await desk.close();
});
beforeEach(() => server.reset());

const of = ['--company', COMPANY];
const rowsSchema = z.array(z.object({ company: z.string(), action: z.string(), policy: z.string(), note: z.string() }));
const policies = async (company = COMPANY) => {
  const rows = rowsSchema.parse(JSON.parse(await desk.ok('settings', '--company', company, '--json')));
  return Object.fromEntries(rows.map(({ action, policy }) => [action, policy]));
};
const log = async () =>
  z.array(policyChangeSchema).parse(JSON.parse(await desk.ok('settings', 'log', '--company', COMPANY, '--json')));

let guests = 0;
async function booked(note: string): Promise<string> {
  guests += 1;
  desk.model.access = { apiKey: 'sk-local', baseUrl: `${server.url}/v1`, model: 'gpt-local' };
  const { uuid } = desk.fareHarbor.book({ contact: email(`Set ${guests}`), note: `${note} (${guests})` });
  await desk.webhook(uuid);
  return uuid;
}

describe('settings', () => {
  it('change a policy at once, as a whole, and tell who changed what, when, from what to what', async () => {
    const text = await desk.ok('settings', 'set', 'route', 'automatic', '--min-score', '60', ...of, '--by', 'ana');
    expect(text).toBe(
      `route of ${COMPANY}: as the settings say → automatic, from score 60. It holds within a minute.\n`,
    );
    await desk.ok('settings', 'set', 'route', 'shadow', '--items', '11001, 11002', ...of, '--by', 'ben');
    expect(await policies()).toMatchObject({ route: 'shadow, items 11001 11002', score: 'automatic' });
    await desk.ok('settings', 'reset', 'route', ...of);
    const changes = await log();
    expect(changes.map(({ what, from, to }) => `${what}: ${from} → ${to}`)).toEqual([
      'route: as the settings say → automatic, from score 60',
      'route: automatic, from score 60 → shadow, items 11001 11002',
      'route: shadow, items 11001 11002 → as the settings say',
    ]);
    expect(changes.slice(0, 2).map(({ by }) => by)).toEqual(['ana', 'ben']);
    expect(Math.abs(Date.parse(changes[0]?.at ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it('changed by two at once hold both', async () => {
    const actions = ['score', 'segment', 'tag', 'summary'];
    await Promise.all(actions.map((action) => desk.ok('settings', 'set', action, 'off', ...of)));
    expect(await policies()).toMatchObject(Object.fromEntries(actions.map((action) => [action, 'off'])));
    for (const action of actions) await desk.ok('settings', 'reset', action, ...of);
  });

  it('changed meanwhile are not written over', async () => {
    const known = await readStoredPolicies(desk.dynamo, 'operations', 'umi-tours');
    const write = (mode: 'off' | 'shadow', at: string) =>
      writeStoredPolicies(desk.dynamo, 'operations', { id: 'umi-tours', policies: { score: { mode } } }, known, {
        at: `2026-12-01T12:00:0${at}.000Z`,
        by: 'ana',
        what: 'score',
        from: 'one',
        to: 'another',
      });
    expect([await write('off', '1'), await write('shadow', '2')]).toEqual([true, false]);
    const first = await readStoredPolicies(desk.dynamo, 'operations', 'umi-tours');
    expect(first).toMatchObject({ policies: { score: { mode: 'off' } } });
    const again = { id: 'umi-tours', policies: {} };
    const change = { by: 'ben', what: 'score', from: 'off', to: 'as the settings say' };
    const late = (at: string) =>
      writeStoredPolicies(desk.dynamo, 'operations', again, first, { ...change, at: `2026-12-01T12:00:0${at}.000Z` });
    expect([await late('3'), await late('4')]).toEqual([true, false]);
  });

  it.each([
    [['settings', 'set', 'colour', 'shadow', ...of], /^settings set needs an action: score, /],
    [['settings', 'set', 'score', 'loud', ...of], /^settings set score needs a mode: off, /],
    [['settings', 'set', 'score', 'off'], /^Which company\? Add --company with one of: harbor-kayaks, /],
    [['settings', 'set', 'score', 'off', '--company', 'nobody'], /^nobody is not in the settings of dev: /],
    [['settings', 'set', 'score', 'off', ...of, '--min-score', 'high'], /^--min-score takes a whole number/],
    [['settings', 'set', 'score', 'off', ...of, '--items', 'kayak'], /^--items takes FareHarbor's numbers/],
    [['settings', 'set', 'score', 'off', ...of, '--segments', 'rich'], /^--segments takes some of: corporate-group, /],
    [['settings', 'sing'], /^settings takes one of: show, set, /],
    [['settings', 'kill', 'everything'], /^settings kill does not take "everything"/],
    [['settings', '--stage', 'nowhere'], /^There are no settings of a stage nowhere/],
    [['settings', 'set', 'score', 'off', ...of, '--loudly'], /^Unknown option '--loudly'/],
    [['approve'], /^approve needs a review/],
    [['edit', 'some-id'], /^edit needs --value/],
    [['why', 'me'], /^why needs the uuid of a booking\.$/m],
    [['show', 'me'], /^show needs the uuid of a booking\.$/m],
  ])('called wrongly, %j, say what is wrong in a sentence', async (args, said) => {
    const { code, out, err } = await desk.run(...args, '--yes');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(said);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('ask before they change anything but a kill', async () => {
    const { code, err } = await desk.run('settings', 'set', 'score', 'off', ...of);
    expect([code, err]).toEqual([1, 'Nobody can be asked here: add --yes.\n']);
    expect(await policies()).toMatchObject({ score: 'automatic' });
    expect((await desk.run('settings', 'kill', ...of)).code).toBe(0);
    expect((await desk.run('settings', 'unkill', ...of)).code).toBe(1);
    await desk.ok('settings', 'unkill', ...of);
  });
});

describe('the kill switch', () => {
  it.each([[['--company', COMPANY]], [[]]])(
    'with %j stops the model and all that AI drives; facts go on',
    async (whose) => {
      await desk.ok('settings', 'kill', ...whose, '--reason', 'odd summaries', '--by', 'ana');
      const uuid = await booked('It is our honeymoon');
      const { understanding, acts, booking } = await desk.held(uuid);
      expect(server.requests).toEqual([]);
      expect([understanding.mode, understanding.rulesReason]).toEqual(['rules', 'killed']);
      expect(Object.values(acts ?? {}).map(({ does }) => does)).toEqual(Array.from({ length: 6 }, () => 'nothing'));
      expect(booking.note).toContain('honeymoon');
      expect(await desk.ok('settings', ...of)).toContain('stopped by ana');
      await desk.ok('settings', 'unkill', ...whose);
      await booked('It is our honeymoon, too');
      expect(server.requests).toHaveLength(1);
    },
  );

  it('leaves a note to look again, also where there is nothing to read: then all is decided anew', async () => {
    await desk.ok('settings', 'kill');
    guests += 1;
    const { uuid } = desk.fareHarbor.book({ contact: email(`Set ${guests}`), note: '' });
    await desk.webhook(uuid);
    expect((await desk.operations()).filter((item) => item.uuid === uuid)).toMatchObject([{ reason: 'killed' }]);
    await desk.ok('settings', 'unkill');
    desk.sent.push(JSON.stringify({ booking: { uuid, company: { shortname: COMPANY } } }));
    await desk.deliverSent();
    const { version, acts } = await desk.held(uuid);
    expect([version, acts?.score?.does, acts?.tag?.does]).toEqual([2, 'write', 'write']);
    expect((await desk.operations()).filter((item) => item.uuid === uuid)).toEqual([]);
  });

  it('of every company is told of where one is let go on', async () => {
    await desk.ok('settings', 'kill');
    await desk.ok('settings', 'kill', ...of);
    expect(await desk.ok('settings', 'unkill', ...of)).toContain('Every company is stopped, though');
    await desk.ok('settings', 'unkill');
    expect(await desk.ok('settings', 'unkill', ...of)).toBe('It was not stopped for harbor-kayaks.\n');
  });

  it('for one company leaves the others alone', async () => {
    await desk.ok('settings', 'kill', '--company', 'umi-tours');
    const uuid = await booked('Our honeymoon');
    expect((await desk.held(uuid)).acts?.score?.does).toBe('write');
    await desk.ok('settings', 'unkill', '--company', 'umi-tours');
  });
});

describe('an item that a hand has broken', () => {
  it('stops AI for its company until it is set again, and says so', async () => {
    const Item = { kind: { S: 'policy' }, id: { S: 'harbor-kayaks' }, policies: { S: 'all of them, please' } };
    await desk.dynamo.send(new PutItemCommand({ TableName: 'operations', Item }));
    const uuid = await booked('A birthday');
    expect((await desk.held(uuid)).acts?.score?.does).toBe('nothing');
    expect(await desk.ok('settings', ...of)).toContain('the item in the operations table cannot be');
    await desk.ok('settings', 'set', 'score', 'automatic', ...of);
    expect((await desk.held(await booked('Another birthday'))).acts?.score?.does).toBe('write');
  });
});

describe('why', () => {
  it('tells a person which facts led to what, with which model, and what became of it', async () => {
    await desk.ok('settings', 'set', 'summary', 'automatic', ...of);
    const uuid = await booked('It is our honeymoon');
    const { understanding } = await desk.held(uuid);
    const text = await desk.ok('why', uuid);
    expect(text).toContain(`Booking ${uuid}\nVersion 1, decided at `);
    expect(text).toMatch(/Read by gpt-local, prompt .*tokens, .*input [0-9a-f]{12}/);
    expect(text).toContain(`score: ${understanding.leadScore.value}`);
    expect(text).toContain('route: nurture → not written (shadow; shown only here)');
    expect(text).toContain(understanding.summary);
    expect(text).toContain(`Score, because of: ${understanding.leadScore.reasons[0]}`);
    expect(text).toMatch(/\nscore: \d+.* → to be written \(automatic\)\n/);
    expect(text).toContain('Routing, because of: ');
    expect(text).toContain('Segment, because of: ');
    expect(text).toMatch(/Facts: .*partySize \d/);
    expect(text).toMatch(/Written:\n {2}nothing yet/);
    await desk.ok('settings', 'reset', 'summary', ...of);
  });

  it('of a booking that nobody knows says so', async () => {
    const { code, err } = await desk.run('why', '00000000-0000-4000-8000-00000000dead');
    expect([code, err]).toEqual([1, 'Nothing is known of a booking 00000000-0000-4000-8000-00000000dead.\n']);
  });
});

describe('show', () => {
  it('prints a record as it is kept, packed as it may be', async () => {
    const uuid = await booked('It is our anniversary');
    expect(JSON.parse(await desk.ok('show', uuid))).toEqual(await desk.held(uuid));
  });

  it('of a booking that nobody knows says so', async () => {
    const { code, err } = await desk.run('show', '00000000-0000-4000-8000-00000000dead');
    expect([code, err]).toEqual([1, 'There is no record of a booking 00000000-0000-4000-8000-00000000dead.\n']);
  });
});
