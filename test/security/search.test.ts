import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { searchTrail } from '../evidence/gate.ts';
import { keepAttributes } from '../evidence/queue-attributes.ts';
import { searchFor } from '../evidence/search.ts';

const ordinaryWords = new Set(['good', 'address', 'booking', 'changed', 'summer']);
const search = searchFor({
  names: ['Wren Halloran', 'Good Address', 'Summer Ng', '山田 花子', 'Zoë O’Hara-Lindqvist'],
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
    '{"_aws":{"Timestamp":1795262400000,"CloudWatchMetrics":[{"Namespace":"Harborlight"}]},"SyncLatency":12025550142}',
    'starts 2026-12-20T17:00:00+10:00, 2026-12-20T17:00:00-1000',
  ])('finds nothing in %s', (text) => {
    expect(search(text)).toEqual([]);
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
