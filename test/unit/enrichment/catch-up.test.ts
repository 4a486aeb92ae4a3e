import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { catchUp, catchUpList } from '../../../functions/reconcile/catch-up/catch-up.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import { type CompanySettingsInput, parseSettings } from '../../../shared/settings/settings.ts';
import type { RulesReason } from '../../../shared/understanding/understanding.ts';
import { createOpenAi, insufficientQuota } from '../../vendors/openai/openai.ts';
import { type RunningVendor, serveVendor } from '../../vendors/server.ts';
import { listening } from '../shared/quiet.ts';
import { clear, type Desk, email, openDesk } from './desk.ts';

const COMPANY = 'harbor-kayaks';
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Noon: a day has hours left, whenever the tests run. */
const NOON = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
const started = Date.now();
/** Far enough ahead for the clock, which only goes on from test to test. */
const startAt = `${new Date(NOON + 300 * DAY_MS).toISOString().slice(0, 10)}T09:00:00-1000`;

const openAi = createOpenAi();
let desk: Desk;
let server: RunningVendor;
beforeAll(async () => {
  desk = await openDesk({ rateLimit: false, now: () => NOON + Date.now() - started });
  server = await serveVendor(openAi);
});
beforeEach(() => {
  server.reset();
  // The next noon: nobody's model rests any more, and the day has a budget of its own.
  later(NOON + Math.ceil((desk.deps.now().getTime() - NOON + 1) / DAY_MS) * DAY_MS - desk.deps.now().getTime());
  desk.model.access = { apiKey: 'sk-local', baseUrl: `${server.url}/v1`, model: 'gpt-local' };
});
afterEach(async () => {
  clear(desk);

  // What a test left to catch up with is no business of the next.
  for (const { company, uuid } of await list().all()) await settle(company, uuid);
});
afterAll(async () => {
  await server.close();
  await desk.close();
});

const list = () => catchUpList(desk.dynamo, desk.operationsTable);
const noteOf = async (uuid: string) => (await desk.deps.catchUp.read(COMPANY, uuid))[0];
const settle = async (company: string, uuid: string) => {
  for (const note of await desk.deps.catchUp.read(company, uuid))
    await desk.deps.catchUp.noteLook({ ...note, tries: 99 });
};

function settingsWith(model: CompanySettingsInput['model'] = {}) {
  return parseSettings({ companies: { [COMPANY]: { name: 'Harbor Kayaks', model } } });
}
const deliver = async (body: string, kind: 'booking' | 'look-again', model?: CompanySettingsInput['model']) =>
  await webhookConsumer('', { ...desk.deps, settings: settingsWith(model) }).handle(desk.message(body, { kind }));
const lookAgain = async (uuid: string, model?: CompanySettingsInput['model']) =>
  await deliver(JSON.stringify({ booking: { uuid, company: { shortname: COMPANY } } }), 'look-again', model);

/** For a model that never answers; all others have their time, however busy this machine is. */
const IMPATIENT = { timeoutMs: 300 };

let guests = 0;
async function booked(model?: CompanySettingsInput['model'], note = 'It is our honeymoon') {
  guests += 1;
  const { uuid } = desk.fareHarbor.book({
    startAt,
    contact: email(`Guest ${guests}`),
    note: `${note}, ${'so '.repeat(guests)}glad`,
  });
  await deliver(desk.fareHarbor.bodyOf(uuid), 'booking', model);
  return uuid;
}
async function understanding(uuid: string) {
  const record = await desk.record(uuid);
  if (record === undefined) throw new Error(`no record of ${uuid}`);
  return { version: record.version, ...record.understanding };
}

/** One run of the job, its looks made at once; time stands where the desk's clock does. */
async function run(model?: CompanySettingsInput['model']) {
  const heard = listening();
  const asked: string[] = [];
  await catchUp({
    list: list(),
    lookAgain: async ({ uuid }) => {
      asked.push(uuid);
      await lookAgain(uuid, model);
    },
    ...heard,
    now: desk.deps.now,
  });
  return { asked, heard };
}
const later = (milliseconds: number) => {
  desk.clock.aheadMs += milliseconds;
};

