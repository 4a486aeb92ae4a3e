import type { Alarm } from './alarms.ts';
import { evaluationRange, judge, type State } from './judge.ts';
import type { Timeline } from './timeline.ts';

const HOUR_MINUTES = 60;
const DAY_MINUTES = 1_440;

/** From which minute on an alarm was in which state. */
export interface Change {
  readonly minute: number;
  readonly state: State;
}

/**
 * Evaluates alarms at the end of every minute, as CloudWatch does with periods of a minute and longer: the window
 * slides, so that a period of an hour is the last sixty minutes. An alarm that looks back for more than a day is
 * evaluated once an hour. What CloudWatch itself needs to take a value in, a minute or two, is not counted.
 * @param from the first minute that is evaluated; the state before it is OK.
 * @param to the minute after the last one.
 * @param evaluated those that are looked at; all others are OK all the time.
 * @returns every alarm's changes, by its name.
 */
export function simulate(
  alarms: readonly Alarm[],
  timeline: Timeline,
  from: number,
  to: number,
  evaluated: ReadonlySet<Alarm> = new Set(alarms),
): ReadonlyMap<string, readonly Change[]> {
  const changes = new Map<string, Change[]>(alarms.map(({ name }) => [name, []]));
  const states = new Map<string, State>(alarms.map(({ name }) => [name, 'OK']));
  const byName = new Map(alarms.map((alarm) => [alarm.name, alarm]));
  for (let minute = from; minute < to; minute += 1) {
    const now = new Map<string, State>();
    const stateOf = (name: string): State => {
      const known = now.get(name);
      if (known !== undefined) return known;
      const alarm = byName.get(name);
      if (alarm === undefined) throw new Error(`there is no alarm ${name}`);
      const state = !evaluated.has(alarm)
        ? 'OK'
        : stateAt(alarm, timeline, minute, { before: states.get(name) ?? 'OK', stateOf });
      now.set(name, state);
      return state;
    };
    for (const { name } of evaluated) {
      const state = stateOf(name);
      if (state !== states.get(name)) changes.get(name)?.push({ minute, state });
    }
    for (const [name, state] of now) states.set(name, state);
  }
  return changes;
}

function stateAt(
  alarm: Alarm,
  timeline: Timeline,
  minute: number,
  { before, stateOf }: { readonly before: State; readonly stateOf: (name: string) => State },
): State {
  if (alarm.kind === 'composite') return alarm.rule(stateOf) ? 'ALARM' : 'OK';
  const looksBack = alarm.periodMinutes * alarm.rule.evaluationPeriods;
  if (looksBack > DAY_MINUTES && (minute + 1) % HOUR_MINUTES !== 0) return before;
  return judge(alarm.values(timeline, minute + 1, evaluationRange(alarm.rule)), alarm.rule, before);
}

/** The minute at which it went to ALARM first; undefined where it never did. */
export function firstAlarm(changes: readonly Change[] | undefined): number | undefined {
  return changes?.find(({ state }) => state === 'ALARM')?.minute;
}
