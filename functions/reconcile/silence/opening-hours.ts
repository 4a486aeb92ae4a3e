import type { OpenHours } from '../../../shared/settings/open-hours.ts';

const DAY_MS = 86_400_000;
/** Silence of more days than these is no more silent. */
const MOST_DAYS = 400;

/** A piece of time, in milliseconds since the epoch: from the first, up to the second. */
type Span = readonly [from: number, to: number];

/** Whether a company is open at that moment. */
export function isOpenAt(at: number, hours: OpenHours): boolean {
  return openSpans([at, at], hours).some(([from, to]) => from <= at && at < to);
}

/**
 * Milliseconds between two moments in which a company is open. On its own clock: where the clock is put forward or back
 * in opening hours, that day is an hour shorter or longer, and so it counts.
 *
 * @param since and until, in milliseconds since the epoch; more than 400 days are cut off.
 */
export function openMsBetween(since: number, until: number, hours: OpenHours): number {
  const from = Math.max(since, until - MOST_DAYS * DAY_MS);
  return openSpans([from, until], hours).reduce(
    (sum, [opens, closes]) => sum + Math.max(0, Math.min(closes, until) - Math.max(opens, from)),
    0,
  );
}

/** The opening times that may touch a piece of time, one for each day that it is open. */
function openSpans([since, until]: Span, { timeZone, days, from, to }: OpenHours): Span[] {
  const zone = clockOf(timeZone);
  // From the day before: it may be open past midnight.
  const first = startOfDay(zone.local(since)) - DAY_MS;
  const last = startOfDay(zone.local(until));
  const spans: Span[] = [];
  for (let day = first; day <= last; day += DAY_MS) {
    if (!days.includes(new Date(day).getUTCDay() || 7)) continue;
    const closes = to > from ? day : day + DAY_MS;
    spans.push([zone.instant(day + msOf(from)), zone.instant(closes + msOf(to))]);
  }
  return spans;
}

/** A clock's times as if it stood in UTC: `local` of an instant, and the instant of a local time. */
interface Clock {
  local(instant: number): number;
  instant(local: number): number;
}

function clockOf(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const local = (instant: number): number => {
    const parts = format.formatToParts(instant).map(({ type, value }) => [type, Number(value)] as const);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = Object.fromEntries(parts);
    return Date.UTC(year, month - 1, day, hour, minute, second) + (((instant % 1000) + 1000) % 1000);
  };
  return {
    local,
    instant(wanted) {
      // What the clock is ahead by, before and after a change of it that may lie between.
      const [before, after] = [wanted - DAY_MS, wanted + DAY_MS].map((at) => local(at) - at);
      const early = wanted - (before ?? 0);
      const late = wanted - (after ?? 0);
      // A time that the clock shows twice is the first of the two; one that it leaves out is where it goes on.
      return local(early) === wanted || local(late) !== wanted ? early : late;
    },
  };
}

function startOfDay(local: number): number {
  return Math.floor(local / DAY_MS) * DAY_MS;
}

function msOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}
