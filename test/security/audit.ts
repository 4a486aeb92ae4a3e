// Asks the registry for known weaknesses in the packages of the lock file: `npm run audit`.
// Ends with 0: none at high and above, or reasoned; 1: there are some; 3: nobody could tell, which is said aloud.
import { spawnSync } from 'node:child_process';
import { judge, type Verdict } from './audit-verdict.ts';

const EXIT_CODES: Readonly<Record<Verdict['kind'], number>> = { clean: 0, found: 1, unanswered: 3 };

const { stdout, error } = spawnSync('npm', ['audit', '--json', '--audit-level=high'], {
  encoding: 'utf8',
  shell: process.platform === 'win32',
  maxBuffer: 64 * 1024 * 1024,
});
const verdict = judge(error === undefined ? stdout : '');
console.log(verdict.text);
process.exitCode = EXIT_CODES[verdict.kind];
