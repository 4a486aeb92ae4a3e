import { isDeepStrictEqual } from 'node:util';
import type { BookingSummary } from './booking-summary.ts';
import { addToEdges, changeEdges, edgesAt, madeOf, tourOf } from './edges.ts';
import { bookingRow, madeRow, successorRow, tourRow } from './guest-rows.ts';
import { combine, NO_SUMS, sumsOf } from './totals.ts';
import type { GuestEdges, GuestSums, GuestTotals } from './totals-shape.ts';

/**
 * What is known of a guest's bookings, as far as a change of one of them can matter: that booking, and those it says
 * (or said) it was rebooked from.
 */
export interface SomeBookings {
  /** By uuid; what the guest does not have is left out. */
  readonly summaries: ReadonlyMap<string, BookingSummary>;
  /** By the uuid of each of these bookings: the guest's bookings that say they were rebooked from it. */
  readonly successors: ReadonlyMap<string, readonly string[]>;
}

/** The bookings that are the guest's after the change of `uuid` to `summary` (undefined: not the guest's any more). */
export function changed(some: SomeBookings, uuid: string, summary: BookingSummary | undefined): SomeBookings {
  const summaries = new Map(some.summaries);
  const before = summaries.get(uuid);
  if (summary === undefined) summaries.delete(uuid);
  else summaries.set(uuid, summary);
  const successors = new Map(some.successors);
  const [was, is] = [before?.rebookedFrom ?? null, summary?.rebookedFrom ?? null];
  if (was !== null)
    successors.set(
      was,
      listOf(successors, was).filter((other) => other !== uuid),
    );
  if (is !== null) successors.set(is, [...new Set([...listOf(successors, is), uuid])].sort());
  return { summaries, successors };
}

const listOf = (successors: SomeBookings['successors'], uuid: string): readonly string[] => successors.get(uuid) ?? [];

/** What some bookings come to: the sums, the tours and the makings of them. */
function portionOf({ summaries, successors }: SomeBookings) {
  const each = [...summaries.values()].map((summary) => ({
    summary,
    superseded: listOf(successors, summary.uuid).length > 0,
  }));
  return {
    sums: each.reduce<GuestSums>(
      (sum, { summary, superseded }) => combine(sum, sumsOf(summary, superseded), 1),
      NO_SUMS,
    ),
    tours: each.flatMap(({ summary, superseded }) => tourOf(summary, superseded) ?? []),
    made: each.map(({ summary }) => madeOf(summary)),
  };
}

/**
 * The totals once some of the guest's bookings are other than they were: what they came to is taken out, and what they
 * come to now is added.
 *
 * @param now ISO instant.
 * @param askEdges reads the edges of all other bookings; asked only where one of these was at an edge and is gone.
 */
export async function totalsAfter(
  totals: GuestTotals,
  some: { readonly before: SomeBookings; readonly after: SomeBookings },
  now: string,
  askEdges: (asOf: string, without: ReadonlySet<string>) => Promise<GuestEdges>,
): Promise<GuestTotals> {
  const [before, after] = [portionOf(some.before), portionOf(some.after)];
  const sums = combine(combine(totals, before.sums, -1), after.sums, 1);
  const edges = edgesAt(edgesIn(totals), now);
  const known = changeEdges(edges, { before, after });
  if (known !== undefined) return { revision: totals.revision + 1, ...sums, ...known };
  const without = new Set([...some.before.summaries.keys(), ...some.after.summaries.keys()]);
  const others = await askEdges(edges.asOf, without);
  return { revision: totals.revision + 1, ...sums, ...addToEdges(others, after) };
}

function edgesIn({ asOf, firstTour, begun, toCome, more, firstMade, lastMade }: GuestTotals): GuestEdges {
  return { asOf, firstTour, begun, toCome, more, firstMade, lastMade };
}

/** Rows computed from some bookings: those of the bookings, of their tours, makings and successors; by key. */
export function rowsFor(some: SomeBookings): Map<string, object> {
  const { tours, made } = portionOf(some);
  const successors = [...some.successors].filter(([, uuids]) => uuids.length > 0);
  return new Map<string, object>([
    ...[...some.summaries.values()].map((summary): [string, object] => [bookingRow(summary.uuid), summary]),
    ...tours.map((tour): [string, object] => [tourRow(tour), tour]),
    ...made.map((one): [string, object] => [madeRow(one), one]),
    ...successors.map(([uuid, uuids]): [string, object] => [successorRow(uuid), { uuids }]),
  ]);
}

/** What has to be written and deleted so that the rows `before` become those `after`. */
export function rowChanges(before: ReadonlyMap<string, object>, after: ReadonlyMap<string, object>) {
  return {
    put: [...after].filter(([row, value]) => !isDeepStrictEqual(before.get(row), value)),
    remove: [...before.keys()].filter((row) => !after.has(row)),
  };
}
