import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { stepsOf } from './report.ts';
import { pick } from './selection.ts';
import { faultStories } from './stories.ts';
import { type CrashPoint, MOMENTS } from './tripwire.ts';

export const HELP = `Usage: npm run faults [-- options]

Tells stories to the whole pipeline and kills a function's process at every call it makes: once before the call has
any effect, once after it, before the answer. Afterwards both vendors must hold what they should, and nothing twice.

--story NAME    only this story; may be given several times
--point POINT   only this step: its number or its name, as --list shows them (needs one --story)
--when MOMENT   only before, or only after
--sample N      N crash points of each story, chosen by the seed
--seed SEED     names the bookings and guests, and chooses the sample (default: a new one)
--workers N     pipelines that run beside each other (default: two where there are two processors)
--list          only finds the steps, and shows them

Ctrl-C ends it with the table of what was done so far.
`;

export const optionsSchema = z.object({
  story: z.array(z.string()).optional(),
  point: z.string().optional(),
  when: z.enum(MOMENTS).optional(),
  sample: z.coerce.number().int().min(1).optional(),
  seed: z.string().default(() => String(Date.now() % 1_000_000)),
  workers: z.coerce
    .number()
    .int()
    .min(1)
    .max(8)
    .default(() => Math.min(2, availableParallelism())),
  list: z.boolean().default(false),
  help: z.boolean().default(false),
});
export type Options = z.infer<typeof optionsSchema>;

/** @throws TypeError, z.ZodError when the command is called wrongly. */
export function readOptions(): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      story: { type: 'string', multiple: true },
      point: text,
      when: text,
      sample: text,
      seed: text,
      workers: text,
      list: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  return optionsSchema.parse(values);
}

/** @throws Error naming a story that there is not. */
export function chosenStories({ story, point }: Options, now: number): readonly string[] {
  const known = faultStories({ now, prefix: 'known' }).map(({ id }) => id);
  const wrong = story?.find((id) => !known.includes(id));
  if (wrong !== undefined) throw new Error(`no story is called ${wrong}; there is ${known.join(', ')}`);
  if (point !== undefined && story?.length !== 1) throw new Error('--point needs one --story');
  return story ?? known;
}

/** @throws Error when the story has no such step. */
export function chosenPoints(points: readonly CrashPoint[], story: string, options: Options): readonly CrashPoint[] {
  const { list, point, when, sample, seed } = options;
  if (list) return [];
  const steps = stepsOf(points);
  const step = point !== undefined && /^\d+$/.test(point) ? steps[Number(point) - 1] : point;
  if (point !== undefined && !steps.includes(step ?? '')) throw new Error(`${story} has no step ${point}: see --list`);
  const wanted = points.filter((one) => (step ?? one.step) === one.step && (when ?? one.when) === one.when);
  return sample === undefined ? wanted : pick(wanted, sample, `${seed} ${story}`);
}
