import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { type History, histories } from './history.ts';
import { holds } from './holds.ts';
import { playScriptedFailures } from './scripted-failures.ts';
import { startStage } from './stage.ts';

/**
 * Plays many random histories: `--runs 20000 --seed 7`, on all processors unless `--workers` says on how many, each
 * with a seed of its own; `--path` goes straight to a failure that was found. `--scripted` plays 50 guests with 40
 * changes each instead, every change with its own failures.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    seed: { type: 'string' },
    path: { type: 'string' },
    workers: { type: 'string' },
    scripted: { type: 'boolean' },
  },
});
const runs = Number(values.runs ?? 1000);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const alone = values.path !== undefined || runs < 100;
const workers = Number(values.workers ?? (alone ? 1 : availableParallelism()));
const started = performance.now();

if (values.scripted) process.exitCode = await playScript();
else if (workers > 1) process.exitCode = await share();
else process.exitCode = await play();

async function playScript(): Promise<number> {
  const size = { guests: 50, changes: 40 };
  const stage = await startStage();
  const { violations, failed } = await playScriptedFailures(stage.open, size);
  await stage.close();
  const found = `${failed} failed requests, ${violations.length} violations`;
  console.log(`${size.guests} guests × ${size.changes} changes in ${seconds()} s, ${found}`);
  for (const violation of violations) console.log(violation);
  return violations.length === 0 ? 0 : 1;
}

/** Lets several processes play; each prints what it finds. */
async function share(): Promise<number> {
  const codes = Array.from({ length: workers }, (_, index) => {
    const own = Math.floor(runs / workers) + (index < runs % workers ? 1 : 0);
    const worker = fork(import.meta.filename, ['--workers', '1', '--runs', `${own}`, '--seed', `${seed + index}`]);
    return new Promise<number>((done) => worker.once('exit', (code) => done(code ?? 1)));
  });
  const violated = (await Promise.all(codes)).filter((code) => code !== 0).length;
  console.log(`${runs} histories by ${workers} processes in ${seconds()} s, ${violated} violated, seed ${seed}`);
  return violated === 0 ? 0 : 1;
}

async function play(): Promise<number> {
  const stage = await startStage();
  let played = 0;
  let violated = false;
  const property = fc.asyncProperty(histories, async (history: History) => {
    played += 1;
    if (played % 500 === 0) console.log(`${played} of ${runs} histories, ${seconds()} s`);
    await holds(history, stage.open).catch((error: unknown) => {
      if (!violated) console.log(`history ${played} is violated; the shortest that shows it is looked for\n${error}`);
      violated = true;
      throw error;
    });
  });
  const path = values.path === undefined ? {} : { path: values.path };
  const result = await fc.check(property, { numRuns: runs, seed, ...path });
  await stage.close();
  console.log(`${played} histories in ${seconds()} s, ${result.failed ? 1 : 0} violated, seed ${seed}`);
  if (!result.failed) return 0;
  const shrunk = `after ${result.numShrinks} shrinks, the shortest history that shows it:`;
  console.log(`\n${String(result.errorInstance)}\n\n${shrunk}`);
  console.log(JSON.stringify(result.counterexample?.[0], undefined, 2));
  console.log(`\nagain: npm run histories -- --seed ${seed} --path ${result.counterexamplePath}`);
  return 1;
}

function seconds(): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}
