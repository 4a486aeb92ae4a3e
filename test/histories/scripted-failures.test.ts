import { afterAll, beforeAll, expect, it } from 'vitest';
import { playScriptedFailures } from './scripted-failures.ts';
import { startStage } from './stage.ts';

/** A quarter of the changes that `node test/histories/run.ts --scripted` makes, so that the suite stays short. */
const SIZE = { guests: 50, changes: 10 };

let stage: Awaited<ReturnType<typeof startStage>>;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

it('versions only ever rise at the vendors, and each last one arrives', { timeout: 180_000 }, async () => {
  const { violations, failed } = await playScriptedFailures(stage.open, SIZE);
  expect(violations).toEqual([]);
  expect(failed).toBeGreaterThan(SIZE.guests * SIZE.changes);
});
