import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { createProgress, type Progress } from '../../infra/local/progress.ts';
import { synthesize } from '../../infra/local/synth.ts';
import { campaign, type StoryOutcome } from './campaign.ts';
import { account, listing, stepsOf, table } from './report.ts';
import { type Rig, startRig } from './rig.ts';
import { pick } from './selection.ts';
import { faultStories } from './stories.ts';
import { type CrashPoint, MOMENTS } from './tripwire.ts';

const HELP = `Usage: npm run faults [-- options]

Tells stories to the whole pipeline and kills a function's process at every call it makes: once before the call has
any effect, once after it, before the answer. Afterwards both vendors must hold what they should, and nothing twice.

--story NAME    only this story; may be given several times
--point POINT   only this step: its number or its name, as --list shows them (needs one --story)
--when MOMENT   only before, or only after
--sample N      N crash points of each story, chosen by the seed
--seed SEED     names the bookings and guests, and chooses the sample (default: a new one)
--list          only finds the steps, and shows them
`;

const optionsSchema = z.object({
  story: z.array(z.string()).optional(),
  point: z.string().optional(),
  when: z.enum(MOMENTS).optional(),
  sample: z.coerce.number().int().min(1).optional(),
  seed: z.string().default(() => String(Date.now() % 1_000_000)),
  list: z.boolean().default(false),
  help: z.boolean().default(false),
});
type Options = z.infer<typeof optionsSchema>;

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      story: { type: 'string', multiple: true },
      point: text,
      when: text,
      sample: text,
      seed: text,
      list: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  return optionsSchema.parse(values);
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const now = Date.now();
  const stories = chosenStories(options, now);
  const progress = createProgress(process.stderr);
  const startedAt = performance.now();
  const outcomes = await withRig(progress, (rig) => tellAll(rig, stories, now, options, progress));
  const lists = options.list ? outcomes.map(listing) : [];
  process.stdout.write([...lists, table(outcomes, performance.now() - startedAt), `seed ${options.seed}\n`].join('\n'));
  if (outcomes.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
}

function chosenStories({ story, point }: Options, now: number): readonly string[] {
  const known = faultStories({ now, prefix: 'known' }).map(({ id }) => id);
  const wrong = story?.find((id) => !known.includes(id));
  if (wrong !== undefined) throw new Error(`no story is called ${wrong}; there is ${known.join(', ')}`);
  if (point !== undefined && story?.length !== 1) throw new Error('--point needs one --story');
  return story ?? known;
}

async function withRig<Result>(progress: Progress, work: (rig: Rig) => Promise<Result>): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'harborlight-faults-'));
  try {
    progress.step('synthesizing the template');
    await synthesize(join(directory, 'cdk.out'));
    progress.step('starting the pipeline');
    const rig = await startRig(join(directory, 'cdk.out'));
    try {
      return await work(rig);
    } finally {
      await rig.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function tellAll(
  rig: Rig,
  stories: readonly string[],
  now: number,
  options: Options,
  progress: Progress,
): Promise<StoryOutcome[]> {
  const outcomes: StoryOutcome[] = [];
  for (const story of stories) {
    const outcome = await campaign(rig, story, {
      seed: options.seed,
      now,
      choose: (points) => chosenPoints(points, story, options),
      onTelling: (done, total) => {
        if (process.stderr.isTTY) progress.step(`${story}: ${done} of ${total} crashes`);
      },
    });
    outcomes.push(outcome);
    progress.done(account(outcome, options.seed));
  }
  return outcomes;
}

function chosenPoints(points: readonly CrashPoint[], story: string, options: Options): readonly CrashPoint[] {
  const { list, point, when, sample, seed } = options;
  if (list) return [];
  const steps = stepsOf(points);
  const step = point !== undefined && /^\d+$/.test(point) ? steps[Number(point) - 1] : point;
  if (point !== undefined && !steps.includes(step ?? '')) throw new Error(`${story} has no step ${point}: see --list`);
  const wanted = points.filter((one) => (step ?? one.step) === one.step && (when ?? one.when) === one.when);
  return sample === undefined ? wanted : pick(wanted, sample, `${seed} ${story}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}\n`);
  process.exitCode = 1;
});
