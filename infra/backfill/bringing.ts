import { errorFacts } from '../../shared/observability/logger.ts';
import type { BulkSinks } from './bulk-sinks.ts';
import { type WaitingRecords, wholeGuests } from './waiting-records.ts';

export interface BringingDeps {
  readonly waiting: WaitingRecords;
  readonly bulk: BulkSinks;
  readonly now: () => Date;
}

/** Bookings in one bulk write, about, and from how many on one is worth it while more are being read. */
const PAGE = 500;
const WORTH_IT = 300;
/** Between two looks at what waits. */
const LOOK_MS = 2_000;
/** After a write that brought nothing: a destination holds back, or fails. */
const REST_MS = 30_000;

/** The bulk writes, one at a time beside everything else. */
export interface Bringing {
  readonly brought: number;
  readonly left: number;
  /** Records that waited at the last look. */
  readonly waiting: number;
  /** Whether a write is under way. */
  readonly busy: boolean;
  /** Milliseconds for which nothing could be brought, though something waits. */
  readonly stuckMs: number;
  readonly trouble: string | undefined;
  /**
   * Looks what waits, if it did not just do so, and begins a write where it is worth it.
   * @param all no more records come: also few of them are worth it.
   * @returns whether it looked and nothing waits.
   */
  turn(all: boolean): Promise<boolean>;
  /** Waits for the write under way. */
  settle(): Promise<void>;
}

export function bringing(company: string, { waiting, bulk, now }: BringingDeps): Bringing {
  const counts = { brought: 0, left: 0, waiting: 0 };
  let write: Promise<void> | undefined;
  let trouble: string | undefined;
  let lookFrom = 0;
  let stuckSince: number | undefined;

  const bringPage = async (entries: Awaited<ReturnType<WaitingRecords['list']>>): Promise<void> => {
    const records = await waiting.read(wholeGuests(entries, PAGE));
    if (records.length === 0) return;
    const written = await bulk.bring(records);
    counts.brought += written.brought;
    counts.left += written.left;
    if (written.waiting < records.length) return moved();
    stuck('a destination takes no bulk writes just now');
  };
  const moved = (): void => {
    trouble = undefined;
    stuckSince = undefined;
  };
  const stuck = (why: string): void => {
    trouble = why;
    stuckSince ??= now().getTime();
    lookFrom = now().getTime() + REST_MS;
  };
  return {
    get brought() {
      return counts.brought;
    },
    get left() {
      return counts.left;
    },
    get waiting() {
      return counts.waiting;
    },
    get busy() {
      return write !== undefined;
    },
    get stuckMs() {
      return stuckSince === undefined ? 0 : now().getTime() - stuckSince;
    },
    get trouble() {
      return trouble;
    },
    async turn(all) {
      const at = now().getTime();
      if (write !== undefined || at < lookFrom) return false;
      lookFrom = at + LOOK_MS;
      const entries = await waiting.list(company);
      counts.waiting = entries.length;
      if (entries.length === 0 || (!all && entries.length < WORTH_IT)) return entries.length === 0;
      write = bringPage(entries)
        .catch((error: unknown) => stuck(`a bulk write failed (${errorFacts(error).code ?? errorFacts(error).error})`))
        .finally(() => {
          write = undefined;
        });
      return false;
    },
    settle: async () => await write,
  };
}
