import type { Booking } from './booking.ts';

/** Rebookings in a row that are followed; more than any guest makes, so that a circle in the data ends. */
const LONGEST_CHAIN = 20;

/** What following a rebooking needs to know of a booking. */
export type Link = Pick<Booking, 'uuid' | 'rebookedFrom' | 'rebookedTo'>;

/** One sale: a booking with all it was rebooked from and to. */
export interface Sale<Held> {
  /** The uuid of the sale's first booking, known to us or only named by its successor: the sale's key. */
  readonly key: string;
  /** The records we hold, first to latest; the last one is what the sale is now. */
  readonly chain: readonly [Held, ...Held[]];
  /** The booking it came from and of which we hold nothing yet, where it is named: the sale may have begun before that. */
  readonly comesFrom: string | null;
  /** The booking in which the sale goes on and of which we hold nothing yet, where it is named. */
  readonly goesOnAs: string | null;
}

/**
 * Follows `rebooked_from` and `rebooked_to` through the records we hold. Whichever webhook came first, every booking
 * of the chain leads to the same sale. A predecessor we hold no record of still gives the sale its key.
 *
 * @param load reads a record by booking uuid; undefined when there is none.
 * @param successorOf the booking known to be rebooked from the one named. It counts where that one itself does not say
 * what became of it: its own webhook is still on its way, or an old body of it came late.
 */
export async function saleOf<Held>(
  record: Held,
  link: (record: Held) => Link,
  load: (uuid: string) => Promise<Held | undefined>,
  successorOf: (uuid: string) => Promise<string | null> = async () => null,
): Promise<Sale<Held>> {
  const seen = new Set<string>([link(record).uuid]);
  const walk = async (
    from: Held,
    next: (link: Link) => string | null | Promise<string | null>,
  ): Promise<{ found: Held[]; end: string }> => {
    const found: Held[] = [];
    let at = from;
    for (;;) {
      const uuid = await next(link(at));
      if (uuid === null || seen.has(uuid) || seen.size >= LONGEST_CHAIN) return { found, end: link(at).uuid };
      seen.add(uuid);
      const loaded = await load(uuid);
      if (loaded === undefined) return { found, end: uuid };
      found.push(loaded);
      at = loaded;
    }
  };
  const earlier = await walk(record, ({ rebookedFrom }) => rebookedFrom);
  const later = await walk(record, ({ uuid, rebookedTo }) => rebookedTo ?? successorOf(uuid));
  const [first = record, ...rest] = [...earlier.found.reverse(), record, ...later.found];
  const last = link(rest.at(-1) ?? first).uuid;
  return {
    key: earlier.end,
    chain: [first, ...rest],
    comesFrom: earlier.end === link(first).uuid ? null : earlier.end,
    goesOnAs: later.end === last ? null : later.end,
  };
}
