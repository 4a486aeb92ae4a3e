import { setTimeout as pause } from 'node:timers/promises';
import { bookingsOf, type Courier, play, type Story } from '../samples/story.ts';
import { figuresOf, portrait } from './portrait.ts';
import type { Rig } from './rig.ts';
import type { Step } from './step.ts';
import { faultStories, PACED } from './stories.ts';
import type { CrashPoint } from './tripwire.ts';
import { awaitsModel, judge } from './verdict.ts';

export interface TellingOptions {
  readonly story: string;
  /** No two tellings on one rig have the same. */
  readonly prefix: string;
  /** Milliseconds: the day on which the story is told. */
  readonly now: number;
  /** Where processes die. None: an undisturbed telling. */
  readonly points?: readonly CrashPoint[];
  /** The function that begins with a process that knows nothing yet; `*` for all. */
  readonly fresh?: string | undefined;
}

/** What came of telling a story once. */
export interface Telling {
  /** The calls that the functions made while they were counted. */
  readonly steps: readonly Step[];
  /** Points at which nobody came by. */
  readonly missed: readonly CrashPoint[];
  readonly violations: readonly string[];
  /** What both vendors hold in the end, as far as it is the same on every telling. */
  readonly portrait: readonly string[];
  /** The model is still to read a guest's words, and its summary comes later. */
  readonly awaitsModel: boolean;
}

/** Patient: other work on the machine must not look like a booking that was lost. */
const QUIET_MS = 60_000;
/** FareHarbor sends what was not answered 200 again. */
const SENDS = 20;

/**
 * Tells a story to the rig. Calls are counted, and processes killed, from the story's first quiet moment on, or from
 * its beginning where nothing follows that.
 */
export async function tell(rig: Rig, { story: id, prefix, now, points, fresh }: TellingOptions): Promise<Telling> {
  const story = faultStories({ now, prefix }).find((one) => one.id === id);
  if (story === undefined) throw new Error(`no story is called ${id}`);
  for (const { server } of [rig.vendors.fareharbor, rig.vendors.salesforce, rig.vendors.mailchimp, rig.vendors.openai])
    server.reset();
  const arm = async (): Promise<void> => {
    if (fresh !== undefined) await rig.freshen(fresh === '*' ? undefined : fresh);
    story.trouble?.(rig);
    rig.tripwire.begin(points);
  };
  const failures: string[] = [];
  const prelude = preludeSettles(story);
  if (prelude === 0) await arm();
  try {
    await play(story, rig.vendors.fareharbor.vendor, courier(rig, prelude, arm));
    rig.traffic.release();
    await quiet(rig);
    failures.push(...((await story.finish?.(rig, () => quiet(rig))) ?? []));
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  } finally {
    rig.traffic.release();
    rig.traffic.loseHints(false);
  }
  const { steps, missed } = rig.tripwire.end();
  const { salesforce, mailchimp } = rig.vendors;
  const lines = portrait(salesforce.vendor.state(), mailchimp.vendor.state(), prefix, bookingsOf(story));
  return {
    steps,
    missed,
    violations: [...failures, ...(await judge(rig, story))],
    portrait: PACED.has(id) ? figuresOf(lines) : lines,
    awaitsModel: await awaitsModel(rig, story),
  };
}

/**
 * How many quiet moments pass before the part that the story is about: all that follow only new bookings being made,
 * if anything is delivered after them.
 */
export function preludeSettles({ steps }: Story): number {
  const isOfPrelude = ({ do: what }: Story['steps'][number]): boolean =>
    ['book', 'pay', 'deliver', 'settle'].includes(what);
  const end = steps.findIndex((step) => !isOfPrelude(step));
  return end === -1 ? 0 : steps.slice(0, end).filter((step) => step.do === 'settle').length;
}

function courier(rig: Rig, prelude: number, arm: () => Promise<void>): Courier {
  let settles = 0;
  return {
    deliver: async ({ uuid, body }) => {
      for (let send = 0; send < SENDS; send += 1) {
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(rig.webhookUrl, { method: 'POST', headers, body });
        await response.arrayBuffer();
        if (response.status === 200) return;
      }
      throw new Error(`the webhook of ${uuid} was not taken in ${SENDS} sends`);
    },
    settle: async () => {
      await quiet(rig);
      settles += 1;
      if (settles === prelude) await arm();
    },
  };
}

async function quiet(rig: Rig): Promise<void> {
  const deadline = Date.now() + QUIET_MS;
  while (!(await rig.idle())) {
    if (Date.now() > deadline) throw new Error(`messages are still waiting after ${QUIET_MS / 1000} s`);
    await pause(5);
  }
}
