import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { createOpenAi } from '../../vendors/openai/openai.ts';
import { type RunningVendor, serveVendor } from '../../vendors/server.ts';
import { clear, type Desk, email, openDesk } from './desk.ts';

const openAi = createOpenAi();
let desk: Desk;
let server: RunningVendor;
beforeAll(async () => {
  desk = await openDesk();
  server = await serveVendor(openAi);
});
beforeEach(() => server.reset());
afterEach(() => {
  clear(desk);
  desk.clock.aheadMs = 0;
});
afterAll(async () => {
  await server.close();
  await desk.close();
});

const COMPANY = 'harbor-kayaks';
const MINUTE_MS = 60_000;
const access = () => ({ apiKey: 'sk-local', baseUrl: `${server.url}/v1`, model: 'gpt-local' });
const lookAgain = async (uuid: string, company = COMPANY) =>
  await desk.deliver([JSON.stringify({ booking: { uuid, company: { shortname: company } } })], { kind: 'look-again' });

let guests = 0;
/** A guest whose words a model could read, and who has come while the model was in this state. */
async function booked(access: Desk['model']['access'], note = 'It is our honeymoon') {
  guests += 1;
  desk.model.access = access;
  const { uuid } = desk.fareHarbor.book({ contact: email(`Guest ${guests}`), note: `${note}, party ${guests}` });
  await desk.deliver([desk.fareHarbor.bodyOf(uuid)]);
  return uuid;
}

/** Both sinks hold the booking's present version. */
async function brought(uuid: string): Promise<void> {
  const record = await held(uuid);
  for (const sink of desk.deps.sinks) await desk.bookings.noteSynced(record, sink, {});
  desk.hints.length = 0;
}

async function held(uuid: string) {
  const record = await desk.record(uuid);
  if (record === undefined) throw new Error(`no record of ${uuid}`);
  return record;
}

describe('another look at a booking', () => {
  it('makes a version where it understands more, tells the sinks, and starts nothing', async () => {
    const uuid = await booked(undefined);
    await brought(uuid);
    const before = await held(uuid);
    desk.model.access = access();
    await lookAgain(uuid);
    const after = await held(uuid);
    expect(after).toMatchObject({ version: 2, understanding: { mode: 'model', signals: { occasion: 'honeymoon' } } });
    expect(desk.hints.map(({ sink, version }) => `${sink} ${version}`)).toEqual(['crm 2', 'marketing 2']);
    const { booking, changes, receivedAt, quietThrough, source, earlierStates } = before;
    expect(after).toMatchObject({ booking, changes, receivedAt, source, earlierStates });
    expect([after.quietThrough, after.attention]).toEqual([quietThrough, 'lagging']);
  });

  it('makes none where it understands the same, and costs nothing then', async () => {
    const uuid = await booked(access());
    await brought(uuid);
    const before = await held(uuid);
    expect(before.understanding.mode).toBe('model');
    await lookAgain(uuid);
    await lookAgain(uuid);
    expect(await held(uuid)).toEqual(before);
    expect([server.requests.length, desk.hints]).toEqual([1, []]);
  });

  it('leaves to be told what is still to be told', async () => {
    const uuid = await booked(undefined);
    desk.model.access = access();
    await lookAgain(uuid);
    const { changes, quietThrough, sync } = await held(uuid);
    expect(changes.map(({ change, version }) => `${change.kind} ${version}`)).toEqual(['booked 1']);
    expect([quietThrough, sync.crm?.version]).toEqual([undefined, 0]);
  });

  it('of a booking that nobody knows, or that is another company’s, does nothing', async () => {
    const uuid = await booked(undefined);
    const before = await held(uuid);
    desk.model.access = access();
    await lookAgain(uuid, 'umi-tours');
    await lookAgain('00000000-0000-4000-8000-00000000dead');
    expect(await held(uuid)).toEqual(before);
    expect([server.requests.length, (await desk.quarantined()).length]).toEqual([0, 0]);
  });

  it('does not make a webhook that failed once look old', async () => {
    const uuid = await booked(undefined);
    const webhook = desk.message(desk.fareHarbor.bodyOf(uuid), { receives: 2 });
    const changed = desk.fareHarbor.edit(uuid, { note: 'Now we are five' });
    expect(changed).not.toBeNull();
    desk.clock.aheadMs = MINUTE_MS;
    desk.model.access = access();
    await lookAgain(uuid);
    await webhookConsumer('', desk.deps).handle({ ...webhook, body: desk.fareHarbor.bodyOf(uuid) });
    expect((await held(uuid)).booking.note).toBe('Now we are five');
  });
});
