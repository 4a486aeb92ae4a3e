/** How far a backfill is. Counts of this run, but for `listed` and `found`, which go on from an earlier one. */
export interface Figures {
  /** Bookings that FareHarbor listed. */
  readonly listed: number;
  /** Those among them that we did not hold as listed. */
  readonly found: number;
  /** Bookings read from FareHarbor and recorded. */
  readonly verified: number;
  /** Bookings that still have to be. */
  readonly toVerify: number;
  /** Bookings that every destination now holds. */
  readonly brought: number;
  /** Bookings left to be brought one by one, or to a person where a destination refused them. */
  readonly left: number;
  /** Recorded bookings that wait for their bulk write. */
  readonly waiting: number;
  /** Calls to FareHarbor of this run, per second. */
  readonly callsPerSecond: number;
  /** How much of the way over FareHarbor's lists is made, from 0 to 1. */
  readonly share: number;
  /** An estimate; undefined while there is nothing to make it from. */
  readonly secondsLeft: number | undefined;
  /** What keeps it from going on, in a sentence. */
  readonly trouble: string | undefined;
}

/** What the estimate is made from. */
export interface Course {
  /** Calls for lists of this run, and the share of the way that they made. */
  readonly listCalls: number;
  readonly shareOfRun: number;
  readonly share: number;
  readonly found: number;
  readonly toVerify: number;
  readonly callsPerSecond: number;
}

/**
 * Seconds until all is read, if the days to come are as full as those behind: what is still to be found, a call each,
 * and the lists on the way, at the rate of the calls so far.
 */
export function secondsLeft({ listCalls, shareOfRun, share, found, toVerify, callsPerSecond }: Course) {
  if (callsPerSecond <= 0) return undefined;
  const ahead = 1 - share;
  if (ahead > 0 && (share === 0 || shareOfRun === 0)) return undefined;
  const lists = ahead === 0 ? 0 : (listCalls / shareOfRun) * ahead;
  const unfound = ahead === 0 ? 0 : (found / share) * ahead;
  return Math.ceil((lists + unfound + toVerify) / callsPerSecond);
}

/** The figures as one line for people. */
export function lineOf(figures: Figures): string {
  const { listed, found, verified, brought, left, waiting, callsPerSecond, secondsLeft: seconds, trouble } = figures;
  return [
    `${Math.round(figures.share * 100)} % of the lists, ${listed} bookings listed, ${found} to bring`,
    `${verified} read from FareHarbor (${callsPerSecond.toFixed(1)} calls/s)`,
    `${brought} in every destination, ${waiting} waiting${left > 0 ? `, ${left} left to go one by one` : ''}`,
    seconds === undefined ? 'time left unknown yet' : `about ${duration(seconds)} left`,
    ...(trouble === undefined ? [] : [trouble]),
  ].join(' · ');
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
