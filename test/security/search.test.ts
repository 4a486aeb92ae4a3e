import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { searchTrail } from '../evidence/gate.ts';
import { keepAttributes } from '../evidence/queue-attributes.ts';
import { alsoNumbers, searchFor } from '../evidence/search.ts';

const ordinaryWords = new Set(['good', 'address', 'booking', 'changed', 'summer']);
const search = searchFor({
  names: [
    'Wren Halloran',
    'Good Address',
    'Summer Ng',
    '山田 花子',
    'Zoë O’Hara-Lindqvist',
    'Mal*|FNAME|*lory *|UNSUB|* Quentil',
  ],
  keys: ['webhook-key-of-this-run'],
  ordinaryWords,
});
const kinds = (text: string) => search(text).map(({ kind }) => kind);

describe('the search for guests and keys', () => {
  it.each([
    ['e-mail', '{"message":"no member wren@guests.test"}'],
    ['e-mail', 'PUT /members/wren.h+tour@mail.example.com failed'],
    ['e-mail', 'müller@gäste.test'],
    ['phone', 'called +12025550142 in vain'],
    ['phone', '+1 202-555-0142'],
    ['phone', '(202) 555-0142'],
    ['phone', '+49 170 1234567'],
    ['name', 'booking.changed {"who":"Wren Halloran"}'],
    ['name', 'WREN HALLORAN'],
    ['name', 'contact "halloran" exists twice'],
    ['name', '{"body":"{\\"name\\":\\"Halloran\\"}"}'],
    ['name', 'a line\\nHalloran'],
    ['name', 'Good Address'],
    ['name', 'Summer Ng was here'],
    ['name', '山田 花子'],
    ['name', 'Quentil has booked'],
    ['name', 'Mal*|FNAME|*lory *|UNSUB|* Quentil'],
    ['name', 'for Lindqvist, no: O’Hara-Lindqvist'],
    ['key', '/webhooks/fareharbor/webhook-key-of-this-run'],
    ['key', 'authorization: Basic ZmFyZWhhcmJvcjprZXk='],
    ['key', '"Bearer 00Dxx0000001gPLEAY!AQcAQH0dMHZfz972Szmpkb58urFRkgeBGsxL_QJWwYMfAbUeeG7c1E6"'],
    ['key', '-----BEGIN PRIVATE KEY-----'],
    ['key', '0123456789abcdef0123456789abcdef-us21'],
    ['key', 'sk-proj-abcdefghijklmnopqrstuvwx'],
  ])('finds the %s in %s', (kind, text) => {
    expect(kinds(text)).toContain(kind);
  });

  it.each([
    '{"level":"INFO","message":"booking.changed","uuid":"3f0c9a52-6a7b-4c1d-9e2f-000000000001","version":12}',
    '{"timestamp":"2026-11-21T12:00:00.000Z","company":"harbor-kayaks"}',
    '{"at":"at retry (file:///app/node_modules/@smithy/core/dist/index.js:12:34)"}',
    'https://127.0.0.1:44102/services/data/v66.0/composite answered 503',
    'the address is good this summer',
    'write *|FNAME|* and *|UNSUB|* there',
    '{"_aws":{"Timestamp":1795262400000,"CloudWatchMetrics":[{"Namespace":"Harborlight"}]},"SyncLatency":12025550142}',
    'starts 2026-12-20T17:00:00+10:00, 2026-12-20T17:00:00-1000',
  ])('finds nothing in %s', (text) => {
    expect(search(text)).toEqual([]);
  });
});

describe('the search of what a model was sent', () => {
  const ofModel = alsoNumbers(search);

  it.each([
    ['uuid', '{"note":"see 3f0c9a52-6a7b-4c1d-9e2f-000000000001"}'],
    ['uuid', '3F0C9A526A7B4C1D9E2F000000000001'],
    ['number', 'call 0171 1234567'],
    ['number', 'call (0)171/123-45-67'],
    ['number', '06 12 34 56 78'],
    ['number', '03-1234-5678'],
    ['number', '4111 1111 1111 1111'],
    ['number', 'passport 123456789'],
    ['e-mail', 'wren@guests.test'],
    ['name', 'Halloran'],
  ])('finds the %s in %s', (kind, text) => {
    expect(ofModel(text).map((found) => found.kind)).toContain(kind);
  });

  it.each([
    '{"store":false,"max_output_tokens":2000,"note":"on 2026-12-24 or 24.12.2026, 12 of us, table 345"}',
    'This message is marked hl0123456789abcdef.',
    '[phone] [number] [id] 5 adults, 2 children, 1 infant',
  ])('finds nothing in %s', (text) => {
    expect(ofModel(text)).toEqual([]);
  });
});

describe('the search of a run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'harborlight-search-'));
    for (const [kind, text] of [
      ['names', '"Wren Halloran"\n'],
      ['keys', '"webhook-key-of-this-run"\n'],
      ['logs', 'booking.changed\nbooking.parked\n'],
      ['model', '{"input":"a guest’s words"}\n'],
      ['queues', '{"MessageGroupId":"3f0c9a52-6a7b-4c1d-9e2f-000000000001"}\n'],
    ] as const) {
      mkdirSync(join(folder, kind));
      writeFileSync(join(folder, kind, '1.txt'), text);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('finds nothing where nothing is, and says how much it looked at', async () => {
    expect(await searchTrail(folder, ordinaryWords)).toEqual({
      searched: { logs: 2, model: 1, queues: 1 },
      findings: [],
    });
  });

  it('lets a booking’s uuid stand everywhere but in what a model was sent', async () => {
    writeFileSync(join(folder, 'model', '2.txt'), '{"note":"3f0c9a52-6a7b-4c1d-9e2f-000000000001"}\n');
    writeFileSync(join(folder, 'logs', '2.txt'), '{"uuid":"3f0c9a52-6a7b-4c1d-9e2f-000000000001"}\n');
    const { findings } = await searchTrail(folder, ordinaryWords);
    expect(findings.map(({ kind, file }) => [kind, file.includes('model')])).toEqual([['uuid', true]]);
  });

  it.each(['logs', 'model', 'queues'] as const)(
    'finds what was planted in the %s, and gives none of it away',
    async (trail) => {
      const planted = 'ok\n{"to":"wren@guests.test","name":"Halloran","key":"webhook-key-of-this-run"}\n';
      mkdirSync(join(folder, trail, 'deeper'));
      writeFileSync(join(folder, trail, 'deeper', 'enrichment.log'), planted);
      const { findings } = await searchTrail(folder, ordinaryWords);
      expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['e-mail', 'name', 'key']));
      expect(findings.every(({ file, line }) => file.endsWith(join('deeper', 'enrichment.log')) && line === 2)).toBe(
        true,
      );
      expect(JSON.stringify(findings)).not.toMatch(/wren@|halloran|webhook-key-of/i);
    },
  );
});

it('the body of a webhook is no attribute of its message, even where SQS takes it as bytes only', () => {
  const message = {
    MessageId: '1',
    ReceiptHandle: '1',
    MD5OfBody: '',
    Body: '-',
    Attributes: { MessageGroupId: 'unreadable-0a' },
    MessageAttributes: {
      raw: { DataType: 'Binary', BinaryValue: 'eA==' },
      kind: { DataType: 'String', StringValue: 'x' },
    },
  };
  const kept: string[] = [];
  keepAttributes('queue', [message], (_, text) => kept.push(text));
  expect(kept).toEqual([JSON.stringify({ MessageGroupId: 'unreadable-0a', kind: message.MessageAttributes.kind })]);
});
