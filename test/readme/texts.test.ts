import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { PROJECT } from '../infra/project-copy.ts';

const read = (file: string): string => readFileSync(join(PROJECT, file), 'utf8');
const { scripts, version } = z
  .object({ scripts: z.record(z.string(), z.string()), version: z.string() })
  .parse(JSON.parse(read('package.json')));

const TEXTS = ['README.md', 'RUNBOOK.md', 'UPGRADING.md', 'CHANGELOG.md', 'DECISIONS.md'];

/** The commands of a text, such as `vendors` of `npm run vendors`; `npm start` and `npm test` too. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/npm (?:run )?(?:-s )?(?!run\b|ci\b|install\b)([a-z]+)/g)].map(([, name = '']) => name);
}

/** A heading as its link has it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

describe('README.md', () => {
  test('names every command of package.json, most of them in its first part or its table of commands', () => {
    const [beginning = ''] = read('README.md').split('### With real vendors');
    expect(Object.keys(scripts).filter((name) => !commandsIn(beginning).includes(name))).toEqual([]);
  });
});

describe.each(TEXTS)('%s', (file) => {
  const text = read(file);

  test('names no command that there is not', () => {
    const known = new Set(Object.keys(scripts));
    // Sentences go on after the name: only what stands as code is a command.
    const blocks = [...text.matchAll(/```[\s\S]*?```|^ {4,}npm .*$/gm)].map(([block]) => block);
    const inline = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
    const code = [...blocks, ...inline];
    const named = code.flatMap((one) => [...one.matchAll(/npm run (?:-s )?([a-z]+)/g)].map(([, name = '']) => name));
    expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
  });

  test('links to files and headings that there are', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    const broken = links.filter(([, target = '', anchor]) => {
      const to = target === '' ? file : target;
      if (!existsSync(join(PROJECT, to))) return true;
      if (anchor === undefined) return false;
      const headings = [...read(to).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
      return !headings.includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test('names no file of the project that there is not', () => {
    const named = [...text.matchAll(/`((?:infra|functions|shared|test)\/[\w./-]+\.(?:ts|json|md))`/g)];
    const files = named.map(([, name = '']) => name);
    expect(files.filter((name) => !existsSync(join(PROJECT, name)))).toEqual([]);
  });
});

describe('UPGRADING.md', () => {
  test('has notes for every version after the first, from the one before it', () => {
    const versions = [...read('CHANGELOG.md').matchAll(/^## (.+)$/gm)].map(([, name = '']) => name.toLowerCase());
    expect(versions).toContain(version);
    const steps = versions.slice(0, -1).map((name, index) => `${versions[index + 1]} → ${name}`);
    const noted = [...read('UPGRADING.md').matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
    expect(noted).toEqual(steps);
  });
});
