import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { processFigures, runTeller } from '../../../shared/observability/run-teller.ts';
import { listening } from './quiet.ts';

/** A process whose function was loaded after 310 ms and may run for 30 s, and the lines about its runs. */
function loaded(memoryMb: number | undefined = 256) {
  const at = { age: 310.4, peakMb: 90.2 };
  const { log, lines } = listening();
  const begin = runTeller(log, { age: () => at.age, peakMb: () => at.peakMb, memoryMb });
  const run = (ms: number, peakMb = at.peakMb): void => {
    const tell = begin({ getRemainingTimeInMillis: () => 30_000 });
    at.age += ms;
    at.peakMb = peakMb;
    tell();
  };
  return { run, at, told: () => lines.splice(0).map(({ level, event, facts }) => [level, event, facts]) };
}

it('tells of a process’ first run with how long its start took, also where it waited for that run', () => {
  const { run, at, told } = loaded();
  at.age += 60_000;
  run(1_200.4);
  expect(told()).toEqual([['info', 'run.ended', { ms: 1_200, peakMb: 90, memoryMb: 256, initMs: 310 }]]);
});

it('tells of long runs always, and of others to whoever wants details', () => {
  const { run, told } = loaded();
  run(10);
  told();
  run(14_999);
  run(15_000);
  run(12);
  expect(told()).toEqual([
    ['debug', 'run.ended', { ms: 14_999, peakMb: 90 }],
    ['info', 'run.ended', { ms: 15_000, peakMb: 90 }],
    ['debug', 'run.ended', { ms: 12, peakMb: 90 }],
  ]);
});

it('warns once that memory runs short, since what was used most never gets less', () => {
  const { run, told } = loaded();
  run(10, 204);
  run(10, 205);
  run(10, 240);
  expect(told().filter(([level]) => level === 'warn')).toEqual([
    ['warn', 'memory.short', { peakMb: 205, memoryMb: 256 }],
  ]);
});

it('warns of nothing where nobody says how much there is', () => {
  const { log, lines } = listening();
  const begin = runTeller(log, { age: () => 0, peakMb: () => 100_000, memoryMb: undefined });
  begin({ getRemainingTimeInMillis: () => 30_000 })();
  expect(lines.map(({ level }) => level)).toEqual(['info']);
});

it('knows this process: megabytes, and milliseconds since it was started', () => {
  const { age, peakMb, memoryMb } = processFigures(512);
  const usedMb = process.memoryUsage.rss() / 2 ** 20;
  // At any time the most there was is no less than what there is, but for what it was rounded by.
  expect(peakMb()).toBeGreaterThan(usedMb * 0.9);
  expect(peakMb()).toBeLessThan(usedMb * 100);
  expect(Math.abs(age() - process.uptime() * 1000)).toBeLessThan(5_000);
  expect(memoryMb).toBe(512);
});

it('counts no memory of the process that started it', () => {
  const held = Buffer.alloc(300 * 2 ** 20, 1);
  const file = new URL('../../../shared/observability/run-teller.ts', import.meta.url).href;
  const script = `import { processFigures } from '${file}'; console.log(processFigures(1).peakMb());`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(held).toHaveLength(300 * 2 ** 20);
  expect(Number(printed)).toBeGreaterThan(20);
  expect(Number(printed)).toBeLessThan(200);
});
