import { describe, expect, it } from 'vitest';
import { type AwsFigure, countedLambdas } from '../../../infra/local/aws-metrics.ts';
import type { InvocationResult } from '../../../infra/local/environment.ts';
import type { Lambda } from '../../../infra/local/lambda.ts';
import { createLogBuffer } from '../../../infra/local/logs.ts';
import { readEmf } from './emf.ts';

/** A function that answers as told, once it is let go. */
function functionOf(result: InvocationResult, until: Promise<void> = Promise.resolve()): Lambda {
  return {
    definition: {
      name: 'harborlight-dev-one',
      arn: 'arn',
      service: 'one',
      directory: '.',
      handler: 'index.handler',
      environment: {},
      timeoutMs: 1_000,
      memoryMb: 128,
    },
    logs: createLogBuffer('one', undefined),
    initTimes: [],
    ready: () => Promise.resolve(),
    invoke: async () => {
      await until;
      return result;
    },
    pids: () => [],
    usage: () => Promise.resolve([]),
    crash: () => undefined,
    renew: () => undefined,
    close: () => Promise.resolve(),
  };
}

const DONE: InvocationResult = { ok: true, payload: 'null' };
const FAILED: InvocationResult = { ok: false, errorType: 'Runtime.ExitError', errorMessage: 'exit' };

describe('what Lambda counts', () => {
  const counting = (lambda: Lambda, account: { refuses?: boolean; others?: number; timeScale?: number } = {}) => {
    const figures: AwsFigure[] = [];
    const { refuses = false, others = 0, timeScale = 1 } = account;
    const counted = countedLambdas(new Map([['one', lambda]]), {
      take: (figure) => void figures.push(figure),
      refuses: () => refuses,
      others: () => others,
      timeScale,
    }).get('one');
    const of = (name: string, dimensions = 1) =>
      figures
        .filter((one) => one.name === name && Object.keys(one.dimensions).length === dimensions)
        .map(({ value }) => value);
    return { invoke: () => counted?.invoke({}), of };
  };

  it('a run that ends well, and one that fails', async () => {
    for (const [result, errors] of [
      [DONE, 0],
      [FAILED, 1],
    ] as const) {
      const { invoke, of } = counting(functionOf(result));
      expect(await invoke()).toEqual(result);
      expect([of('Invocations'), of('Errors'), of('Throttles')]).toEqual([[1], [errors], [0]]);
      expect(of('Duration')).toHaveLength(1);
    }
  });

  it('a call that is refused is a throttle, and neither an invocation nor an error', async () => {
    const { invoke, of } = counting(functionOf(DONE), { refuses: true });
    expect(await invoke()).toMatchObject({ ok: false, errorType: 'TooManyRequestsException' });
    expect([of('Throttles'), of('Invocations'), of('Errors'), of('Duration')]).toEqual([[1], [], [], []]);
  });

  it('runs at one moment, the function’s own and the whole account’s', async () => {
    let go = (): void => undefined;
    const gone = new Promise<void>((done) => {
      go = done;
    });
    const { invoke, of } = counting(functionOf(DONE, gone), { others: 900 });
    const running = [invoke(), invoke()];
    go();
    await Promise.all(running);
    expect(of('ConcurrentExecutions')).toEqual([1, 2]);
    expect(of('ClaimedAccountConcurrency', 0)).toEqual([901, 902]);
  });
});

describe('the embedded metric format', () => {
  const line = (values: object) =>
    JSON.stringify({
      _aws: {
        Timestamp: 7,
        CloudWatchMetrics: [
          {
            Namespace: 'Harborlight',
            Dimensions: [['service']],
            Metrics: [
              { Name: 'Late', Unit: 'Milliseconds' },
              { Name: 'Lost', Unit: 'Count' },
            ],
          },
        ],
      },
      service: 'crm-sync',
      ...values,
    });

  it('gives each metric its values, one or several', () => {
    const of = { namespace: 'Harborlight', dimensions: { service: 'crm-sync' }, at: 7 };
    expect(readEmf(line({ Late: [5, 6], Lost: 1 }))).toEqual([
      { ...of, name: 'Late', values: [5, 6] },
      { ...of, name: 'Lost', values: [1] },
    ]);
  });

  it('takes any other line for none, and no line that misses what it says', () => {
    for (const other of ['', 'START', '{"level":"INFO","message":"booking.synced"}'])
      expect(readEmf(other)).toEqual([]);
    expect(() => readEmf(line({ Late: 5 }))).toThrow();
    expect(() => readEmf(line({ Late: 5, Lost: 'one' }))).toThrow();
  });
});
