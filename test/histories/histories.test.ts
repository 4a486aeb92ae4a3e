import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { histories } from './history.ts';
import { holds } from './holds.ts';
import { startStage } from './stage.ts';

/** `npm run histories -- --runs 20000` plays more. */
const RUNS = 1000;
/** On a machine that is busy with other things, as many as fit; a quiet one plays all in less. */
const AT_MOST_MS = 90_000;

let stage: Awaited<ReturnType<typeof startStage>>;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

it('after any history both vendors hold what the model says, and saw it in order', { timeout: 600_000 }, async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const { failed, errorInstance, ...result } = await fc.check(
    fc.asyncProperty(histories, (history) => holds(history, stage.open)),
    { numRuns: RUNS, seed, interruptAfterTimeLimit: AT_MOST_MS },
  );
  const again = `npm run histories -- --seed ${seed} --path ${result.counterexamplePath}`;
  expect(failed, `${again}\n${String(errorInstance)}\n${JSON.stringify(result.counterexample)}`).toBe(false);
  expect(result.numRuns).toBeGreaterThan(RUNS / 20);
});
