import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { meterAssembly } from '../../../infra/cost/measure/metered-assembly.ts';
import { compileMeter } from '../../../infra/cost/measure/metered-stack.ts';
import { readingsOf } from '../../../infra/cost/measure/recorder.ts';

const directory = mkdtempSync(join(tmpdir(), 'harborlight-meter-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** What a function's process does: it is ready, works for as long as it is told, and answers. */
const PROCESS = `
process.on('message', ({ type, id, cpuMs, waitMs }) => {
  if (type !== 'invoke') return;
  const { user, system } = process.cpuUsage();
  while (process.cpuUsage().user + process.cpuUsage().system - user - system < cpuMs * 1000);
  setTimeout(() => process.send({ type: 'result', id, payload: process.env.QUEUE_URL }), waitMs);
});
process.send({ type: 'ready' });
`;

describe('the meter in a function’s process', () => {
  it('writes down processor and wall time of each invocation, and leads calls to the counting proxy', async () => {
    const program = join(directory, 'program.mjs');
    const file = join(directory, 'readings');
    writeFileSync(program, PROCESS);
    const child = fork(program, [], {
      execArgv: ['--import', pathToFileURL(compileMeter(directory)).href],
      env: {
        PATH: process.env.PATH,
        HARBORLIGHT_METER_FILE: file,
        AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1111',
        HARBORLIGHT_METER_SQS: 'http://127.0.0.1:2222',
        QUEUE_URL: 'http://127.0.0.1:1111/000000000000/bookings.fifo',
      },
    });
    const next = (): Promise<unknown> => new Promise((done) => child.once('message', done));
    expect(await next()).toEqual({ type: 'ready' });
    child.send({ type: 'invoke', id: '1', cpuMs: 40, waitMs: 20 });
    // What else the process is asked, it is asked in the middle of an invocation too.
    child.send({ type: 'usage' });
    expect(await next()).toMatchObject({ payload: 'http://127.0.0.1:2222/000000000000/bookings.fifo' });
    child.send({ type: 'invoke', id: '2', cpuMs: 0, waitMs: 60 });
    await next();
    child.kill('SIGKILL');
    const [ready, worked, waited, more] = readingsOf(file, 0);
    expect([ready?.type, worked?.type, waited?.type, more]).toEqual(['ready', 'result', 'result', undefined]);
    expect(worked?.cpuMs).toBeGreaterThanOrEqual(40);
    // Waiting is no work, and what one invocation worked is not counted to the next.
    expect(waited?.cpuMs).toBeLessThan(30);
    expect(waited?.wallMs).toBeGreaterThanOrEqual(55);
    expect(readingsOf(file, 2)).toHaveLength(1);
  });
});

describe('a metered assembly', () => {
  it('has more variables in its functions, and is as it was otherwise', () => {
    const folder = join(directory, 'cdk.out');
    const file = join(folder, 'stack.template.json');
    const template = {
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r' } },
        One: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            MemorySize: 512,
            Environment: { Variables: { SERVICE_NAME: 'one', NODE_OPTIONS: '--a', URL: { Ref: 'Queue' } } },
          },
        },
      },
      Outputs: { Url: { Value: 'u' } },
    };
    mkdirSync(folder);
    writeFileSync(file, JSON.stringify(template));
    meterAssembly(folder, (service) => ({ NODE_OPTIONS: `--b ${service}`, MORE: 'm' }));
    const { One } = template.Resources;
    const Variables = { ...One.Properties.Environment.Variables, NODE_OPTIONS: '--b one', MORE: 'm' };
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      ...template,
      Resources: {
        ...template.Resources,
        One: { ...One, Properties: { ...One.Properties, Environment: { Variables } } },
      },
    });
  });
});
