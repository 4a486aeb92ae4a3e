import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Booking } from '../../../../shared/booking/booking.ts';
import { METRIC } from '../../../../shared/observability/metric-names.ts';
import type { RulesReason } from '../../../../shared/understanding/understanding.ts';
import { insufficientQuota } from '../../../vendors/openai/openai.ts';
import { aBooking, at, uuid } from '../../shared/booking-fixture.ts';
import { type Circumstances, honeymoon, withModel } from './model-harness.ts';
import { answered, privateGuest, settingsWith } from './understanding-fixture.ts';

const { openAi, server, access, run } = withModel();

describe('understand with a model', () => {
  it('takes signals and summary from the model, and everything else from code', async () => {
    const { understanding, heard } = await run(honeymoon);
    expect(understanding).toMatchObject({
      mode: 'model',
      rulesReason: null,
      segment: 'new',
      churnRisk: 'low',
      interests: ['kayak', 'sunset'],
      upsell: { id: 'sunset-paddle', name: 'Sunset paddle with dinner' },
      signals: { occasion: 'honeymoon', accessibility: ['wheelchair'], complaint: false, language: 'en' },
      summary: 'The guest wrote a note; see the fields beside.',
      lineage: { model: 'gpt-local', inputHash: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(understanding.lineage?.inputTokens).toBeGreaterThan(0);
    expect(understanding.lineage?.outputTokens).toBeGreaterThan(0);
    expect(heard.counts).toMatchObject({ [METRIC.modelWanted]: 1 });
    expect(heard.counts[METRIC.modelFallback]).toBeUndefined();
  });

  it('sends fixed text first, the guest’s words last, and asks that nothing be kept', async () => {
    await run(honeymoon);
    await run(aBooking({ note: 'vegan', contact: privateGuest }));
    const [one, other] = openAi.inputs.map((input) => JSON.parse(input));
    expect(one.store).toBe(false);
    expect(one.tools).toBeUndefined();
    expect(other.instructions).toBe(one.instructions);
    expect(one.input.map(({ role }: { role: string }) => role)).toEqual(['developer', 'user']);
    expect(JSON.parse(other.input[1].content)).toEqual({ note: 'vegan', answers: [] });
    expect(one.text.format.schema.properties.upsellAffinity.items.enum).toEqual([
      'sunset-paddle',
      'snorkel-cove',
      'team-regatta',
    ]);
  });

  it('sends nothing that says who the guest is', async () => {
    await run(
      aBooking({
        voucher: 'GIFT-7788',
        note: 'Noa Kealoha here, noa@kealoha.test, (202) 555-0101, friend ana@mail.test, voucher gift-7788, +44 20 7946 0958',
        answers: [answered('Anything else?', 'ask for Kealoha'), answered('E-mail of your partner', 'bo@mail.test')],
      }),
    );
    const [sent = ''] = openAi.inputs;
    expect(sent).toContain('[name]');
    for (const secret of [/noa/i, /kealoha/i, /\bbo@/, /ana@/, /0101/, /7946/, /7788/, /00000000-0000/]) {
      expect(sent).not.toMatch(secret);
    }
  });

  it('does not pay twice for the same words', async () => {
    const first = await run(honeymoon);
    const { availability } = honeymoon;
    const moved = { ...honeymoon, availability: { ...availability, startAt: at('2026-12-27T09:00:00-1000') } };
    const again = await run(moved, { previous: first.understanding });
    expect(server().requests).toHaveLength(1);
    expect(again.understanding.signals).toEqual(first.understanding.signals);
    expect(again.understanding.leadScore.value).not.toBe(first.understanding.leadScore.value);
    await run({ ...moved, note: `${moved.note} Thanks` }, { previous: again.understanding });
    expect(server().requests).toHaveLength(2);
    await run(moved, { previous: again.understanding, settings: settingsWith({ catalogue: [] }) });
    expect(server().requests).toHaveLength(3);
  });

  it('does not pay again for a corrected name, nor for words that were refused before', async () => {
    const note = 'Noa would like a quiet spot';
    const first = await run({ ...honeymoon, note });
    const renamed = { ...privateGuest, name: 'Noah Kealoha' };
    await run(
      { ...honeymoon, note: 'Noah would like a quiet spot', contact: renamed },
      { previous: first.understanding },
    );
    expect(server().requests).toHaveLength(1);
    openAi.setMode({ mode: 'refusal', times: 1 });
    const refused = await run(honeymoon);
    const again = await run(honeymoon, { previous: refused.understanding });
    expect(server().requests).toHaveLength(2);
    expect(again.understanding.rulesReason).toBe('refusal');
  });

  it('works for an operator without a catalogue', async () => {
    const { understanding } = await run(honeymoon, { settings: settingsWith({ catalogue: [] }) });
    expect(understanding).toMatchObject({ mode: 'model', upsell: null, signals: { upsellAffinity: [] } });
  });
});

describe('understand by rules', () => {
  const off = settingsWith({ model: { enabled: false } });

  it.each<[RulesReason, Booking, Circumstances]>([
    ['nothing-to-read', aBooking(), {}],
    ['switched-off', honeymoon, { settings: off }],
    ['no-key', honeymoon, { access: undefined }],
  ])('%s: no call, and nothing to alarm about', async (reason, booking, given) => {
    const { understanding, heard } = await run(booking, given);
    expect(understanding).toMatchObject({ mode: 'rules', rulesReason: reason, summary: null, lineage: null });
    expect(server().requests).toHaveLength(0);
    expect(heard.counts).toEqual({});
  });

  const failures: [RulesReason, string, () => void][] = [
    ['refusal', 'refuses', () => openAi.setMode({ mode: 'refusal' })],
    ['truncated', 'stops half-way', () => openAi.setMode({ mode: 'truncated' })],
    ['out-of-schema', 'answers beside the form', () => openAi.setMode({ mode: 'out-of-schema' })],
    ['out-of-schema', 'answers in prose', () => openAi.setMode({ mode: 'not-json' })],
    ['timeout', 'is slow', () => openAi.setMode({ mode: 'slow' })],
    ['timeout', 'never answers', () => server().fault({ route: 'responses', hang: true })],
    ['quota', 'has no money left', () => server().fault({ route: 'responses', status: 429, body: insufficientQuota })],
    ['outage', 'is down', () => server().fault({ route: 'responses', status: 503, body: 'down' })],
    ['outage', 'drops the connection', () => server().fault({ route: 'responses', commitThenDrop: true })],
    ['outage', 'answers with a page', () => server().fault({ route: 'responses', status: 200, body: '<html>' })],
    ['outage', 'answers with nothing of use', () => server().fault({ route: 'responses', status: 200, body: {} })],
  ];
  it.each(failures)('%s: the model %s, once asked, at once answered', async (reason, _how, arrange) => {
    arrange();
    const started = performance.now();
    const settings = settingsWith({ model: { timeoutMs: 400 } });
    const { understanding, heard } = await run(honeymoon, { settings });
    expect(understanding).toMatchObject({
      mode: 'rules',
      rulesReason: reason,
      summary: null,
      signals: { occasion: 'honeymoon', accessibility: ['wheelchair'], language: 'en' },
    });
    // The stand-in logs a request when it is over and an input when it comes; a fault keeps it from being an input.
    expect(Math.max(server().requests.length, openAi.inputs.length)).toBe(1);
    expect(heard.counts).toEqual({ [METRIC.modelFallback]: 1, [METRIC.modelWanted]: 1 });
    expect(heard.lines).toMatchObject([{ level: 'warn', event: 'model.fallback', facts: { uuid: uuid(1), reason } }]);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('does not wait for an answer that stalls in its middle', async () => {
    const stalling = createServer((_, reply) => {
      reply.writeHead(200, { 'content-type': 'application/json' }).write('{"id": "resp_1", ');
    });
    await new Promise<void>((done) => stalling.listen(0, '127.0.0.1', done));
    const address = z.object({ port: z.int() }).parse(stalling.address());
    const { understanding } = await run(honeymoon, {
      access: { ...access(), baseUrl: `http://127.0.0.1:${address.port}` },
      settings: settingsWith({ model: { timeoutMs: 300 } }),
    });
    expect(understanding.rulesReason).toBe('timeout');
    stalling.closeAllConnections();
    stalling.close();
  });

  it('asks again after an outage, when the booking next changes', async () => {
    server().fault({ route: 'responses', status: 503, body: 'down' });
    const { understanding: previous } = await run(honeymoon);
    expect((await run(honeymoon, { previous })).understanding.mode).toBe('model');
  });

  it('counts a key that is refused, or a secret that cannot be read, as an outage', async () => {
    const wrongKey = await run(honeymoon, { access: { ...access(), apiKey: 'sk-other' } });
    expect(wrongKey.understanding.rulesReason).toBe('outage');
    expect(wrongKey.heard.lines[0]?.facts.status).toBe(401);
    const unreadable = await run(honeymoon, { access: () => Promise.reject(new TypeError('sk-secret')) });
    expect(unreadable.understanding.rulesReason).toBe('outage');
    expect(JSON.stringify(unreadable.heard.lines)).not.toContain('sk-secret');
    const nowhere = await run(honeymoon, { access: { ...access(), baseUrl: 'no url' } });
    expect(nowhere.understanding.rulesReason).toBe('outage');
  });

  it('asks nobody about words that it cannot rid of what is personal, and says so', async () => {
    const name = 'Noa '.repeat(2_000);
    const hostile = { ...honeymoon, contact: { ...honeymoon.contact, name } };
    const { understanding, heard } = await run(hostile);
    expect(understanding).toMatchObject({ rulesReason: 'unredactable', signals: { occasion: 'honeymoon' } });
    expect([openAi.inputs.length, server().requests.length]).toEqual([0, 0]);
    expect(heard.counts).toEqual({ [METRIC.modelFallback]: 1, [METRIC.modelWanted]: 1 });
    expect(heard.lines).toEqual([{ level: 'warn', event: 'model.withheld', facts: { uuid: uuid(1) } }]);
  });

  it('writes nothing the guest wrote into the log', async () => {
    openAi.setMode({ mode: 'not-json' });
    const { heard } = await run(honeymoon);
    expect(JSON.stringify(heard.lines)).not.toMatch(/honeymoon|Kealoha|Sure!/);
  });
});
