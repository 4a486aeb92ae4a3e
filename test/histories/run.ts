import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { type History, histories } from './history.ts';
import { holds } from './holds.ts';
import { playScriptedFailures } from './scripted-failures.ts';
import { startStage } from './stage.ts';

/**
 * Plays many random histories: `--runs 20000 --seed 7`; `--path` goes straight to a failure that was found.
 * `--scripted` plays 50 guests with 40 changes each instead, every change with its own failures.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    seed: { type: 'string' },
    path: { type: 'string' },
    scripted: { type: 'boolean' },
  },
});
const runs = Number(values.runs ?? 1000);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const started = performance.now();
const stage = await startStage();

if (values.scripted) {
  const size = { guests: 50, changes: 40 };
  const { violations, failed } = await playScriptedFailures(stage.open, size);
  await stage.close();
  console.log(
    `${size.guests} guests × ${size.changes} changes, ${failed} failed requests: ${violations.length} violations`,
  );
  console.log(`${seconds()} s`);
  for (const violation of violations) console.log(violation);
  process.exit(violations.length === 0 ? 0 : 1);
}

let played = 0;
const property = fc.asyncProperty(histories, async (history: History) => {
  played += 1;
  if (played % 500 === 0) console.log(`${played} of ${runs} histories, ${seconds()} s`);
  await holds(history, stage.open);
});
const result = await fc.check(property, {
  numRuns: runs,
  seed,
  ...(values.path !== undefined && { path: values.path }),
});
await stage.close();

console.log(`${played} histories in ${seconds()} s, ${result.failed ? 1 : 0} violated, seed ${seed}`);
if (result.failed) {
  console.log(
    `\n${String(result.errorInstance)}\n\nafter ${result.numShrinks} shrinks, the shortest history that shows it:`,
  );
  console.log(JSON.stringify(result.counterexample?.[0], undefined, 2));
  console.log(`\nagain: npm run histories -- --seed ${seed} --path ${result.counterexamplePath}`);
  process.exitCode = 1;
}

function seconds(): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}
