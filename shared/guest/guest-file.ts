import * as z from 'zod';
import { type BookingSummary, bookingSummarySchema } from './booking-summary.ts';
import type { SomeBookings } from './guest-change.ts';
import { totalsOf } from './totals.ts';
import { type GuestTotals, guestTotalsSchema } from './totals-shape.ts';

/**
 * Bookings that stand together in a guest's one row. Nearly every guest has no more, and a change of theirs writes one
 * row instead of four; a guest who comes to have more gets a row for each, and the totals of all, for good.
 */
export const MOST_TOGETHER = 8;

const togetherSchema = z.object({ revision: z.int(), together: z.array(bookingSummarySchema) });

/** A guest's history as the row `totals` keeps it. */
export interface GuestFile {
  readonly totals: GuestTotals;
  /** All bookings of the guest, where they stand together in that row; there are no rows of bookings then. */
  readonly together: SomeBookings | undefined;
}

/** The history in a row's value. `now`: the ISO instant at which totals are made where all bookings are there. */
export function guestFileIn(value: unknown, now: string): GuestFile {
  const few = togetherSchema.safeParse(value);
  if (!few.success) return { totals: guestTotalsSchema.parse(value), together: undefined };
  const { revision, together } = few.data;
  return { totals: { ...totalsOf(together, now), revision }, together: allOf(together) };
}

/** The bookings in a row's value, where they stand together there. */
export function bookingsTogether(value: unknown): readonly BookingSummary[] | undefined {
  return togetherSchema.safeParse(value).data?.together;
}

/** The row's value for a guest whose bookings stand together. */
export function togetherValue({ summaries }: SomeBookings, revision: number): object {
  const together = [...summaries.values()].sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
  return { revision, together } satisfies z.input<typeof togetherSchema>;
}

/** Whether so many bookings may stand together. */
export const mayStandTogether = ({ summaries }: SomeBookings): boolean => summaries.size <= MOST_TOGETHER;

/** All of a guest's bookings, with which of them say they were rebooked from which. */
function allOf(bookings: readonly BookingSummary[]): SomeBookings {
  const successors = new Map<string, string[]>();
  for (const { uuid, rebookedFrom } of bookings) {
    if (rebookedFrom !== null) successors.set(rebookedFrom, [...(successors.get(rebookedFrom) ?? []), uuid].sort());
  }
  return { summaries: new Map(bookings.map((summary) => [summary.uuid, summary])), successors };
}
