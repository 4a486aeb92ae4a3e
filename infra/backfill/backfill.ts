import { createInterface } from 'node:readline/promises';
import type { Terminal } from '../ops/command.ts';
import { backfill } from './command.ts';
import { reachStage } from './reach.ts';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

const complain = (text: string) => void process.stderr.write(text);
const terminal: Terminal = {
  print: (text) => process.stdout.write(text),
  complain,
  confirm: async (question) => {
    if (!process.stdin.isTTY) return undefined;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await lines.question(`${question} [y/N] `, { signal: stopping.signal }).catch(() => '');
    lines.close();
    return /^y(es)?$/i.test(answer.trim());
  },
};

try {
  process.exitCode = await backfill(
    process.argv.slice(2),
    (name) => reachStage(name, complain),
    terminal,
    stopping.signal,
  );
} catch (error) {
  const reason = error instanceof Error ? error.name : 'unknown error';
  complain(
    `The stage's tables, queues and secrets could not be used (${reason}). Are your AWS credentials and region set, may they use them, and is the stage deployed? The same command goes on where it ended.\n`,
  );
  process.exitCode = 1;
}
