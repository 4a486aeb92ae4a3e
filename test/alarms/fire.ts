import type { Alarm } from './cloudwatch/alarms.ts';
import { firstAlarm, simulate } from './cloudwatch/simulate.ts';
import { Timeline } from './cloudwatch/timeline.ts';
import { arrivals, NORMAL_DAY } from './day.ts';
import type { Produced } from './faults/fault.ts';
import { asStage, layFault, layOrdinary } from './lay.ts';
import type { Sample } from './local/sample.ts';

/** A stage's alarms, as its template has them. */
export interface StageAlarms {
  readonly stage: string;
  readonly alarms: readonly Alarm[];
}

/** Which alarms a fault sets off in a stage, without `harborlight-<stage>-`, and after how many minutes. */
export interface Fired {
  readonly stage: string;
  readonly produced: Produced;
  readonly after: ReadonlyMap<string, number>;
}

/** A Wednesday, ten in the morning where the simulated company is. */
const BEGINS = Date.parse('2026-07-15T14:00:00Z');
/** Of ordinary times before, so that the alarm that looks back longest has seen them. */
const BEFORE_MINUTES = 27 * 60;
/** How long is looked on after a fault has ended. */
const AFTER_MINUTES = 70;
/** The same days for every fault, so that what is written down of them does not change by itself. */
const SEED = 7;

/** An alarm's name without the stage's prefix. */
export const shortName = ({ name }: Alarm, stage: string): string => name.replace(`harborlight-${stage}-`, '');

/** Evaluates a stage's alarms over ordinary times into which each fault comes. */
export function fireAll(all: readonly Produced[], of: StageAlarms, sample: Sample): Fired[] {
  const ordinary = ordinaryTimes(sampleOf(sample, of.stage), Math.max(...all.map(endOf)));
  return all.map((produced) => fire(produced, of, ordinary(produced.fault.stops ?? [])));
}

const endOf = ({ fault: { lasts } }: Produced): number =>
  BEFORE_MINUTES + (lasts.kind === 'once' ? 0 : lasts.minutes) + AFTER_MINUTES;

type Stops = NonNullable<Produced['fault']['stops']>;

/** Ordinary times, made once for each of what may stop when the fault begins. */
function ordinaryTimes(sample: Sample, end: number): (stops: Stops) => Timeline {
  const made = new Map<string, Timeline>();
  return (stops) => {
    const known = made.get(stops.join());
    if (known !== undefined) return known;
    const timeline = new Timeline(new Date(BEGINS - BEFORE_MINUTES * 60_000));
    const { webhooks } = arrivals(NORMAL_DAY, timeline, end, SEED);
    layOrdinary(timeline, sample, {
      webhooks: stops.includes('webhooks') ? webhooks.filter((minute) => minute < BEFORE_MINUTES) : webhooks,
      bursts: [],
      reconcile: [0, stops.includes('reconcile') ? BEFORE_MINUTES : end],
    });
    made.set(stops.join(), timeline);
    return timeline;
  };
}

function fire(produced: Produced, { stage, alarms }: StageAlarms, ordinary: Timeline): Fired {
  const timeline = ordinary.above();
  layFault(timeline, { ...produced, published: asStage(produced.published, stage) }, BEFORE_MINUTES);
  // What the fault does not touch stays as quiet as ordinary times are, which another test sees to.
  const touched = (alarm: Alarm) =>
    alarm.kind === 'composite' || alarm.metrics.some((metric) => timeline.holds(metric));
  const evaluated = alarms.filter((alarm) => produced.fault.stops !== undefined || touched(alarm));
  const changes = simulate(alarms, timeline, BEFORE_MINUTES, endOf(produced), new Set(evaluated));
  const after = new Map<string, number>();
  for (const alarm of alarms) {
    const minute = firstAlarm(changes.get(alarm.name));
    if (minute !== undefined) after.set(shortName(alarm, stage), minute + 1 - BEFORE_MINUTES);
  }
  return { stage, produced, after };
}

/** The sample under a stage's names. */
export function sampleOf({ webhooks, burst, idle }: Sample, stage: string): Sample {
  return {
    webhooks: webhooks.map((one) => asStage(one, stage)),
    burst: asStage(burst, stage),
    idle: asStage(idle, stage),
  };
}
