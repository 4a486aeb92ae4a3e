import { describe, expect, it } from 'vitest';
import { compositionOf, partOf } from '../../infra/bundling/composition.ts';
import { heavyPackages, LARGEST_KB, tooHeavy, WORTH } from '../../infra/bundling/weights.ts';
import { FUNCTION_NAMES } from '../../infra/stages.ts';

const compositions = FUNCTION_NAMES.map((name) => ({ name, ...compositionOf(name) }));

describe('the bundles', () => {
  it.each(compositions)(
    'of $name is within its size, and each heavy package in it is worth it',
    ({ name, ...rest }) => {
      expect(tooHeavy(name, rest)).toEqual([]);
    },
  );

  it.each(compositions)('of $name has a limit that would notice another 20 %', ({ name, bytes }) => {
    expect(LARGEST_KB[name] * 1024).toBeLessThan(1.2 * bytes);
  });

  it('have all that is said to be worth its weight', () => {
    const heavy = new Set(compositions.flatMap(({ parts }) => heavyPackages(parts).map((part) => part.name)));
    expect(Object.keys(WORTH).filter((name) => !heavy.has(name))).toEqual([]);
  });

  it('consist of nothing that esbuild did not count', () => {
    for (const { name, bytes, parts } of compositions) {
      const counted = parts.reduce((sum, part) => sum + part.bytes, 0);
      expect(counted / bytes, name).toBeGreaterThan(0.95);
      expect(counted, name).toBeLessThanOrEqual(bytes);
    }
  });

  it('of ingest has neither the AWS SDK nor a log library in it', () => {
    const names = compositions.find(({ name }) => name === 'ingest')?.parts.map((part) => part.name) ?? [];
    expect(names).toContain('@smithy/signature-v4');
    expect(names.filter((name) => /^(@aws-sdk|@aws-lambda-powertools)\//.test(name))).toEqual([]);
  });
});

describe('a look at a bundle', () => {
  const of = (name: string, kb: number) => ({ name, bytes: kb * 1024 });

  it('names a package that nobody said a word for, once it is heavy', () => {
    const parts = [of('shared', 50), of('left-pad', 11), of('right-pad', 9)];
    expect(tooHeavy('ingest', { bytes: 70 * 1024, parts })).toEqual([expect.stringContaining('left-pad')]);
  });

  it('names a bundle that has grown, whatever made it', () => {
    const parts = [of('functions', 76)];
    expect(tooHeavy('ingest', { bytes: 76 * 1024, parts })).toEqual([expect.stringContaining('ingest is 76 KB')]);
  });

  it.each([
    ['node_modules/@smithy/core/dist-es/a.js', '@smithy/core'],
    ['node_modules/a/node_modules/@b/c/d.js', '@b/c'],
    ['node_modules/zod/v4/core/core.js', 'zod'],
    ['shared/acts/act.ts', 'shared'],
    ['infra/bundling/no-xml.ts', 'infra'],
  ])('counts %s to %s', (file, part) => {
    expect(partOf(file)).toBe(part);
  });
});
