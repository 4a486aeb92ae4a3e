import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Rig } from './rig.ts';
import { SERVICES, type Step, stepName } from './step.ts';
import { type Telling, tell } from './telling.ts';
import { type CrashPoint, crashPointSchema, MOMENTS } from './tripwire.ts';

export interface CampaignOptions {
  /** Names every booking and guest: the same seed tells the same stories. */
  readonly seed: string;
  /** Milliseconds: the day on which the stories are told. */
  readonly now: number;
  /** Which of a story's crash points are tried; all of them unless told otherwise. */
  choose?(points: readonly CrashPoint[], story: string): readonly CrashPoint[];
  /** False begins every telling with a new process: right for a few crash points, slower for many. Default true. */
  readonly keepProcesses?: boolean;
  /** Told after each crash: what has come of the story so far, and how many crashes are to be made in all. */
  onTelling?(soFar: StoryOutcome, total: number): void;
}

const violationSchema = z.object({
  /** Where processes died; none in a telling that nothing disturbed. */
  points: z.array(crashPointSchema),
  what: z.array(z.string()),
});
export type Violation = z.infer<typeof violationSchema>;

export const outcomeSchema = z.object({
  story: z.string(),
  /** All crash points of the story, in the order by which `--point` counts their steps. */
  points: z.array(crashPointSchema),
  /** Crashes that took place. */
  crashes: z.int(),
  violations: z.array(violationSchema),
  /** Points that were to be tried, and that no call came by. */
  unreached: z.array(crashPointSchema),
  ms: z.number(),
});
export type StoryOutcome = z.infer<typeof outcomeSchema>;

/** Tellings with a point that nobody came by are repeated, with a new process, so often. */
const TRIES = 3;

/** Finds every step of a story, and tells the story once for each moment at which its process may die. */
export async function campaign(rig: Rig, story: string, options: CampaignOptions): Promise<StoryOutcome> {
  const startedAt = performance.now();
  const tellings = teller(rig, story, options);
  const cold = await tellings({ fresh: '*' });
  const warm = options.keepProcesses === false ? [] : [await tellings({})];
  const warmSteps = new Set(warm.flatMap((telling) => telling.steps.map(stepName)));
  const steps = inOrder([cold, ...warm].flatMap((telling) => telling.steps));
  const points = steps.map(stepName).flatMap((step) => MOMENTS.map((when) => ({ step, when })));
  const chosen = options.choose?.(points, story) ?? points;
  const violations: Violation[] = [cold, ...warm].flatMap((telling) => violationsOf(telling, [], cold));
  const unreached: CrashPoint[] = [];
  const outcome = (tried: number): StoryOutcome => ({
    story,
    points,
    crashes: tried - unreached.length,
    violations,
    unreached,
    ms: performance.now() - startedAt,
  });
  for (const [index, point] of chosen.entries()) {
    const service = steps.find((step) => stepName(step) === point.step)?.service;
    const telling = await crash(tellings, point, service, !warmSteps.has(point.step));
    if (telling.missed.length > 0) unreached.push(point);
    violations.push(...violationsOf(telling, [point], cold));
    options.onTelling?.(outcome(index + 1), chosen.length);
  }
  return outcome(chosen.length);
}

type Tell = (how: { fresh?: string | undefined; points?: readonly CrashPoint[] }) => Promise<Telling>;

/** Tells with a prefix of its own each time; the same one for the same seed, story and points, however often. */
function teller(rig: Rig, story: string, { seed, now }: CampaignOptions): Tell {
  const told = new Map<string, number>();
  return (how) => {
    const name = JSON.stringify([seed, story, how.points]);
    const times = (told.get(name) ?? 0) + 1;
    told.set(name, times);
    const hash = createHash('sha256').update(`${name} ${times}`).digest('hex');
    return tell(rig, { story, prefix: `t${hash.slice(0, 12)}`, now, ...how });
  };
}

/** A step that only a new process takes (reading a secret, signing in) needs one to be crashed at. */
async function crash(tellings: Tell, point: CrashPoint, service: string | undefined, cold: boolean): Promise<Telling> {
  let telling = await tellings({ points: [point], fresh: cold ? service : undefined });
  for (let tried = 1; telling.missed.length > 0 && telling.violations.length === 0 && tried < TRIES; tried += 1) {
    telling = await tellings({ points: [point], fresh: service });
  }
  return telling;
}

/** What the model's reading shows itself in: its words, and its points in the score. */
const OF_THE_MODEL = /: (AI_Summary|AI_Generated|Lead_Score|Lead_Score_Reasons)__c = /;

function violationsOf(telling: Telling, points: readonly CrashPoint[], undisturbed: Telling): Violation[] {
  const lines = ({ portrait }: Telling): string[] =>
    portrait.filter((line) => !(telling.awaitsModel && OF_THE_MODEL.test(line)));
  const wanted = new Set(lines(undisturbed));
  const found = new Set(lines(telling));
  const what = [
    ...telling.violations,
    ...[...wanted].filter((line) => !found.has(line)).map((line) => `missing: ${line}`),
    ...[...found].filter((line) => !wanted.has(line)).map((line) => `not so when undisturbed: ${line}`),
  ];
  return what.length === 0 ? [] : [{ points: [...points], what }];
}

/** Each step once, function by function, in the order in which the function came to it. */
function inOrder(steps: readonly Step[]): Step[] {
  const unique = [...new Map(steps.map((step) => [stepName(step), step])).values()];
  const services = new Set([...SERVICES, ...unique.map(({ service }) => service)]);
  return [...services].flatMap((service) => unique.filter((step) => step.service === service));
}
