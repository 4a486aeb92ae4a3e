import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluate, HELP } from '../../../infra/evaluate/command.ts';
import { OWN_HEADER } from '../../../infra/evaluate/own-history.ts';
import { hotelCsv, hotelRows } from './hotel-sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'evaluate-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Nothing here needs a stage. */
const nowhere = () => {
  throw new TypeError('no stage is to be reached');
};

async function run(...args: string[]) {
  let printed = '';
  let complained = '';
  const output = {
    print: (text: string) => {
      printed += text;
    },
    complain: (text: string) => {
      complained += text;
    },
  };
  const code = await evaluate(args, output, nowhere);
  return { code, printed, complained };
}

describe('npm run evaluate', () => {
  it('measures the models on packed data, as a table and as JSON', async () => {
    const data = fileOf('hotel.csv.gz', gzipSync(hotelCsv(hotelRows(3000, 41))));
    const { code, printed } = await run('--data', data);
    expect(code).toBe(0);
    expect(printed).toMatch(/3000 rows, 3000 distinct/);
    expect(printed).toMatch(/boosted trees .*0\.\d{3} \(0\.\d{3}–0\.\d{3}\)/);
    const json = JSON.parse((await run('--data', data, '--json')).printed);
    expect(json.results.map(({ model }: { model: string }) => model)).toEqual([
      'boosted trees',
      'plain logistic regression',
    ]);
    expect(json.training.until < json.test.from).toBe(true);
    expect(json.small.sameAsShipped).toBe(false);
    const small: {
      outcome: string;
      auc: { low: number; high: number };
      reliability: { rows: number }[];
      rows: number;
    }[] = json.small.results;
    expect(small.map(({ outcome, reliability }) => [outcome, reliability.length])).toEqual([
      ['cancellation', 10],
      ['noShow', 5],
    ]);
    for (const { auc, reliability, rows } of small) {
      expect(auc.low).toBeLessThan(auc.high);
      expect(reliability.reduce((sum, one) => sum + one.rows, 0)).toBe(rows);
    }
    expect(printed).toContain('Reliability of the shipped model, no-shows among those not cancelled:');
    expect(json.results[0].auc.value).toBeGreaterThan(0.6);
    expect(json.results[0].auc.value).toBeLessThan(0.8);
  });

  it('judges an own history', async () => {
    const lines = Array.from(
      { length: 40 },
      (_, at) => `b${at},2026-05-${String(1 + (at % 20)).padStart(2, '0')},2026-06-01,2,0,0,0,0,0,0,,came`,
    );
    const { code, printed } = await run('--own', fileOf('own.csv', `${OWN_HEADER}\n${lines.join('\n')}\n`));
    expect(code).toBe(0);
    expect(printed).toContain('the default stays: too few: 0 and 0');
    expect(printed).toContain('Keep the default: leave risk.model out of your settings.');
  });

  it.each([
    ['no such file', ['--data', join(folder, 'nowhere.csv')], /there is no such file/],
    ['an empty file', ['--data', fileOf('empty.csv', '')], /The file is empty/],
    ['broken gzip', ['--data', fileOf('broken.gz', Uint8Array.of(0x1f, 0x8b, 1, 2))], /cannot be unpacked/],
    ['another file', ['--data', fileOf('other.csv', 'a,b\n1,2\n')], /^line 1: .* missing/],
    ['no bookings', ['--own', fileOf('none.csv', `${OWN_HEADER}\n`)], /cannot be used: bookings of at least two days/],
    [
      'one day',
      ['--data', fileOf('one.csv', hotelCsv(hotelRows(1, 1)))],
      /cannot be used: bookings of at least two days/,
    ],
  ])('answers %s in a sentence', async (_, args, message) => {
    const { code, printed, complained } = await run(...args);
    expect(code).toBe(1);
    expect(printed).toBe('');
    expect(complained).toMatch(message);
    expect(complained.trim().split('\n')).toHaveLength(1);
  });

  it.each([[[]], [['--data', 'a.csv', '--own', 'b.csv']], [['--own', 'a.csv', '--export', 'b.csv']], [['--nonsense']]])(
    'explains itself when called as %o',
    async (args) => {
      const { code, complained } = await run(...args);
      expect(code).toBe(2);
      expect(complained).not.toBe('');
    },
  );

  it('names the data’s source and the columns in its help', async () => {
    expect(await run('--help')).toEqual({ code: 0, printed: HELP, complained: '' });
    expect(HELP).toContain('CC BY 4.0');
    for (const name of OWN_HEADER.split(',')) expect(HELP).toContain(name);
  });
});
