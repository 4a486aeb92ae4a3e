import * as z from 'zod';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time such as 09:30');

/** When a company is open: the hours in which webhooks are usual, whatever the tours' own hours are. */
export const openHoursSchema = z.strictObject({
  /** The company's time zone, such as `Pacific/Honolulu`. */
  timeZone: z.string().refine(isTimeZone, 'is not a time zone such as Europe/Paris'),
  /** Weekdays, 1 Monday … 7 Sunday. */
  days: z.array(z.int().min(1).max(7)).min(1).default([1, 2, 3, 4, 5, 6, 7]),
  /** `HH:MM` on the company's own clock. */
  from: clock,
  /** `HH:MM`; at or before `from`, it is the next day's. */
  to: clock,
});
export type OpenHours = z.infer<typeof openHoursSchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
