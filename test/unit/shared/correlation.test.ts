import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  correlated,
  correlation,
  correlationAttribute,
  isAbout,
  isSampled,
  newCorrelationId,
} from '../../../shared/observability/correlation.ts';

it('stays with its own work, whatever goes on beside it, in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 8 }), async (s, ids) => {
      const work = (id: string) =>
        correlated(id, async () => {
          await s.schedule(Promise.resolve());
          isAbout(`booking of ${id}`);
          await s.schedule(Promise.resolve());
          return [correlation()?.id, correlation()?.uuid];
        });
      const all = Promise.all(ids.map(work));
      await s.waitAll();
      expect(await all).toEqual(ids.map((id) => [id, `booking of ${id}`]));
      expect(correlation()).toBeUndefined();
    }),
  );
});

it('is that of the innermost work, and the outer one again afterwards', async () => {
  const seen: (string | undefined)[] = [];
  const note = () => seen.push(correlation()?.id);
  await correlated('outer', async () => {
    note();
    await correlated('inner', async () => note());
    note();
  });
  expect(seen).toEqual(['outer', 'inner', 'outer']);
});

it('goes on with a message, or begins anew where nothing led to it', () => {
  expect(correlated('request=', () => correlationAttribute('hint').correlationId.StringValue)).toBe('request=');
  expect(correlationAttribute('hint').correlationId.StringValue).toMatch(/^hint-[0-9a-f]{12}$/);
});

it.each([
  [0, 0, 0],
  [0.01, 0.005, 0.016],
  [0.5, 0.47, 0.53],
  [1, 1, 1],
])('samples a share of %d of all ids, and the same ones everywhere', (share, least, most) => {
  const ids = Array.from({ length: 5_000 }, (_, n) => `request-${n}=`);
  const sampled = ids.filter((id) => isSampled(id, share));
  expect(sampled.length / ids.length).toBeGreaterThanOrEqual(least);
  expect(sampled.length / ids.length).toBeLessThanOrEqual(most);
  // Whoever samples more has all that those have who sample less.
  expect(sampled.every((id) => isSampled(id, Math.min(1, share * 2)))).toBe(true);
});

it('is new each time', () => {
  expect(newCorrelationId('sweep')).not.toBe(newCorrelationId('sweep'));
});
