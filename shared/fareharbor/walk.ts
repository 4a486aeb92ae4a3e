import * as z from 'zod';
import { PermanentError } from '../errors/errors.ts';
import type { Days, FareHarborLists, Listed } from './lists.ts';

/** FareHarbor asks for ranges of 10 to 15 days at most: longer ones are slow for it. */
const MOST_DAYS = 10;
const DAY_MS = 86_400_000;

/** How far a walk has come: everything before it has been listed. */
export const positionSchema = z.object({
  item: z.int(),
  /** First day of the range that is being looked at. */
  from: z.iso.date(),
  /** The last availability in it whose bookings were listed. */
  after: z.int().optional(),
});
export type Position = z.infer<typeof positionSchema>;

/** What one call brought. */
export interface Step {
  readonly bookings: readonly Listed[];
  /** Where a later walk can go on; undefined before the first item is known. */
  readonly position: Position | undefined;
  /** How much of the way is made, from 0 to 1: by items and days, as nobody knows beforehand how full they are. */
  readonly share: number;
  readonly done: boolean;
}

export interface Walk {
  /**
   * Makes the next call, and only one. One that failed can be made again.
   * @throws as FareHarborLists; PermanentError `fareharbor.unreadable-company` when the keys are for other companies.
   */
  step(): Promise<Step>;
}

export interface WalkRequest {
  readonly company: string;
  readonly days: Days;
  /** Where an earlier walk over the same days stopped. */
  readonly position?: Position | undefined;
}

/** A range of an item, with the availabilities whose bookings are still to be listed, in the order of their pks. */
interface Stretch {
  readonly item: number;
  readonly from: string;
  readonly left: readonly number[];
}

/**
 * Walks over all bookings of a company whose tour starts on these days: companies, items, availabilities of at most ten
 * days at a time, their bookings. It can be left and taken up at any call; then the lists it was in are read again.
 */
export function walk(lists: FareHarborLists, { company, days, position: start }: WalkRequest): Walk {
  let readable = false;
  let items: readonly number[] | undefined;
  let stretch: Stretch | undefined;
  let position = start;

  /** Takes the place as reached; without any, the walk is over. */
  const reach = (next: Position | undefined, bookings: readonly Listed[] = []): Step => {
    if (next !== undefined) position = next;
    return { bookings, position, share: next === undefined ? 1 : shareOf(next), done: next === undefined };
  };
  const shareOf = ({ item, from }: Position): number => {
    const all = items ?? [];
    const ofItem = daysBetween(days.from, from) / (daysBetween(days.from, days.to) + 1);
    return all.length === 0 ? 0 : (all.filter((pk) => pk < item).length + ofItem) / all.length;
  };
  const afterStretch = ({ item, from }: Position): Position | undefined => {
    const next = dayAfter(from, MOST_DAYS);
    if (next <= days.to) return { item, from: next };
    const [following] = (items ?? []).filter((pk) => pk > item);
    return following === undefined ? undefined : { item: following, from: days.from };
  };
  const readItems = async (): Promise<Step> => {
    items = (await lists.items(company)).toSorted((a, b) => a - b);
    const first = items.find((pk) => pk >= (start?.item ?? 0));
    if (first === undefined) return reach(undefined);
    return reach(first === start?.item ? start : { item: first, from: days.from });
  };
  const readStretch = async (place: Position): Promise<Step> => {
    const { item, from, after = 0 } = place;
    const last = dayAfter(from, MOST_DAYS - 1);
    const to = last < days.to ? last : days.to;
    const found = await lists.availabilities(company, item, { from, to });
    const left = found.filter((pk) => pk > after).sort((a, b) => a - b);
    stretch = left.length === 0 ? undefined : { item, from, left };
    return reach(stretch === undefined ? afterStretch(place) : place);
  };
  const readBookings = async ({ item, from, left }: Stretch, availability: number): Promise<Step> => {
    const bookings = await lists.bookings(company, availability);
    const rest = left.slice(1);
    stretch = rest.length === 0 ? undefined : { item, from, left: rest };
    const place = { item, from, after: availability };
    return reach(stretch === undefined ? afterStretch(place) : place, bookings);
  };
  return {
    async step() {
      if (!readable) {
        await ensureReadable(lists, company);
        readable = true;
        return { bookings: [], position, share: 0, done: false };
      }
      if (items === undefined || position === undefined) return await readItems();
      const [availability] = stretch?.left ?? [];
      if (stretch === undefined || availability === undefined) return await readStretch(position);
      return await readBookings(stretch, availability);
    },
  };
}

async function ensureReadable(lists: FareHarborLists, company: string): Promise<void> {
  const companies = await lists.companies(company);
  if (companies.includes(company)) return;
  const others = companies.length === 0 ? 'no company at all' : companies.join(', ');
  throw new PermanentError(
    'fareharbor.unreadable-company',
    `FareHarbor's keys do not open ${company}; they open ${others}`,
    { remedy: "compare the company's shortname with FareHarbor's, or ask FareHarbor for access to it" },
  );
}

/** The day so many days later. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS;
}
