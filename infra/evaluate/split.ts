export interface Split<Row> {
  readonly before: readonly Row[];
  readonly after: readonly Row[];
  /** The first day of `after`. */
  readonly firstDay: number;
}

/**
 * Cuts rows in two by the day they were booked on, so that everything learnt from was booked before anything
 * forecast. All bookings of one day are on the same side.
 *
 * @param share about how much of the rows comes before the cut, 0–1.
 * @throws RangeError when all rows are of one day or there are none.
 */
export function splitByBookingDay<Row extends { readonly bookedDay: number }>(
  rows: readonly Row[],
  share: number,
): Split<Row> {
  const days = rows.map(({ bookedDay }) => bookedDay).sort((a, b) => a - b);
  const wanted = days[Math.floor(share * days.length)];
  const first = days[0];
  // With many bookings on the very first day, the cut comes right after it.
  const firstDay = wanted !== undefined && wanted === first ? days.find((day) => day > wanted) : wanted;
  if (firstDay === undefined) throw new RangeError('bookings of at least two days are needed to split them by time');
  return {
    before: rows.filter(({ bookedDay }) => bookedDay < firstDay),
    after: rows.filter(({ bookedDay }) => bookedDay >= firstDay),
    firstDay,
  };
}

/** `YYYY-MM-DD` of a day counted from 1970-01-01. */
export const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
