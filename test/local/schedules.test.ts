import { afterEach, describe, expect, it } from 'vitest';
import { type Core, startCore } from '../../infra/local/core.ts';
import { readPlan } from '../../infra/local/template.ts';
import { type TinyAssembly, writeAssembly } from './assembly.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Prints the event's kind, and takes longer than the interval of the test. */
const source = `export const handler = async (event) => {
  console.log('began ' + event['detail-type']);
  await new Promise((done) => setTimeout(done, 120));
  console.log('ended');
};`;

function assemblyOf(ScheduleExpression: string, State = 'ENABLED'): string {
  const tiny: TinyAssembly = {
    functions: { timer: { source } },
    resources: {
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { ScheduleExpression, State, Targets: [{ Id: 't', Arn: { 'Fn::GetAtt': ['timer', 'Arn'] } }] },
      },
    },
  };
  const assembly = writeAssembly(tiny);
  cleanups.push(assembly.remove);
  return assembly.directory;
}

const schedulesOf = (expression: string, state?: string) =>
  readPlan(assemblyOf(expression, state), 'http://127.0.0.1:9').schedules;

describe('the template’s schedules', () => {
  it.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(1 hour)', 3_600_000],
  ])('%s', (expression, everyMs) => {
    expect(schedulesOf(expression)).toEqual([{ functionName: 'pipeline-timer', everyMs }]);
  });

  it('a rule that is switched off does nothing', () => {
    expect(schedulesOf('rate(1 minute)', 'DISABLED')).toEqual([]);
  });

  it('one that is not understood is refused rather than left out', () => {
    expect(() => schedulesOf('cron(0 8 * * ? *)')).toThrow(/cron\(0 8 \* \* \? \*\) has no meaning/);
  });
});

describe('on this machine', () => {
  const start = async (scheduleMs?: number): Promise<Core> => {
    const core = await startCore({ assembly: assemblyOf('rate(1 minute)'), scheduleMs });
    cleanups.push(() => core.close());
    return core;
  };

  it('run again and again, one after the other, in one environment that starts when it is needed', async () => {
    const core = await start(20);
    const ends = () => core.logs('timer').filter((line) => line.includes('ended')).length;
    await expect.poll(ends, { timeout: 15_000, interval: 10 }).toBeGreaterThanOrEqual(3);
    const words = core.logs('timer').flatMap((line) => /began Scheduled Event|ended/.exec(line)?.[0] ?? []);
    for (const [index, word] of words.entries()) expect(word).toBe(index % 2 === 0 ? 'began Scheduled Event' : 'ended');
    expect(core.functions.get('timer')?.pids()).toHaveLength(1);
  });

  it('start nothing where they are switched off', async () => {
    const core = await start(0);
    expect(core.functions.get('timer')?.pids()).toEqual([]);
  });
});
