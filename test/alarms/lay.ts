import { silencePercent } from '../../functions/reconcile/silence/silence.ts';
import type { OpenHours } from '../../shared/settings/open-hours.ts';
import type { Published, Timeline } from './cloudwatch/timeline.ts';
import type { Lasting, Produced } from './faults/fault.ts';
import type { Sample } from './local/sample.ts';

/** The company of the simulated days. */
const OPEN: OpenHours = { timeZone: 'America/New_York', days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '20:00' };
const SILENCE_HOURS = 4;
/** Minutes: the figure changes slowly, and time zones are slow to reckon with. */
const LOOKED_AT_EVERY = 5;

/** Ages, and by how much they grow in a minute, in their own units. */
const GROWING: Readonly<Record<string, number>> = {
  ApproximateAgeOfOldestMessage: 60,
  CrmUnsyncedAge: 60_000,
  MarketingUnsyncedAge: 60_000,
  WebhookSilence: 100 / (60 * SILENCE_HOURS),
};

/** What happens in ordinary times: at which minutes webhooks come, bursts among them, and when reconcile runs. */
export interface Ordinary {
  readonly webhooks: readonly number[];
  readonly bursts: readonly number[];
  /** Minutes of the run that is made every minute: from the first up to the second. */
  readonly reconcile: readonly [from: number, to: number];
  /** Whether the company has opening hours in its settings; by default it has. */
  readonly hasHours?: boolean;
}

/** What the local stack published, under a stage's own names. It ran as `dev`. */
export function asStage(published: readonly Published[], stage: string): readonly Published[] {
  return published.map((one) => ({
    ...one,
    dimensions: Object.fromEntries(
      Object.entries(one.dimensions).map(([name, value]) => [
        name,
        value.replace(/^harborlight-dev-/, `harborlight-${stage}-`),
      ]),
    ),
  }));
}

/**
 * Puts ordinary times on the time line, from what a real run published. How silent it is depends on the time of day and
 * on the last webhook, so that figure is worked out as reconcile does.
 */
export function layOrdinary(timeline: Timeline, sample: Sample, ordinary: Ordinary): void {
  const { webhooks, bursts, reconcile, hasHours = true } = ordinary;
  for (const [index, minute] of webhooks.entries()) {
    lay(timeline, sample.webhooks[index % sample.webhooks.length] ?? [], minute);
  }
  for (const minute of bursts) lay(timeline, sample.burst, minute);
  const told = [...webhooks, ...bursts].sort((a, b) => a - b);
  const watched = sample.idle.filter(({ name }) => name === 'WebhookSilence');
  const others = sample.idle.filter(({ name }) => name !== 'WebhookSilence');
  let [seen, silence] = [0, 0];
  for (let minute = reconcile[0]; minute < reconcile[1]; minute += 1) {
    while ((told[seen] ?? Number.POSITIVE_INFINITY) <= minute) seen += 1;
    if (hasHours && minute % LOOKED_AT_EVERY === 0) {
      const last = timeline.at(told[seen - 1] ?? reconcile[0]).getTime();
      silence = silencePercent(last, timeline.at(minute).getTime(), { openHours: OPEN, silenceHours: SILENCE_HOURS });
    }
    lay(timeline, others, minute);
    for (const one of watched) timeline.add({ ...one, values: [silence] }, minute);
  }
}

/** Puts a fault on the time line. @param at the minute it begins in. */
export function layFault(timeline: Timeline, { fault, published }: Produced, at: number): void {
  const growing = published.filter(({ name }) => GROWING[name] !== undefined);
  const others = published.filter(({ name }) => GROWING[name] === undefined);
  const times = fault.lasts.kind === 'held' ? (fault.lasts.times ?? 1) : 1;
  for (const { minute, grownFor } of momentsOf(fault.lasts)) {
    for (let time = 0; time < times; time += 1) lay(timeline, others, at + minute);
    for (const one of growing) {
      const grown = grownFor * (GROWING[one.name] ?? 0);
      // What is 0 does not wait at all.
      const values = one.values.map((value) => (value === 0 ? 0 : Math.max(0, value + grown)));
      timeline.add({ ...one, values }, at + minute);
    }
  }
}

/** When what was produced is published, from the fault's beginning, and how much older than produced it is then. */
function momentsOf(lasts: Lasting): readonly { readonly minute: number; readonly grownFor: number }[] {
  if (lasts.kind === 'once') return [{ minute: 0, grownFor: 0 }];
  const every = lasts.kind === 'held' ? (lasts.every ?? 1) : 1;
  const backdated = lasts.kind === 'waits' ? (lasts.backdated ?? 0) : 0;
  return Array.from({ length: Math.ceil(lasts.minutes / every) }, (_, index) => {
    const minute = index * every;
    return { minute, grownFor: lasts.kind === 'waits' ? minute - backdated : 0 };
  });
}

function lay(timeline: Timeline, published: readonly Published[], minute: number): void {
  for (const one of published) timeline.add(one, minute);
}
