import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyProject, PROJECT } from './project-copy.ts';

const folder = mkdtempSync(join(tmpdir(), 'harborlight-twice-'));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Every file of an assembly by its path inside; a bundle's path holds the hash of it. Without CDK's notes of the lines of
 * code in which something was acknowledged: they are not deployed, and name paths of the machine.
 */
function assembled(outdir: string): Map<string, string> {
  const files = readdirSync(outdir, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.endsWith('.metadata.json'),
  );
  const paths = files.map(({ parentPath, name }) => join(parentPath, name).slice(outdir.length + 1)).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(outdir, path), 'utf8')]));
}

async function synthesize(project: string, name: string, environment: object): Promise<Map<string, string>> {
  const outdir = join(folder, name);
  const env = { ...process.env, CDK_OUTDIR: outdir, HARBORLIGHT_STAGE: 'dev', ...environment };
  await promisify(execFile)(process.execPath, ['infra/app.ts'], { cwd: project, env });
  return assembled(outdir);
}

/** `cdk diff` compares templates, and a template names each bundle by the hash of what is in it. */
describe('the same sources make the same assembly', () => {
  let first: Map<string, string>;
  let again: Map<string, string>;
  beforeAll(async () => {
    first = await synthesize(PROJECT, 'first', {});
    again = await synthesize(PROJECT, 'again', { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' });
  }, 120_000);

  test('with templates and a bundle for each function', () => {
    const names = [...first.keys()];
    expect(names.filter((name) => name.endsWith('.template.json'))).toHaveLength(2);
    expect(names.filter((name) => /^asset\.[0-9a-f]{64}\/index\.mjs$/.test(name))).toHaveLength(5);
  });

  test('a second time, in another time zone and language, into another folder', () => {
    expect(differences(first, again)).toEqual([]);
  });

  test('at another path', async () => {
    expect(
      differences(first, await synthesize(copyProject(join(folder, 'somewhere', 'else')), 'elsewhere', {})),
    ).toEqual([]);
  }, 120_000);

  test.each(['data', 'pipeline'])(
    'so cdk diff sees none in the %s stack',
    (name) => {
      const stack = `harborlight-dev-${name}`;
      const template = join(folder, 'first', `${stack}.template.json`);
      expect(cdkDiff(stack, template)).toEqual({ code: 0, stacksThatDiffer: '0' });
      const altered = join(folder, `${stack}.json`);
      writeFileSync(altered, readFileSync(template, 'utf8').replace('"harborlight"', '"another"'));
      expect(cdkDiff(stack, altered)).toEqual({ code: 1, stacksThatDiffer: '1' });
    },
    90_000,
  );
});

/** What the pinned CLI says of the second synthesis, held against a template: on stderr, or on stdout where CI is set. */
function cdkDiff(stack: string, template: string) {
  const cli = join(PROJECT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const args = ['diff', '--exclusively', stack, '--fail', '--app', join(folder, 'again'), '--template', template];
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: PROJECT, encoding: 'utf8' });
  return { code: status, stacksThatDiffer: /Number of stacks with differences: (\d+)/.exec(stdout + stderr)?.[1] };
}

function differences(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name));
}
