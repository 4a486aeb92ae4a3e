import { readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { expect, it } from 'vitest';
import * as z from 'zod';

const packageSchema = z.object({
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  /** Comes inside its parent's archive, whose integrity covers it. */
  inBundle: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  optional: z.boolean().optional(),
});
const lockSchema = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), packageSchema) });

const lock = lockSchema.parse(JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')));
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

/** Nothing of these is needed: `npm ci --ignore-scripts` runs every test and every command. */
const NEEDLESS_SCRIPTS = {
  'node_modules/core-js': 'prints a request for donations',
  'node_modules/core-js-pure': 'prints a request for donations',
  'node_modules/esbuild': 'swaps a starter for the program, which comes as an optional package of its own',
};

it('every package is pinned by the hash of its archive', () => {
  const unpinned = packages.filter(([, { integrity, inBundle }]) => !integrity?.startsWith('sha512-') && !inBundle);
  expect(packages.length).toBeGreaterThan(100);
  expect(unpinned.map(([path]) => path)).toEqual([]);
});

it('every package comes from the registry: none from an address, a repository or a folder', () => {
  const elsewhere = packages.filter(
    ([, { resolved, link }]) => link || (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/')),
  );
  expect(elsewhere.map(([path]) => path)).toEqual([]);
});

it('no package needs its install script', () => {
  const scripted = packages.filter(([, { hasInstallScript, optional }]) => hasInstallScript && !optional);
  expect(scripted.map(([path]) => path).sort()).toEqual(Object.keys(NEEDLESS_SCRIPTS).sort());
  expect(packages).toContainEqual(['node_modules/@esbuild/linux-x64', expect.objectContaining({ optional: true })]);
  expect(transformSync('const one: number = 1', { loader: 'ts' }).code).toContain('const one = 1');
});
