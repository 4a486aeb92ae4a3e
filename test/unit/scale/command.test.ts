import { describe, expect, it } from 'vitest';
import { HELP, scale } from '../../../infra/scale/command.ts';

function run(...args: string[]) {
  let printed = '';
  let complained = '';
  const code = scale(args, {
    print: (text) => {
      printed += text;
    },
    complain: (text) => {
      complained += text;
    },
  });
  return { code, printed, complained };
}

describe('npm run scale', () => {
  it('prints a day, what is used, the ceilings and what moves them', () => {
    const first = run('--companies', '1', '--bookings', '10');
    expect(first).toMatchObject({ code: 0, complained: '' });
    expect(first.printed).toMatch(/10 bookings and 50 webhooks a day/);
    expect(first.printed).toMatch(/1 company/);
    expect(first.printed).toMatch(/webhook → Salesforce, p50 \/ p99 +│ \d+\.\d s \/ \d+\.\d s/);
    expect(first.printed).toMatch(/index partition `lagging`/);
    expect(first.printed).toMatch(/as deployed +│ 2\.\d +│ [\d,]+ +│ 0 % +│ Salesforce’s calls a day/);
    expect(first.printed).toMatch(/sweep: 426 calls a company/);
    expect(first.printed).toMatch(/Not simulated/);
  }, 60_000);

  it('prints JSON', () => {
    const { code, printed } = run('--companies', '1', '--bookings', '10', '--seed', '2', '--places', '5', '--json');
    expect(code).toBe(0);
    const { cases, seed } = JSON.parse(printed);
    expect([seed, cases.length, cases[0].companies]).toEqual([2, 1, 1]);
    expect(cases[0].day.used.crm.mean).toBeGreaterThan(0);
    expect(cases[0].ladder[0]).toMatchObject({ bottleneck: 'lambda', relief: { kind: 'purchase' } });
    expect(cases[0].verifiedPerSecond).toBeLessThanOrEqual(10);
  }, 60_000);

  it('prints its figures with a source each, and its help', () => {
    const { code, printed } = run('--facts');
    expect(code).toBe(0);
    expect(printed).toMatch(/partitionWrites +│ 1,000 write units\/s +│ DynamoDB/);
    expect(printed).toMatch(/salesforceDay +│ 100,000 calls\/day/);
    expect(run('--help')).toEqual({ code: 0, printed: HELP, complained: '' });
  });

  it.each([
    [['--companies', 'many'], /--companies/],
    [['--companies', '0'], /--companies/],
    [['--companies', '1,,2'], /--companies/],
    [['--companies', '20001'], /--companies/],
    [['--bookings', '-3'], /bookings/],
    [['--bookings', '1.5'], /--bookings/],
    [['--seed', 'x'], /--seed/],
    [['--places', '0'], /--places/],
    [['--stage', 'nowhere'], /nowhere/],
    [['--wrong'], /wrong/],
    [['1'], /positional|argument/],
  ])('complains about %j, shows its help and ends with 2', (args, about) => {
    const { code, printed, complained } = run(...args);
    expect([code, printed]).toEqual([2, '']);
    expect(complained).toMatch(about);
    expect(complained).toContain(HELP);
  });
});
