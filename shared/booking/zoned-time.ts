import * as z from 'zod';

/**
 * A moment as the operator sees it: the instant (UTC, ISO 8601) and the offset from UTC in minutes that the
 * operator's clock had. A tour's day is the day on that clock, never UTC's or this computer's.
 */
export const zonedTimeSchema = z.object({ instant: z.iso.datetime(), offsetMinutes: z.int().min(-1080).max(1080) });
export type ZonedTime = z.infer<typeof zonedTimeSchema>;

const ISO_WITH_OFFSET = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})$/;

/**
 * Reads ISO 8601 with a numeric offset, with or without its colon (FareHarbor leaves it out: `-1000`), or `Z`.
 * Gives undefined for anything else; a time without an offset is not a moment.
 */
export function parseZonedTime(text: string): ZonedTime | undefined {
  const [, local, offset] = ISO_WITH_OFFSET.exec(text.trim()) ?? [];
  if (local === undefined || offset === undefined) return undefined;
  const offsetMinutes = minutesOf(offset);
  const wallClock = Date.parse(`${local}Z`);
  if (Number.isNaN(wallClock) || Math.abs(offsetMinutes) > 1080) return undefined;
  const instant = new Date(wallClock - offsetMinutes * 60_000).toISOString();
  // Before the year 0 and after 9999 it has six digits and a sign, which is no ISO time to anybody else.
  return /^\d/.test(instant) ? { instant, offsetMinutes } : undefined;
}

function minutesOf(offset: string): number {
  if (offset === 'Z') return 0;
  const digits = offset.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return digits.startsWith('-') ? -minutes : minutes;
}

/** The calendar day on the operator's clock, `YYYY-MM-DD`. */
export function localDate({ instant, offsetMinutes }: ZonedTime): string {
  return new Date(Date.parse(instant) + offsetMinutes * 60_000).toISOString().slice(0, 10);
}

/** The wall-clock time on the operator's clock, `HH:MM`. */
export function localTime({ instant, offsetMinutes }: ZonedTime): string {
  return new Date(Date.parse(instant) + offsetMinutes * 60_000).toISOString().slice(11, 16);
}

/** ISO weekday on the operator's clock: 1 Monday … 7 Sunday. */
export function localWeekday(time: ZonedTime): number {
  return new Date(`${localDate(time)}T00:00:00Z`).getUTCDay() || 7;
}

/** Whole days on the operator's calendar from the instant `from` to `to` (negative when `to` is past). */
export function daysUntil(to: ZonedTime, from: string): number {
  const today = localDate({ instant: from, offsetMinutes: to.offsetMinutes });
  return Math.round((Date.parse(localDate(to)) - Date.parse(today)) / 86_400_000);
}
