import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { createProgress, type Progress } from '../../infra/local/progress.ts';
import { synthesize } from '../../infra/local/synth.ts';
import type { StoryOutcome } from './campaign.ts';
import { chosenStories, HELP, type Options, readOptions } from './options.ts';
import { type Order, wordSchema } from './orders.ts';
import { account, listing, table } from './report.ts';

/** Where output goes to a file, a line about a story's progress now and then is enough. */
const LINE_EVERY_MS = 20_000;

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const now = Date.now();
  const stories = chosenStories(options, now);
  const directory = mkdtempSync(join(tmpdir(), 'harborlight-faults-'));
  try {
    const assembly = join(directory, 'cdk.out');
    const progress = createProgress(process.stderr);
    progress.step('synthesizing the template');
    await synthesize(assembly);
    await tellAll(assembly, { stories, now, options }, progress);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Work {
  readonly stories: readonly string[];
  readonly now: number;
  readonly options: Options;
}

/** Has the workers tell the stories, prints the table in any case, and says by the exit code how it went. */
async function tellAll(assembly: string, work: Work, progress: Progress): Promise<void> {
  const { options, stories } = work;
  const startedAt = performance.now();
  const outcomes = new Map<string, StoryOutcome>();
  const children: ChildProcess[] = [];
  const stopped = Promise.withResolvers<'stopped'>();
  process.once('SIGINT', () => stopped.resolve('stopped'));
  process.once('SIGTERM', () => stopped.resolve('stopped'));
  const left = [...stories];
  const count = Math.min(options.workers, stories.length);
  progress.step(`starting ${count === 1 ? 'the pipeline' : `${count} pipelines`}`);
  const workers = Array.from({ length: count }, () => employ(assembly, work, { left, outcomes, children, progress }));
  let ended: 'done' | 'stopped' = 'done';
  try {
    ended = await Promise.race([Promise.all(workers).then(() => 'done' as const), stopped.promise]);
  } finally {
    await Promise.all(children.map(dismiss));
    const told = stories.flatMap((story) => outcomes.get(story) ?? []);
    const lists = options.list ? told.map(listing) : [];
    const end =
      ended === 'stopped'
        ? `stopped before the end; ${stories.length - told.length} of ${stories.length} stories were not begun\n`
        : '';
    const seed = `seed ${options.seed}\n`;
    process.stdout.write([...lists, table(told, performance.now() - startedAt), `${end}${seed}`].join('\n'));
    if (ended === 'stopped' || told.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
  }
}

interface Office {
  /** Stories that nobody has begun. */
  readonly left: string[];
  /** What has come of the others so far. */
  readonly outcomes: Map<string, StoryOutcome>;
  readonly children: ChildProcess[];
  readonly progress: Progress;
}

/** Starts a process with a pipeline of its own, and gives it stories until none is left. */
function employ(assembly: string, { now, options }: Work, office: Office): Promise<void> {
  const { left, outcomes, children, progress } = office;
  const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  children.push(child);
  const order = (one: Order): boolean => child.send(one);
  let saidAt = performance.now();
  return new Promise((done, fail) => {
    child.once('exit', (code) => fail(new Error(`a worker ended (exit ${code})`)));
    child.once('error', fail);
    child.on('message', (message) => {
      const word = wordSchema.parse(message);
      if (word.kind === 'failed') fail(new Error(word.reason));
      if (word.kind === 'free') {
        const story = left.shift();
        if (story === undefined) done();
        else order({ kind: 'tell', story });
      }
      if (word.kind === 'told') {
        outcomes.set(word.outcome.story, word.outcome);
        progress.done(account(word.outcome, options.seed));
      }
      if (word.kind === 'crashed') {
        const { soFar, total } = word;
        outcomes.set(soFar.story, soFar);
        if (process.stderr.isTTY !== true && performance.now() - saidAt < LINE_EVERY_MS) return;
        saidAt = performance.now();
        progress.step(`${soFar.story}: ${soFar.crashes} of ${total} crashes, ${soFar.violations.length} violations`);
      }
    });
    order({ kind: 'start', assembly, now, options });
  });
}

/** Ends a worker with its pipeline. */
async function dismiss(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  if (child.connected) child.disconnect();
  await ended;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}\n`);
  process.exitCode = 1;
});
