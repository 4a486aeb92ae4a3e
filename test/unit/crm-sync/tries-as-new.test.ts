import { expect, test } from 'vitest';
import { triesAsNew } from '../../../functions/crm-sync/guest/tries-as-new.ts';

test('three tries in vain in a row, and the next 200 guests are looked up first; then one is tried again', () => {
  const tries = triesAsNew();
  const asked = (count: number) => Array.from({ length: count }, () => tries.mayTry('harbor-kayaks'));
  for (let vain = 0; vain < 2; vain += 1) {
    expect(asked(1)).toEqual([true]);
    tries.inVain('harbor-kayaks');
  }
  expect(asked(1)).toEqual([true]);
  tries.inVain('harbor-kayaks');
  expect(new Set(asked(200))).toEqual(new Set([false]));
  expect(asked(1)).toEqual([true]);
  tries.inVain('harbor-kayaks');
  expect(asked(1)).toEqual([false]);
  // What an org is like says nothing of another company's.
  expect(tries.mayTry('umi-tours')).toBe(true);
});

test('one that worked forgets those in vain before it', () => {
  const tries = triesAsNew();
  for (let round = 0; round < 5; round += 1) {
    tries.inVain('harbor-kayaks');
    tries.inVain('harbor-kayaks');
    expect(tries.mayTry('harbor-kayaks')).toBe(true);
    tries.worked('harbor-kayaks');
  }
});
