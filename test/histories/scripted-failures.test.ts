import { afterAll, beforeAll, expect, it } from 'vitest';
import { playScriptedFailures } from './scripted-failures.ts';
import { startStage } from './stage.ts';

const SIZE = { guests: 50, changes: 40 };

let stage: Awaited<ReturnType<typeof startStage>>;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

it('versions only ever rise at the vendors, and each last one arrives', { timeout: 300_000 }, async () => {
  const { violations, failed } = await playScriptedFailures(stage.open, SIZE);
  expect(violations).toEqual([]);
  expect(failed).toBeGreaterThan(SIZE.guests * SIZE.changes);
});
