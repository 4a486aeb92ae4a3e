import type { Timeline } from './cloudwatch/timeline.ts';

/** How many webhooks come, and when. */
export interface Day {
  readonly name: string;
  /** Of 24 hours. */
  readonly webhooks: number;
  /** Twenty webhooks at once, so often a day. */
  readonly bursts: number;
  /** How much of it comes in each hour of the company's day, from midnight on. */
  readonly shape: readonly number[];
}

/** Hours by New York's summer time. */
const UTC_OFFSET_HOURS = -4;
const OPENING = [0, 0, 0, 0, 0, 0, 1, 2, 5, 8, 8, 8, 7, 7, 8, 8, 7, 7, 6, 5, 3, 2, 1, 1];
const ONLY_BY_DAY = OPENING.map((share, hour) => (hour >= 8 && hour < 20 ? share : 0));

export const NORMAL_DAY: Day = { name: 'a normal day', webhooks: 160, bursts: 0, shape: OPENING };
export const QUIET_NIGHT: Day = { name: 'a quiet night', webhooks: 60, bursts: 0, shape: ONLY_BY_DAY };
export const BUSY_DAY: Day = { name: 'a busy day, ten times as much', webhooks: 1_600, bursts: 12, shape: OPENING };
/** Nobody books, for weeks. */
export const CLOSED_SEASON: Day = { name: 'a day of the closed season', webhooks: 0, bursts: 0, shape: OPENING };

/**
 * The minutes at which webhooks and bursts come, up to minute `end` of the time line.
 * @param seed the same seed gives the same days.
 */
export function arrivals({ webhooks, bursts, shape }: Day, timeline: Timeline, end: number, seed: number) {
  const random = randomFrom(seed);
  const whole = shape.reduce((sum, share) => sum + share, 0);
  const minutes = (daily: number): number[] => {
    const found: number[] = [];
    for (let minute = 0; minute < end; minute += 1) {
      const hour = (timeline.at(minute).getUTCHours() + UTC_OFFSET_HOURS + 24) % 24;
      let chance = (daily * (shape[hour] ?? 0)) / whole / 60;
      for (; chance > 0; chance -= 1) if (random() < chance) found.push(minute);
    }
    return found;
  };
  return { webhooks: minutes(webhooks), bursts: minutes(bursts) };
}

/** Numbers from 0 up to 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
