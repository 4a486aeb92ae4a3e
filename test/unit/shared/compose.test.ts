import type { Context } from 'aws-lambda';
import { expect, it } from 'vitest';
import { compose } from '../../../shared/observability/compose.ts';
import { correlation } from '../../../shared/observability/correlation.ts';
import { lambdaMeter } from '../../../shared/observability/lambda-meter.ts';
import type { LogFacts } from '../../../shared/observability/logger.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import { listening } from './quiet.ts';

const context: Context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'one',
  functionVersion: '1',
  invokedFunctionArn: '',
  memoryLimitInMB: '512',
  awsRequestId: 'invocation-1',
  logGroupName: '',
  logStreamName: '',
  getRemainingTimeInMillis: () => 1_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

/** A handler that counts, and then does this. */
function composed(work: () => Promise<string | undefined>) {
  const emitted: string[] = [];
  const { log, lines } = listening();
  const meter = lambdaMeter({ service: 'one' }, (line) => emitted.push(line));
  const heard = {
    ...log,
    info: (event: string, facts?: LogFacts) => log.info(event, { ...facts, of: correlation()?.id }),
  };
  const handler = compose<object, string | undefined>({ log: heard, meter }, async () => {
    meter.count(METRIC.messageRetried);
    return await work();
  });
  return { handler: () => handler({}, context), emitted, lines };
}

it('emits what an invocation counted, once it has ended, and begins anew with the next', async () => {
  const { handler, emitted } = composed(async () => `before it ended: ${emitted.length}`);
  expect(await handler()).toBe('before it ended: 0');
  expect(await handler()).toBe('before it ended: 1');
  expect(emitted).toHaveLength(2);
  expect(emitted.every((line) => line.endsWith('"MessageRetried":1}'))).toBe(true);
});

it('emits it also where the invocation fails, and lets nothing of a foreign error out', async () => {
  const { handler, emitted, lines } = composed(() => Promise.reject(new TypeError('Ana Petrova is no number')));
  await expect(handler()).rejects.toThrow('see invocation.failed in the log');
  expect(emitted).toHaveLength(1);
  expect(lines).toMatchObject([
    { level: 'info', event: 'run.ended' },
    { level: 'error', event: 'invocation.failed', facts: { error: 'TypeError' } },
  ]);
  expect(JSON.stringify(lines)).not.toContain('Petrova');
});

it('tells how a run ended by the invocation’s id, as it was allowed to take a second', async () => {
  const { handler, lines } = composed(async () => undefined);
  await handler();
  await handler();
  expect(lines.map(({ level, event }) => [level, event])).toEqual([
    ['info', 'run.ended'],
    ['debug', 'run.ended'],
  ]);
  expect(lines[0]?.facts).toMatchObject({ ms: expect.any(Number), initMs: expect.any(Number), of: 'invocation-1' });
});

it('what nothing better is known of is found by the invocation’s id', async () => {
  expect(await composed(async () => correlation()?.id).handler()).toBe('invocation-1');
});
