import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { histories } from './history.ts';
import { holds } from './holds.ts';
import { startStage } from './stage.ts';

/** As many as fit beside the other tests; `node test/histories/run.ts --runs 20000` plays more. */
const RUNS = 100;

let stage: Awaited<ReturnType<typeof startStage>>;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

it('after any history both vendors hold what the model says, and saw it in order', { timeout: 180_000 }, async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const { failed, errorInstance, ...result } = await fc.check(
    fc.asyncProperty(histories, (history) => holds(history, stage.open)),
    { numRuns: RUNS, seed },
  );
  const again = `node test/histories/run.ts --seed ${seed} --runs ${RUNS} shows it again`;
  expect(failed, `${again}\n${String(errorInstance)}\n${JSON.stringify(result.counterexample)}`).toBe(false);
});