describe('a booking that the model did not read', () => {
  const failures: [RulesReason, string, () => void][] = [
    ['timeout', 'was slow', () => openAi.setMode({ mode: 'slow', times: 1 })],
    ['timeout', 'never answered', () => server.fault({ route: 'responses', hang: true })],
    ['quota', 'had no money left', () => server.fault({ route: 'responses', status: 429, body: insufficientQuota })],
    ['outage', 'was down', () => server.fault({ route: 'responses', status: 503, body: 'down' })],
    ['outage', 'dropped the connection', () => server.fault({ route: 'responses', commitThenDrop: true })],
  ];
  it.each(failures)(
    'because of a %s (it %s) is brought at once, and read within the hour',
    async (reason, _, arrange) => {
      arrange();
      const uuid = await booked(reason === 'timeout' ? IMPATIENT : {});
      expect(await understanding(uuid)).toMatchObject({ version: 1, mode: 'rules', rulesReason: reason });
      expect(await noteOf(uuid)).toMatchObject({ reason, tries: 0 });
      expect((await run()).asked).toEqual([]);
      later(60 * MINUTE_MS);
      expect((await run()).asked).toEqual([uuid]);
      expect(await understanding(uuid)).toMatchObject({
        version: 2,
        mode: 'model',
        signals: { occasion: 'honeymoon' },
      });
      expect(await noteOf(uuid)).toBeUndefined();
      later(DAY_MS);
      expect((await run()).asked).toEqual([]);
    },
  );

  it('because the budget was spent is read with the next UTC day', async () => {
    const uuid = await booked({ dailyBudgetUsd: 0.0001 });
    expect(await understanding(uuid)).toMatchObject({ rulesReason: 'budget', lineage: null });
    expect(openAi.inputs).toEqual([]);
    later(11 * 60 * MINUTE_MS);
    expect((await run()).asked).toEqual([]);
    later(2 * 60 * MINUTE_MS);
    await run();
    expect(await understanding(uuid)).toMatchObject({ version: 2, mode: 'model' });
  });

  it('because the same was being asked is read from that answer, and nothing is paid again', async () => {
    const contact = email('Ana Reyes');
    const [one, other] = [1, 2].map(() =>
      desk.fareHarbor.book({ startAt, contact, note: 'It is our honeymoon, all quiet' }),
    );
    const uuids = [one?.uuid ?? '', other?.uuid ?? ''];
    openAi.setMode({ mode: 'answer', delayMs: 150, times: 1 });
    await Promise.all(uuids.map((uuid) => deliver(desk.fareHarbor.bodyOf(uuid), 'booking')));
    const modes = await Promise.all(uuids.map(async (uuid) => (await understanding(uuid)).rulesReason));
    expect(modes.toSorted()).toEqual(['asked-before', null]);
    later(2 * MINUTE_MS);
    await run();
    for (const uuid of uuids) expect((await understanding(uuid)).mode).toBe('model');
    expect(openAi.inputs).toHaveLength(1);
    const costs = await Promise.all(uuids.map(async (uuid) => (await understanding(uuid)).lineage?.costMicroUsd ?? -1));
    expect(costs.filter((cost) => cost === 0)).toHaveLength(1);
  });

  it.each(['refusal', 'truncated', 'out-of-schema'] as const)(
    'because of its answer (%s) is looked at daily, and asked about again only when prompt or model are others',
    async (reason) => {
      openAi.setMode({ mode: reason, times: 1 });
      const uuid = await booked();
      expect(await understanding(uuid)).toMatchObject({ rulesReason: reason, lineage: { model: 'gpt-local' } });
      later(DAY_MS + MINUTE_MS);
      expect((await run()).asked).toEqual([uuid]);
      expect([openAi.inputs.length, (await understanding(uuid)).version]).toEqual([1, 1]);
      expect(await noteOf(uuid)).toMatchObject({ reason, tries: 1 });
      const { model } = desk;
      model.access = model.access && { ...model.access, model: 'gpt-other' };
      later(2 * DAY_MS);
      await run();
      expect(server.requests).toHaveLength(2);
    },
  );

  it.each<[string, CompanySettingsInput['model'], string]>([
    ['nobody wrote anything', {}, ''],
    ['the model is switched off', { enabled: false }, 'It is our honeymoon'],
  ])('because %s is not noted', async (_, model, note) => {
    const { uuid } = desk.fareHarbor.book({ startAt, contact: email('Bo Lind'), note });
    await deliver(desk.fareHarbor.bodyOf(uuid), 'booking', model);
    expect(await noteOf(uuid)).toBeUndefined();
  });

  it('and is cancelled, is no longer noted', async () => {
    server.fault({ route: 'responses', status: 503, body: 'down', times: 2 });
    const uuid = await booked();
    expect(await noteOf(uuid)).toBeDefined();
    desk.fareHarbor.cancel(uuid);
    await deliver(desk.fareHarbor.bodyOf(uuid), 'booking');
    expect(await noteOf(uuid)).toBeUndefined();
  });
});

