import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { PROJECT } from '../infra/project-copy.ts';

const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

/** Runs `npm run vendors`, and gives what it prints to be used: variables, and the line that looks at the stage. */
async function vendors(...args: string[]) {
  const child = spawn(process.execPath, ['infra/local/vendors.ts', ...args], { cwd: PROJECT, stdio: 'pipe' });
  running.push(child);
  const environment: Record<string, string> = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, value] = /^export (\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) environment[name] = value;
    if (line.includes('npm run preflight')) return { environment, look: line };
  }
  throw new Error('it ended without saying how to look at the stage');
}

const endedSchema = z.object({ code: z.int(), stdout: z.string() });

async function run(file: string, args: readonly string[], environment: Readonly<Record<string, string>>) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
  return promisify(execFile)(process.execPath, [file, ...args], { cwd: PROJECT, env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => endedSchema.parse(error),
  );
}

/** Runs the line that was printed, its variables and all. */
function preflight(look: string) {
  const environment = Object.fromEntries(
    [...look.matchAll(/(AWS_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
  );
  return run('infra/preflight/preflight.ts', ['--stage', 'dev'], z.record(z.string(), z.string()).parse(environment));
}

describe('npm run vendors', () => {
  test('prints a line that looks at a stage deployed beside the stand-ins, and finds it ready', async () => {
    const { look } = await vendors();
    expect(await preflight(look)).toMatchObject({ code: 0, stdout: expect.stringContaining('Ready.') });
  }, 60_000);

  test('--empty: what is missing is found, said in a dry run, and created by the commands that it is found with', async () => {
    const { environment, look } = await vendors('--empty');
    const provision = (...args: string[]) => run('infra/provision/provision.ts', args, environment);
    expect((await preflight(look)).stdout).toContain('create what is missing: npm run provision -- salesforce');
    expect(await provision('salesforce', '--dry-run')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('would be created'),
    });
    expect(await provision('salesforce')).toMatchObject({ code: 0, stdout: expect.stringContaining(' created)') });
    expect(await provision('salesforce')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Everything needed is there\.$/m),
    });
    // A new audience takes US phones only, and that a person has to change.
    const { code, stdout } = await provision('mailchimp');
    expect(code).toBe(1);
    expect(stdout.match(/│ wrong/g)).toHaveLength(1);
    expect(stdout).toContain('created');
    const after = (await preflight(look)).stdout;
    expect(after).not.toContain('missing │');
    expect(after.match(/│ wrong/g)).toHaveLength(1);
  }, 120_000);
});
