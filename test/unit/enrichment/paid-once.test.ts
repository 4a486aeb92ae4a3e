import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { webhookConsumer } from '../../../functions/enrichment/consume-webhooks.ts';
import { modelEconomy } from '../../../functions/enrichment/model-economy/economy.ts';
import { createOpenAi } from '../../vendors/openai/openai.ts';
import { type RunningVendor, serveVendor } from '../../vendors/server.ts';
import { BrokenTable, brokenEconomy } from './broken-economy.ts';
import { clear, type Desk, email, openDesk } from './desk.ts';
import { honeymoon, withModel } from './understanding/model-harness.ts';

const openAi = createOpenAi();
const harness = withModel();
let desk: Desk;
let server: RunningVendor;
beforeAll(async () => {
  desk = await openDesk();
  server = await serveVendor(openAi);
});
beforeEach(() => {
  server.reset();
  desk.model.access = { apiKey: 'sk-local', baseUrl: `${server.url}/v1`, model: 'gpt-local' };
});
afterEach(() => clear(desk));
afterAll(async () => {
  await server.close();
  await desk.close();
});

let guests = 0;
function book(note = 'It is our honeymoon') {
  guests += 1;
  return desk.fareHarbor.book({ contact: email(`Guest ${guests}`), note: `${note}, ${'so '.repeat(guests)}glad` }).uuid;
}
const bodyOf = (uuid: string) => desk.fareHarbor.bodyOf(uuid);
const lineage = async (uuid: string) => (await desk.record(uuid))?.understanding.lineage;

describe('what the model answered is paid for once', () => {
  it('although enrichment is killed before it writes it down', async () => {
    const uuid = book();
    const killed = {
      ...desk.deps,
      commit: async () => {
        throw new Error('killed before the commit');
      },
    };
    await expect(webhookConsumer('', killed).handle(desk.message(bodyOf(uuid)))).rejects.toThrow('killed');
    expect(await desk.record(uuid)).toBeUndefined();
    await desk.deliver([bodyOf(uuid)]);
    expect(openAi.inputs).toHaveLength(1);
    const { understanding } = (await desk.record(uuid)) ?? {};
    expect(understanding).toMatchObject({ mode: 'model', signals: { occasion: 'honeymoon' } });
    // It was paid for this booking, whichever try wrote it down.
    expect(understanding?.lineage?.costMicroUsd).toBeGreaterThan(0);
  });

  it('although the guest takes an edit back, or the same is written by somebody else', async () => {
    const uuid = book();
    const note = 'A birthday for our son';
    await desk.deliver([bodyOf(uuid)]);
    const first = await lineage(uuid);
    desk.fareHarbor.edit(uuid, { note });
    await desk.deliver([bodyOf(uuid)]);
    const other = desk.fareHarbor.book({ contact: email('Ana Reyes'), note }).uuid;
    await desk.deliver([bodyOf(other)]);
    expect(openAi.inputs).toHaveLength(2);
    expect(await lineage(other)).toEqual({ ...(await lineage(uuid)), costMicroUsd: 0 });
    expect((await lineage(uuid))?.inputHash).not.toBe(first?.inputHash);
  });

  it('and never by two companies together', async () => {
    const note = 'We are a school class from far away';
    for (const company of ['harbor-kayaks', 'umi-tours']) {
      const { uuid } = desk.fareHarbor.book({ company, contact: email('Bo Lind'), note });
      await desk.deliver([bodyOf(uuid)]);
    }
    expect(openAi.inputs).toHaveLength(2);
  });

  it('although a version changes other things: it costs that one nothing', async () => {
    const uuid = book();
    await desk.deliver([bodyOf(uuid)]);
    desk.fareHarbor.edit(uuid, { voucher: 'GIFT-1' });
    await desk.deliver([bodyOf(uuid)]);
    expect([openAi.inputs.length, (await lineage(uuid))?.costMicroUsd]).toEqual([1, 0]);
    expect((await desk.record(uuid))?.version).toBe(2);
  });
});

describe('a table that fails', () => {
  it.each(['claim', 'reserve'] as const)('at %s has nobody asked, and the rules answer', async (at) => {
    const { understanding, heard } = await harness.run(honeymoon, { economy: brokenEconomy(at) });
    expect(understanding).toMatchObject({ mode: 'rules', rulesReason: 'outage' });
    expect(harness.openAi.inputs).toEqual([]);
    expect(heard.events()).toContain('model.economy-unreadable');
  });

  it.each(['keep', 'settle'] as const)('at %s loses no answer', async (at) => {
    const { understanding, heard } = await harness.run(honeymoon, { economy: brokenEconomy(at) });
    expect(understanding.mode).toBe('model');
    expect(heard.lines).toContainEqual({
      level: 'warn',
      event: 'model.answer-unkept',
      facts: expect.objectContaining({ uuid: honeymoon.uuid, error: BrokenTable.name }),
    });
  });
});

it('who is killed while asking keeps the next from asking for a minute; then a look again asks', async () => {
  const { dynamo, operationsTable, deps } = desk;
  const economy = modelEconomy(dynamo, operationsTable, deps);
  let claimed = () => {};
  const wasClaimed = new Promise<void>((done) => {
    claimed = done;
  });
  const killed = {
    ...economy,
    budget: {
      reserve: () => {
        claimed();
        return new Promise<never>(() => {});
      },
    },
  };
  void harness.run(honeymoon, { economy: killed });
  await wasClaimed;
  const reasonNow = async (again = false) =>
    (await harness.run(honeymoon, { economy, again })).understanding.rulesReason;
  expect(await reasonNow(true)).toBe('asked-before');
  desk.clock.aheadMs += 61_000;
  expect(await reasonNow()).toBe('outage');
  expect(harness.openAi.inputs).toEqual([]);
  expect(await reasonNow(true)).toBeNull();
  expect(harness.openAi.inputs).toHaveLength(1);
});
