import { expect, it } from 'vitest';
import { QUERY_NAMES, SAVED_QUERIES } from '../../infra/constructs/saved-queries.ts';
import { correlated } from '../../shared/observability/correlation.ts';
import { lambdaLog } from '../../shared/observability/logger.ts';
import { runTeller } from '../../shared/observability/run-teller.ts';
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

it('finds the longest runs, and how long starts took', () => {
  let age = 310;
  const lines: string[] = [];
  const log = lambdaLog({ service: 'one', level: 'INFO', debugShare: 1 }, (line) => lines.push(line));
  const begin = runTeller(log, { age: () => age, peakMb: () => 90, memoryMb: 256 });
  for (const ms of [9, 1200, 80]) {
    correlated('run', () => {
      const tell = begin({ getRemainingTimeInMillis: () => 2_000 });
      age += ms;
      tell();
    });
  }
  log.info('booking.synced');
  const found = runQuery(
    SAVED_QUERIES.runs.query,
    lines.map((line, n) => eventOf(line, String(n))),
  );
  expect(found.map(({ ms, initMs, peakMb }) => [ms, initMs, peakMb])).toEqual([
    [1200, undefined, 90],
    [80, undefined, 90],
    [9, 310, 90],
  ]);
});

it('finds what Lambda says of a function that did not end by itself', () => {
  const shown = { level: 'INFO', service: 's', message: 'm', code: 'c', why: 'w', uuid: 'u', correlationId: 'i' };
  const lines = [
    JSON.stringify(shown),
    '{"time":"2026-11-21T12:00:30.001Z","type":"platform.report","record":{"requestId":"7c","status":"timeout"}}',
    '{"time": "2026-11-21T12:00:30.001Z", "type": "platform.initReport", "record": {"status": "error"}}',
    // As Lambda's own runtime writes an error that nobody caught.
    '{"timestamp":"2026-11-21T12:00:30.001Z","level":"ERROR","requestId":"7c","message":{"errorType":"Error"}}',
    JSON.stringify({ ...shown, message: 'the platform.report' }),
  ];
  const found = runQuery(
    SAVED_QUERIES.errors.query,
    lines.map((line, n) => eventOf(line, String(n))),
  );
  expect(found.map((row) => row['@timestamp'])).toEqual(['3', '2', '1']);
});

it('every saved query is read to its end', () => {
  for (const name of QUERY_NAMES) expect(SAVED_QUERIES[name].query, name).toMatch(/\|limit \d+$/);
});
