import { describe, expect, it } from 'vitest';
import { backfill, HELP } from '../../../infra/backfill/command.ts';
import type { Terminal } from '../../../infra/ops/command.ts';
import { openBackfillDesk, RANGE } from './backfill-desk.ts';

const GOOD = ['--company', 'harbor-kayaks', '--from', RANGE.from, '--to', RANGE.to];

/** Runs the command where a stage is never reached, or with this one. */
async function run(args: readonly string[], stage?: Parameters<typeof backfill>[1], answer?: boolean) {
  const said = { out: '', err: '', questions: [] as string[] };
  const terminal: Terminal = {
    print: (text) => {
      said.out += String(text);
    },
    complain: (text) => {
      said.err += text;
    },
    confirm: async (question) => {
      said.questions.push(question);
      return answer;
    },
  };
  const unreached = () => {
    throw new Error('the stage was reached');
  };
  const code = await backfill(args, stage ?? unreached, terminal, new AbortController().signal);
  return { code, ...said };
}

describe('called wrongly, it says so before anything is reached', () => {
  it.each([
    [[], '--company'],
    [['--company', 'harbor-kayaks', '--to', '2026-03-02'], '--from YYYY-MM-DD'],
    [['--company', 'harbor-kayaks', '--from', '2026-02-30', '--to', '2026-03-02'], '--from YYYY-MM-DD'],
    [['--company', 'harbor-kayaks', '--from', '2026-03-02', '--to', '2026-03-01'], '--to is before --from'],
    [[...GOOD, '--stage', 'other'], 'no stage other'],
    [['--nonsense'], '--nonsense'],
  ])('%j', async (args, words) => {
    const { code, err } = await run(args);
    expect(code).toBe(2);
    expect(err).toContain(words);
  });

  it('and helps where asked', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, out: HELP });
  });
});

describe('on a stage', () => {
  const companies = ['harbor-kayaks', 'umi-tours'];

  it('does nothing for a company that is not set up, without API access, or unless agreed to', async () => {
    const desk = await openBackfillDesk();
    try {
      const reached = (hasAccess: boolean) => () => ({
        companies,
        hasAccess: async () => hasAccess,
        deps: desk.deps,
        close: () => {},
      });
      const nobody = await run(['--company', 'nobody', '--from', RANGE.from, '--to', RANGE.to], reached(true));
      expect(nobody).toMatchObject({ code: 2, err: expect.stringContaining('harbor-kayaks, umi-tours') });
      const closed = await run(GOOD, reached(false));
      expect(closed).toMatchObject({ code: 1, err: expect.stringContaining('no API access') });
      const refused = await run(GOOD, reached(true), false);
      expect(refused).toMatchObject({ code: 1, err: 'Nothing was done.\n' });
      expect(refused.questions[0]).toContain('harbor-kayaks');
      expect(await run(GOOD, reached(true))).toMatchObject({ code: 1, err: expect.stringContaining('--yes') });
      expect(desk.calledAt).toEqual([]);

      desk.fill(3);
      const { code, out } = await run([...GOOD, '--yes'], reached(true));
      expect(code).toBe(0);
      expect(out).toContain('3 in every destination');
      expect(out).toContain('Done');
    } finally {
      await desk.close();
    }
  });

  it('says what FareHarbor refuses for good, and what to do', async () => {
    const desk = await openBackfillDesk();
    try {
      desk.server.fault({ route: '*', status: 403, body: { code: 'user-key-invalid', status: 403 } });
      const reach = () => ({ companies, hasAccess: async () => true, deps: desk.deps, close: () => {} });
      const { code, err } = await run([...GOOD, '--yes'], reach);
      expect(code).toBe(1);
      expect(err).toMatch(/^FareHarbor refuses the API keys of harbor-kayaks \(user-key-invalid\): put the right/);
    } finally {
      await desk.close();
    }
  });
});