describe('whatever a model does', () => {
  const outcomes = fc.constantFrom('down', 'no money', 'drops');
  const FAULTS = {
    down: { status: 503, body: 'down' },
    'no money': { status: 429, body: insufficientQuota },
    // It has answered, and so it is paid, but nobody hears it.
    drops: { commitThenDrop: true },
  } as const;

  it('no input is paid for more than three times, nor again once an answer was heard', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(outcomes, { maxLength: 5 }), async (happens) => {
        server.reset();
        for (const outcome of happens) server.fault({ route: 'responses', ...FAULTS[outcome] });
        const uuid = await booked();
        for (let day = 0; day < 8; day += 1) {
          later(DAY_MS + MINUTE_MS);
          await run();
        }
        const unheard = happens.filter((outcome) => outcome === 'drops').length;
        const { mode, version } = await understanding(uuid);
        expect({ mode, paid: openAi.inputs.length }).toEqual(
          unheard < 3 ? { mode: 'model', paid: unheard + 1 } : { mode: 'rules', paid: 3 },
        );
        expect(version).toBe(mode === 'model' && happens.length > 0 ? 2 : 1);
        await settle(COMPANY, uuid);
      }),
      { numRuns: 12 },
    );
  });

  it('eight bookings with the same words at once are one call, and all are read', async () => {
    const note = 'We are a school class, all of us';
    const uuids = Array.from({ length: 8 }, (_, n) => {
      return desk.fareHarbor.book({ startAt, contact: email(`Pupil ${n}`), note }).uuid;
    });
    openAi.setMode({ mode: 'answer', delayMs: 100 });
    await Promise.all(uuids.map((uuid) => deliver(desk.fareHarbor.bodyOf(uuid), 'booking')));
    later(2 * MINUTE_MS);
    await run();
    expect(openAi.inputs).toHaveLength(1);
    const read = await Promise.all(uuids.map(understanding));
    expect(read.map(({ mode }) => mode)).toEqual(uuids.map(() => 'model'));
    const costs = read.map(({ lineage }) => lineage?.costMicroUsd ?? -1);
    expect(costs.filter((cost) => cost > 0)).toHaveLength(1);
  });
});

describe('catching up', () => {
  it('tries less and less often, never pays for more than three tries, and ends', async () => {
    openAi.setMode({ mode: 'slow' });
    const uuid = await booked(IMPATIENT);
    const hours: number[] = [];
    for (let hour = 1; hour <= 24 * 10; hour += 1) {
      later(60 * MINUTE_MS);
      if ((await run(IMPATIENT)).asked.length > 0) hours.push(hour);
    }
    expect(openAi.inputs).toHaveLength(3);
    expect(hours.length).toBeLessThanOrEqual(10);
    const gaps = hours.slice(1).map((hour, n) => hour - (hours[n] ?? 0));
    expect(gaps).toEqual(gaps.toSorted((one, other) => one - other));
    expect(gaps.at(-1)).toBe(24);
    expect(await noteOf(uuid)).toBeUndefined();
  });

  it('has few looks in the queue at a time, and repeats one only when it must be lost', async () => {
    server.fault({ route: 'responses', status: 503, body: 'down', times: 30 });
    const stuck = async (count: number) => {
      for (let n = 0; n < count; n += 1) await booked();
      later(6 * MINUTE_MS);
      const sent: string[] = [];
      const lookAgain = async ({ uuid }: { readonly uuid: string }) => void sent.push(uuid);
      await catchUp({ list: list(), lookAgain, ...listening(), now: desk.deps.now });
      return sent.sort();
    };
    const first = await stuck(5);
    // 20 in all, and those that may still lie in the queue are not among them.
    const second = await stuck(25);
    expect([first.length, second.length, new Set([...first, ...second]).size]).toEqual([5, 15, 20]);
    // The first five are lost by now.
    expect(await stuck(0)).toEqual(first);
  });

  it('leaves half of the day’s budget to the bookings of the day', async () => {
    server.fault({ route: 'responses', status: 503, body: 'down' });
    const uuid = await booked();
    later(60 * MINUTE_MS);
    // One call may cost some 0.1 dollars as a model of unknown price: too much for the half of this.
    const model = { dailyBudgetUsd: 0.15 };
    await run(model);
    expect(await understanding(uuid)).toMatchObject({ mode: 'rules' });
    const fresh = await booked(model);
    expect(await understanding(fresh)).toMatchObject({ mode: 'model' });
  });

  it('tells how many bookings wait for a model that does not answer', async () => {
    await booked({ dailyBudgetUsd: 0 });
    openAi.setMode({ mode: 'refusal', times: 1 });
    await booked();
    server.fault({ route: 'responses', status: 503, body: 'down', times: 2 });
    await booked();
    await booked();
    expect((await run()).heard.counts[METRIC.catchUpsPending]).toBe(2);
  });
});
