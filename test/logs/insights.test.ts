import { expect, it } from 'vitest';
import { QUERY_NAMES, SAVED_QUERIES } from '../../infra/constructs/saved-queries.ts';
import { eventOf } from './ask.ts';
import { runQuery } from './insights.ts';

const rows = [
  { n: 1, level: 'INFO', message: 'booking.synced', ms: 90 },
  { n: 2, level: 'WARN', message: 'message.retried', code: 'salesforce.lock', ms: '1000' },
  { n: 3, level: 'DEBUG', message: 'vendor.called', vendor: 'salesforce' },
];
const found = (query: string) => runQuery(query, rows).map(({ n }) => n);

it.each([
  ['filter level="INFO"', [1]],
  ['filter level in ["WARN","ERROR"] or message like /^vendor/', [2, 3]],
  ['filter message like "re" and level!="INFO"', [2]],
  ['filter code!="x"', [2]],
  ['filter level!="DEBUG" and (vendor="salesforce" or code like "salesforce.")', [2]],
  ['filter (level!="DEBUG" and vendor="salesforce") or (level="INFO" and message like "b")', [1]],
  ['filter ms>=90|sort ms desc|limit 1', [2]],
  ['sort ms', [3, 1, 2]],
  ['fields n,ms|filter ms<100', [1]],
])('%s finds %j', (query, expected) => expect(found(query)).toEqual(expected));

it.each([
  ['dedup level', 'there is no command dedup'],
  ['filter levle="INFO"', 'no event has a field levle'],
  ['fields uuid', 'no event has a field uuid'],
  ['filter level=', 'ends too early'],
  ['filter level="INFO" message', 'not understood'],
  ["filter level='INFO'", 'is not understood'],
])('%s is refused: %s', (query, why) => expect(() => found(query)).toThrow(why));

it('finds the longest runs in what Lambda prints', () => {
  const report = (ms: string, mb: string) =>
    eventOf(
      `REPORT RequestId: 7c\tDuration: ${ms} ms\tBilled Duration: 9 ms\tMemory Size: 512 MB\tMax Memory Used: ${mb} MB\t`,
      '2026-11-21T12:00:00Z',
    );
  const events = [report('9.5', '120'), report('1200.01', '76'), eventOf('END RequestId: 7c', ''), report('80', '99')];
  const found = runQuery(SAVED_QUERIES.runs.query, events);
  expect(found.map(({ ms, mb }) => [ms, mb])).toEqual([
    ['1200.01', '76'],
    ['80', '99'],
    ['9.5', '120'],
  ]);
});

it('finds what Lambda says of a function that did not end by itself', () => {
  const shown = { level: 'INFO', service: 's', message: 'm', code: 'c', why: 'w', uuid: 'u', correlationId: 'i' };
  const lines = [
    JSON.stringify(shown),
    '2026-11-21T12:00:30.001Z 7c Task timed out after 30.00 seconds',
    'RequestId: 7c Error: Runtime exited with error: signal: killed',
    'END RequestId: 7c',
  ];
  const found = runQuery(
    SAVED_QUERIES.errors.query,
    lines.map((line, n) => eventOf(line, String(n))),
  );
  expect(found.map((row) => row['@timestamp'])).toEqual(['2', '1']);
});

it('every saved query is read to its end', () => {
  for (const name of QUERY_NAMES) expect(SAVED_QUERIES[name].query, name).toMatch(/\|limit \d+$/);
});
