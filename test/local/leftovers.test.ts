import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { api, consumer, writeAssembly } from './assembly.ts';

const reportSchema = z.object({ url: z.string(), endpoints: z.array(z.string()), pids: z.array(z.number()) });

const echo = 'export const handler = async () => ({ statusCode: 200, body: String(process.pid) });';

describe('a stack whose process ends', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(() => {
    for (const cleanup of cleanups.splice(0).reverse()) cleanup();
  });

  const start = async () => {
    const assembly = writeAssembly({
      functions: { echo: { source: echo }, worker: { source: echo } },
      resources: { ...api({ 'GET /pid': 'echo' }), ...consumer('worker') },
    });
    cleanups.push(assembly.remove);
    const program = fileURLToPath(new URL('./stack-program.ts', import.meta.url));
    const child = fork(program, [assembly.directory], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    cleanups.push(() => child.kill('SIGKILL'));
    const report = reportSchema.parse(await new Promise((done) => child.once('message', done)));
    return { child, report };
  };
  const ended = (child: ChildProcess) => new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };
  const answers = async (url: string): Promise<boolean> => {
    try {
      await fetch(url);
      return true;
    } catch {
      return false;
    }
  };

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('leaves nothing behind after %s', async (signal) => {
    const { child, report } = await start();
    expect(report.pids).toHaveLength(4);
    expect(report.pids.every(isAlive)).toBe(true);
    for (const endpoint of report.endpoints) expect(await answers(endpoint)).toBe(true);
    const exit = ended(child);
    child.kill(signal);
    await exit;
    await expect.poll(() => report.pids.filter(isAlive), { timeout: 5_000 }).toEqual([]);
    for (const endpoint of report.endpoints) await expect.poll(() => answers(endpoint), { timeout: 5_000 }).toBe(false);
  });

  it('survives Ctrl-C in its functions and engines, which reaches the whole process group', async () => {
    const { report } = await start();
    for (const pid of report.pids) process.kill(pid, 'SIGINT');
    expect((await fetch(`${report.url}/pid`)).status).toBe(200);
    expect(report.pids.every(isAlive)).toBe(true);
  });

  it('runs beside another one', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.report.url).not.toBe(two.report.url);
    for (const { report } of [one, two]) {
      const pid = Number(await (await fetch(`${report.url}/pid`)).text());
      expect(report.pids).toContain(pid);
    }
  });
});
