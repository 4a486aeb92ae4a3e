import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileRuntime, type Lambda, startLambda } from '../../infra/local/lambda.ts';
import { readPlan } from '../../infra/local/template.ts';
import { writeAssembly } from './assembly.ts';

const endpoints = { sqs: 'http://127.0.0.1:1', dynamoDb: 'http://127.0.0.1:2', secretsManager: 'http://127.0.0.1:3' };
const behaviour = `
  let calls = 0;
  let open = 0;
  export const handler = async (event, context) => {
    calls += 1;
    if (event.do === 'throw') throw new TypeError('not so');
    if (event.do === 'exit') process.exit(3);
    if (event.do === 'hang') await new Promise(() => setInterval(() => {}, 1000));
    if (event.do === 'print') { console.log('first'); console.error('second'); }
    if (event.do === 'env') return process.env;
    if (event.do === 'wait') {
      open += 1;
      const atOnce = open;
      await new Promise((done) => setTimeout(done, 150));
      open -= 1;
      return { pid: process.pid, atOnce };
    }
    if (event.do === 'nothing') return undefined;
    return { calls, pid: process.pid, id: context.awsRequestId, left: context.getRemainingTimeInMillis() };
  };`;

describe('an emulated function', () => {
  let directory: string;
  const cleanups: (() => unknown)[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'harborlight-lambda-'));
    cleanups.push(() => rmSync(directory, { recursive: true }));
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  const start = (source: string, { timeoutSeconds = 5, warm = 1, concurrency = 1 } = {}): Lambda => {
    const environment = { TABLE: 'bookings', AWS_REGION: 'us-east-1' };
    const assembly = writeAssembly({ functions: { worker: { source, timeoutSeconds, environment } } });
    cleanups.push(assembly.remove);
    const [definition] = readPlan(assembly.directory, '').functions;
    if (definition === undefined) throw new Error('the assembly has no function');
    const runtimeFile = compileRuntime(directory);
    const lambda = startLambda({ definition, runtimeFile, endpoints, warm, concurrency });
    cleanups.push(() => lambda.close());
    return lambda;
  };
  const payload = async (lambda: Lambda, event: unknown) => {
    const result = await lambda.invoke(event);
    return result.ok ? JSON.parse(result.payload) : result;
  };

  it('keeps its state between invocations, and knows its deadline', async () => {
    const lambda = start(behaviour);
    expect(await payload(lambda, {})).toMatchObject({ calls: 1 });
    const second = await payload(lambda, {});
    expect(second.calls).toBe(2);
    expect(second.left).toBeGreaterThan(3_000);
    expect(second.left).toBeLessThanOrEqual(5_000);
    expect(await payload(lambda, { do: 'nothing' })).toBeNull();
  });

  it('gets the environment of the template and of Lambda, and nothing of the shell', async () => {
    process.env.HARBORLIGHT_TEST_SHELL = 'of the shell';
    const environment = await payload(start(behaviour), { do: 'env' });
    delete process.env.HARBORLIGHT_TEST_SHELL;
    expect(environment).toMatchObject({
      TABLE: 'bookings',
      AWS_ENDPOINT_URL_SQS: endpoints.sqs,
      AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamoDb,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
      AWS_LAMBDA_FUNCTION_NAME: 'pipeline-worker',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    });
    expect(environment).not.toHaveProperty('HARBORLIGHT_TEST_SHELL');
    expect(environment).not.toHaveProperty('_X_AMZN_TRACE_ID');
    expect(environment).not.toHaveProperty('HOME');
  });

  it('reports an error of the handler and lives on', async () => {
    const lambda = start(behaviour);
    expect(await payload(lambda, { do: 'throw' })).toMatchObject({ errorType: 'TypeError', errorMessage: 'not so' });
    expect(await payload(lambda, {})).toMatchObject({ calls: 2 });
  });

  it('is killed at its timeout, and the next invocation finds a new environment', async () => {
    const lambda = start(behaviour, { timeoutSeconds: 1 });
    const before = await payload(lambda, {});
    const result = await payload(lambda, { do: 'hang' });
    expect(result).toMatchObject({ ok: false, errorType: 'Sandbox.Timedout' });
    expect(result.errorMessage).toMatch(/Task timed out after 1\.00 seconds$/);
    expect(lambda.logs.lines.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'platform.report', record: { status: 'timeout', errorType: 'Sandbox.Timedout' } },
    ]);
    const after = await payload(lambda, {});
    expect(after.calls).toBe(1);
    expect(after.pid).not.toBe(before.pid);
    expect(() => process.kill(before.pid, 0)).toThrow();
  });

  it('reports a crash, and starts anew', async () => {
    const lambda = start(behaviour);
    const result = await payload(lambda, { do: 'exit' });
    expect(result).toMatchObject({ ok: false, errorType: 'Runtime.ExitError' });
    expect(result.errorMessage).toContain('exit status 3');
    expect(await payload(lambda, {})).toMatchObject({ calls: 1 });
  });

  it('runs one invocation at a time in a process, and as many processes as it may', async () => {
    const lambda = start(behaviour, { warm: 1, concurrency: 2 });
    const results = await Promise.all([1, 2, 3, 4].map(() => payload(lambda, { do: 'wait' })));
    expect(new Set(results.map(({ pid }) => pid)).size).toBe(2);
    expect(results.map(({ atOnce }) => atOnce)).toEqual([1, 1, 1, 1]);
  });

  it('survives all its processes being killed while others wait', async () => {
    const lambda = start(behaviour);
    await lambda.ready();
    const first = payload(lambda, { do: 'hang' });
    const second = payload(lambda, {});
    lambda.crash();
    expect(await first).toMatchObject({ ok: false, errorType: 'Runtime.ExitError' });
    expect(await second).toMatchObject({ calls: 1 });
  });

  it('renews its processes without ending what one of them is at', async () => {
    const lambda = start(behaviour);
    await lambda.ready();
    const before = lambda.pids();
    const first = payload(lambda, { do: 'wait' });
    const second = payload(lambda, {});
    lambda.renew();
    expect(before).toContain((await first).pid);
    expect(await second).toMatchObject({ calls: 1 });
    const { pid } = await payload(lambda, {});
    expect(before).not.toContain(pid);
    lambda.renew();
    expect(await payload(lambda, {})).toMatchObject({ calls: 1 });
  });

  it('keeps what was printed', async () => {
    const lambda = start(behaviour);
    await lambda.invoke({ do: 'print' });
    const from = Date.now() - 60_000;
    await expect.poll(() => [...lambda.logs.lines].sort()).toEqual(['first', 'second']);
    expect(lambda.logs.times).toHaveLength(2);
    expect(lambda.logs.times.every((at) => at > from && at <= Date.now())).toBe(true);
  });

  it('says why it does not start', async () => {
    const broken = start('throw new Error("QUEUE_URL is missing");');
    await expect(broken.ready()).rejects.toThrow(/worker does not start: QUEUE_URL is missing/);
    expect(await payload(broken, {})).toMatchObject({ ok: false, errorType: 'Runtime.InitError' });
    const empty = start('export const other = 1;');
    await expect(empty.ready()).rejects.toThrow(/HandlerNotFound/);
  });
});
