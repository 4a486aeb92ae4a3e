import { firstAlarm, simulate } from './cloudwatch/simulate.ts';
import { Timeline } from './cloudwatch/timeline.ts';
import { arrivals, type Day } from './day.ts';
import { type StageAlarms, sampleOf, shortName } from './fire.ts';
import { layOrdinary } from './lay.ts';
import type { Sample } from './local/sample.ts';

/** A Tuesday, midnight where the simulated company is. */
const STARTS = new Date('2026-07-14T04:00:00Z');
const DAY_MINUTES = 1_440;
/** The day that is looked at comes after two of its kind, which alarms that look back see. */
const DAYS_BEFORE = 2;

/** Which alarms of a stage go off on such a day, and at which minute of it. `hasHours`: the company's settings say when it is open. */
export function wentOff(
  day: Day,
  { stage, alarms }: StageAlarms,
  sample: Sample,
  { seed, hasHours = true }: { readonly seed: number; readonly hasHours?: boolean },
): ReadonlyMap<string, number> {
  const [from, to] = [DAYS_BEFORE * DAY_MINUTES, (DAYS_BEFORE + 1) * DAY_MINUTES];
  const timeline = new Timeline(STARTS);
  const coming = arrivals(day, timeline, to, seed);
  layOrdinary(timeline, sampleOf(sample, stage), { ...coming, reconcile: [0, to], hasHours });
  const changes = simulate(alarms, timeline, from, to);
  return new Map(
    alarms.flatMap((alarm) => {
      const minute = firstAlarm(changes.get(alarm.name));
      return minute === undefined ? [] : [[shortName(alarm, stage), minute - from] as const];
    }),
  );
}
