import { describe, expect, it } from 'vitest';
import { cost, HELP } from '../../../infra/cost/command.ts';
import { KINDS, readMeasured } from '../../../infra/cost/measured.ts';
import { bare, quiet } from './costing.ts';

async function run(...args: string[]) {
  let printed = '';
  let complained = '';
  const asked: { stage?: string; measure?: object } = {};
  const code = await cost(args, {
    print: (text) => {
      printed += text;
    },
    complain: (text) => {
      complained += text;
    },
    readMeasured,
    deployedAs: ({ name }) => {
      asked.stage = name;
      return { ...bare, functions: { 'crm-sync': quiet, enrichment: quiet } };
    },
    measure: async ({ rounds, seed }) => {
      asked.measure = { rounds, seed };
      return 'there';
    },
  });
  return { code, printed, complained, asked };
}

describe('npm run cost', () => {
  it('prints a table for the stage', async () => {
    const { code, printed, complained, asked } = await run('--webhooks', '50000', '--stage', 'dev');
    expect([code, complained, asked.stage]).toEqual([0, '', 'dev']);
    expect(printed).toContain('50,000 webhooks a month');
  });

  it('prints JSON, of which the parts make the sum', async () => {
    const { code, printed, asked } = await run('--webhooks', '1e6', '--json');
    const bill = JSON.parse(printed);
    expect([code, asked.stage]).toEqual([0, 'prod']);
    const sum = bill.lines.reduce((total: number, { month }: { month: number }) => total + month, 0);
    expect(bill.month).toBeCloseTo(sum, 9);
  });

  it('takes latencies and the share without news', async () => {
    const month = async (...args: string[]) =>
      JSON.parse((await run('--webhooks', '1000000', '--json', ...args)).printed).month;
    expect(await month('--latency', 'salesforce=1400,mailchimp=0')).toBeGreaterThan(await month());
    expect(await month('--irrelevant', '1')).toBeLessThan(await month());
    expect(await month('--cold-starts', '1')).toBeGreaterThan(await month());
    expect(await month('--kept-months', '0')).toBeLessThan(await month());
  });

  it('measures when it is told to', async () => {
    const { code, printed, asked } = await run('--measure', '--rounds', '2', '--seed', '9');
    expect([code, printed, asked.measure]).toEqual([0, 'written to there', { rounds: 2, seed: 9 }]);
  });

  it.each([
    [[]],
    [['--webhooks']],
    [['--webhooks', 'many']],
    [['--webhooks', '-5']],
    [['--webhooks', '5', '--stage', 'test']],
    [['--webhooks', '5', '--irrelevant', '60']],
    [['--webhooks', '5', '--latency', 'salesforce']],
    [['--webhooks', '5', '--latency', 'salesforce=']],
    [['--webhooks', '5', '--latency', 'post=5']],
    [['--webhooks', '5', 'more']],
    [['--wobhooks', '5']],
    [['--measure', '--rounds', '0']],
  ])('%j: help and 2, no trace', async (args) => {
    const { code, printed, complained, asked } = await run(...args);
    expect([code, printed, asked.measure]).toEqual([2, '', undefined]);
    expect(complained).toContain(HELP);
    expect(complained).not.toMatch(/\n\s+at /);
  });

  it('helps where it is asked to', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, printed: HELP, complained: '' });
  });
});

describe('the committed measurement', () => {
  const measured = readMeasured();

  it('has every kind of webhook, with the work that each must lead to', () => {
    for (const kind of KINDS) {
      const { functions } = measured.kinds[kind];
      const isNews = kind !== 'repeated' && kind !== 'reminded';
      expect(functions.ingest?.invocations).toBe(1);
      expect(functions.enrichment?.waits.fareharbor ?? 0).toBeCloseTo(isNews ? 1 : 0, 1);
      expect(functions['crm-sync'] !== undefined).toBe(isNews);
      expect(functions['marketing-sync'] !== undefined).toBe(isNews);
    }
    expect(Object.keys(measured.idleRun.functions)).toEqual(['reconcile']);
  });
});
