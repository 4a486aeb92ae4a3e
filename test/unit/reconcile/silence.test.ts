import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteWebhooks } from '../../../functions/enrichment/last-webhook.ts';
import { lastWebhooksTable } from '../../../functions/reconcile/silence/last-webhooks.ts';
import { silencePercent, watchSilence } from '../../../functions/reconcile/silence/silence.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import { parseSettings, type SettingsInput } from '../../../shared/settings/settings.ts';
import { listening } from '../shared/quiet.ts';
import { createTable, openDynamoDb } from '../shared/tables.ts';

const openHours = { timeZone: 'Pacific/Honolulu', from: '08:00', to: '18:00' };
const TABLE = 'operations';

let engine: Awaited<ReturnType<typeof openDynamoDb>>;
beforeAll(async () => {
  engine = await openDynamoDb();
  await createTable(engine.dynamo, TABLE, ['kind', 'id']);
});
afterAll(() => engine.close());

/** Companies of a test's own in the one table, a clock, and what the look of a minute says. */
function desk(companies: SettingsInput['companies']) {
  const clock = { at: new Date('2026-11-20T12:00:00-10:00') };
  const now = () => clock.at;
  const { log, meter, lines } = listening();
  const said: number[] = [];
  const counted = {
    ...meter,
    count: (metric: string, by = 1) => {
      if (metric === METRIC.webhookSilence) said.push(by);
    },
  };
  const lastWebhooks = lastWebhooksTable(engine.dynamo, TABLE);
  const settings = parseSettings({ companies });
  const look = watchSilence({ settings, lastWebhooks, log, meter: counted, now });
  return {
    lines,
    note: noteWebhooks(engine.dynamo, TABLE, { log, now }),
    begin: (company: string) => lastWebhooks.begin(company, clock.at),
    read: async (company: string) => (await lastWebhooks.read()).find((one) => one.company === company)?.at,
    async lookAt(time: string): Promise<number | undefined> {
      clock.at = new Date(time);
      await look();
      return said.at(-1);
    },
    setClock: (time: string) => {
      clock.at = new Date(time);
    },
  };
}

describe('silence', () => {
  const own = (silenceHours = 4) => ({
    openHours: { ...openHours, days: [1, 2, 3, 4, 5, 6, 7] },
    silenceHours,
  });
  const percent = (last: string, at: string, hours?: number) =>
    silencePercent(Date.parse(last), Date.parse(at), own(hours));

  it('is the share of the silence allowed, in opening time alone', () => {
    expect(percent('2026-11-20T12:00:00-10:00', '2026-11-20T13:00:00-10:00')).toBe(25);
    expect(percent('2026-11-20T12:00:00-10:00', '2026-11-20T16:00:00-10:00')).toBe(100);
    // The evening before and the morning after, and nothing of the night.
    expect(percent('2026-11-20T17:00:00-10:00', '2026-11-21T08:59:00-10:00')).toBe(49);
    expect(percent('2026-11-20T17:00:00-10:00', '2026-11-21T11:00:00-10:00')).toBe(100);
    // More hours than a day is open.
    expect(percent('2026-11-18T18:00:00-10:00', '2026-11-21T10:00:00-10:00', 24)).toBe(91);
  });

  it('is none while the company is closed, or never open', () => {
    expect(percent('2026-11-01T12:00:00-10:00', '2026-11-20T07:59:00-10:00')).toBe(0);
    expect(percent('2026-11-01T12:00:00-10:00', '2026-11-20T18:00:00-10:00')).toBe(0);
    expect(silencePercent(0, Date.parse('2026-11-20T12:00:00-10:00'), { openHours: null, silenceHours: 4 })).toBe(0);
  });

  it('a webhook that lies in the future of this clock is none', () => {
    expect(percent('2026-11-20T13:00:00-10:00', '2026-11-20T12:00:00-10:00')).toBe(0);
  });
});

describe('the look of each minute', () => {
  it('counts from the company’s last webhook, and says the worst of all companies', async () => {
    const { note, lookAt, lines } = desk({
      'a-kayaks': { name: 'A', openHours },
      'a-sails': { name: 'B', openHours, silenceHours: 8 },
      'a-closed': { name: 'C' },
    });
    await note('a-kayaks', '2026-11-20T22:00:00.000Z');
    await note('a-sails', '2026-11-20T22:00:00.000Z');
    await note('a-closed', '2026-10-20T22:00:00.000Z');
    expect(await lookAt('2026-11-20T14:00:00-10:00')).toBe(50);
    expect(lines).toEqual([]);
    expect(await lookAt('2026-11-20T17:00:00-10:00')).toBe(125);
    expect(lines).toEqual([
      {
        level: 'warn',
        event: 'webhook.silence',
        facts: { company: 'a-kayaks', percent: 125, since: '2026-11-20T22:00:00.000Z' },
      },
    ]);
    expect(await lookAt('2026-11-20T19:00:00-10:00')).toBe(0);
  });

  it('of a company that never sent one counts from the first look on', async () => {
    const { lookAt, read, note } = desk({ 'b-kayaks': { name: 'B', openHours } });
    expect(await lookAt('2026-11-20T08:00:00-10:00')).toBe(0);
    expect(await lookAt('2026-11-20T12:00:00-10:00')).toBe(100);
    expect(await read('b-kayaks')).toBe('2026-11-20T18:00:00.000Z');
    await note('b-kayaks', '2026-11-20T22:00:00.000Z');
    expect(await lookAt('2026-11-20T12:30:00-10:00')).toBe(12);
  });

  it('does not begin where a webhook came meanwhile', async () => {
    const { begin, note, read, setClock } = desk({});
    await note('b-sails', '2026-11-20T22:00:00.000Z');
    setClock('2026-11-20T13:00:00-10:00');
    await begin('b-sails');
    expect(await read('b-sails')).toBe('2026-11-20T22:00:00.000Z');
  });

  it('says a figure also where nobody is watched', async () => {
    const { lookAt } = desk({ 'c-kayaks': { name: 'C' } });
    expect(await lookAt('2026-11-20T12:00:00-10:00')).toBe(0);
  });
});

describe('the note of a webhook', () => {
  it('is made once a minute, and a webhook that comes late does not set it back', async () => {
    const { note, read, setClock } = desk({});
    await note('d-kayaks', '2026-11-20T22:00:00.000Z');
    await note('d-kayaks', '2026-11-20T22:00:30.000Z');
    expect(await read('d-kayaks')).toBe('2026-11-20T22:00:00.000Z');
    setClock('2026-11-20T12:01:00-10:00');
    await note('d-kayaks', '2026-11-20T22:00:59.000Z');
    expect(await read('d-kayaks')).toBe('2026-11-20T22:00:59.000Z');
    setClock('2026-11-20T12:05:00-10:00');
    await note('d-kayaks', '2026-11-20T21:00:00.000Z');
    expect(await read('d-kayaks')).toBe('2026-11-20T22:00:59.000Z');
  });

  it('that cannot be made costs no webhook', async () => {
    const { log, events } = listening();
    const note = noteWebhooks(engine.dynamo, 'no-such-table', { log, now: () => new Date() });
    await note('e-kayaks', '2026-11-20T22:00:00.000Z');
    expect(events()).toEqual(['webhook.unnoted']);
  });
});
