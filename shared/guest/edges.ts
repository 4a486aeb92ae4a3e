import type { BookingSummary } from './booking-summary.ts';
import type { GuestEdges, Made, Tour } from './totals-shape.ts';

/** Tours to come that are kept, so that time can pass and bookings can be cancelled without asking for more. */
export const TOURS_KEPT = 8;

/**
 * A booking that stands: neither cancelled nor rebooked, by its own word or by that of the booking that says it was
 * rebooked from this one.
 */
export const isStanding = ({ status }: BookingSummary, superseded: boolean): boolean =>
  status === 'booked' && !superseded;

/** The booking's tour, if it stands and its time is known. */
export function tourOf(summary: BookingSummary, superseded: boolean): Tour | undefined {
  const { uuid, startsAt, tourDate } = summary;
  if (!isStanding(summary, superseded) || startsAt === null || tourDate === null) return undefined;
  return { uuid, startsAt, tourDate };
}

/** When the booking was made. */
export const madeOf = ({ uuid, bookedAt }: BookingSummary): Made => ({ uuid, bookedAt });

// Where two are of the same moment, their uuids decide: the order must not depend on which was told of first.
const byStart = (a: Tour, b: Tour): number => byText(a.startsAt, b.startsAt) || byText(a.uuid, b.uuid);
const byMaking = (a: Made, b: Made): number => byText(a.bookedAt, b.bookedAt) || byText(a.uuid, b.uuid);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The edges of all these tours and bookings, told apart at the instant `asOf` (ISO). */
export function edgesOf(tours: readonly Tour[], made: readonly Made[], asOf: string): GuestEdges {
  const inOrder = tours.toSorted(byStart);
  const toCome = inOrder.filter(({ startsAt }) => startsAt > asOf);
  const madeInOrder = made.toSorted(byMaking);
  return {
    asOf,
    firstTour: inOrder[0] ?? null,
    begun: inOrder.findLast(({ startsAt }) => startsAt <= asOf) ?? null,
    toCome: toCome.slice(0, TOURS_KEPT),
    more: toCome.length > TOURS_KEPT,
    firstMade: madeInOrder[0] ?? null,
    lastMade: madeInOrder.at(-1) ?? null,
  };
}

/** The edges once it is `now` (ISO): tours have begun since. A clock that is behind changes nothing. */
export function edgesAt(edges: GuestEdges, now: string): GuestEdges {
  if (now <= edges.asOf) return edges;
  const isBegun = ({ startsAt }: Tour): boolean => startsAt <= now;
  return {
    ...edges,
    asOf: now,
    begun: edges.toCome.findLast(isBegun) ?? edges.begun,
    toCome: edges.toCome.filter((tour) => !isBegun(tour)),
  };
}

/** Whether there are tours to come of which none is kept any more: only the guest's rows can tell the next. */
export const isUsedUp = ({ toCome, more }: GuestEdges): boolean => more && toCome.length === 0;

/** Some of a guest's tours and bookings, before a change of them and after it. */
export interface EdgeChange {
  readonly before: { readonly tours: readonly Tour[]; readonly made: readonly Made[] };
  readonly after: { readonly tours: readonly Tour[]; readonly made: readonly Made[] };
}

/**
 * The edges after a change.
 * @returns undefined where what was at an edge is gone and only the guest's rows can tell what is there now.
 */
export function changeEdges(edges: GuestEdges, { before, after }: EdgeChange): GuestEdges | undefined {
  const gone = before.tours.filter((tour) => !after.tours.some((other) => byStart(tour, other) === 0));
  const unmade = before.made.filter((made) => !after.made.some((other) => byMaking(made, other) === 0));
  const isGone = (tour: Tour | null): boolean => tour !== null && gone.some((other) => byStart(tour, other) === 0);
  const isUnmade = (made: Made | null): boolean => made !== null && unmade.some((other) => byMaking(made, other) === 0);
  const left = { ...edges, toCome: edges.toCome.filter((tour) => !isGone(tour)) };
  const lost = [edges.firstTour, edges.begun].some(isGone) || [edges.firstMade, edges.lastMade].some(isUnmade);
  return lost || isUsedUp(left) ? undefined : addToEdges(left, after);
}

/** The edges with more tours and bookings; those they know already change nothing. */
export function addToEdges(edges: GuestEdges, { tours, made }: EdgeChange['after']): GuestEdges {
  const last = edges.toCome.at(-1);
  // What lies beyond the kept ones, while there are unkept ones as well, is one of those.
  const isKept = (tour: Tour): boolean => !edges.more || (last !== undefined && byStart(tour, last) <= 0);
  const known = [edges.firstTour, edges.begun, ...edges.toCome].filter((tour) => tour !== null);
  const unkept = tours.filter((tour) => tour.startsAt > edges.asOf && !isKept(tour));
  const fresh = [...known, ...tours.filter((tour) => !unkept.includes(tour))];
  const distinct = [...new Map(fresh.map((tour) => [`${tour.startsAt}#${tour.uuid}`, tour])).values()];
  const allMade = [edges.firstMade, edges.lastMade, ...made].filter((one) => one !== null);
  const next = edgesOf(distinct, allMade, edges.asOf);
  return { ...next, more: next.more || edges.more || unkept.length > 0 };
}
