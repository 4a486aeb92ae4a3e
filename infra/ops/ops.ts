import { createInterface } from 'node:readline/promises';
import { ops, type Terminal } from './command.ts';
import { deployed } from './deployed.ts';

const terminal: Terminal = {
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
  confirm: async (question) => {
    if (!process.stdin.isTTY) return undefined;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await lines.question(`${question} [y/N] `);
    lines.close();
    return /^y(es)?$/i.test(answer.trim());
  },
};

try {
  process.exitCode = await ops(process.argv.slice(2), deployed, terminal);
} catch (error) {
  const reason = error instanceof Error ? error.name : 'unknown error';
  terminal.complain(
    `The stage's tables and queues could not be used (${reason}). Are your AWS credentials and region set, may they use them, and is the stage deployed?\n`,
  );
  process.exitCode = 1;
}
