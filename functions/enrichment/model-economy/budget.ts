import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Log, Meter } from '../../../shared/observability/logger.ts';
import { METRIC } from '../../../shared/observability/metric-names.ts';
import { type Lease, nextSize, noLease, use } from '../../../shared/rate-budget/lease.ts';
import { spentOn } from './spent.ts';

/** Percent of the budget from which people are told. */
const TOLD_FROM = 80;
/** What looks at bookings of earlier may take of a day's budget: today's bookings come first. */
const CATCH_UP_SHARE = 0.5;
/** Calls that are set aside for at once, as long as they come in time. They cost a tenth of that, and pay for thirty. */
const MOST_LEASED = 4;
/** What a process may keep of a day's budget while it asks nothing: ten of them make the budget look 2 % more spent. */
const KEPT_SHARE = 1 / 500;
/** How long a process may go on without looking at what others have spent. */
const LEASE_MS = 10 * 60_000;

/** Who asks: a booking that has just come, or one that is caught up with. */
export type BudgetShare = 'live' | 'catch-up';

/** Money set aside for one call. */
export interface Reservation {
  /** Replaces what was set aside by what the call has cost, in millionths of a US dollar; zero where it was not made. */
  settle(costMicroUsd: number): Promise<void>;
}

/** One call that money is wanted for. */
interface Wanted {
  /** The most that the call can cost, in millionths of a US dollar. */
  readonly estimate: number;
  /** The company's budget for one UTC day, in US dollars. */
  readonly dailyUsd: number;
  readonly share: BudgetShare;
}

export interface ModelBudget {
  /**
   * Sets money aside for one call, so that no number of callers at the same time exceeds the budget of the day.
   * @returns undefined where the budget is spent.
   */
  reserve(company: string, wanted: Wanted): Promise<Reservation | undefined>;
}

/** A budget that this process has leased a part of: until that is used or given back, the table shows it as spent. */
export interface LeasedBudget extends ModelBudget {
  /** At the end of a batch: writes back what is too much to keep, and what is left of a day that is over. */
  giveBack(): Promise<void>;
}

export interface BudgetDeps {
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/** A part of one company's budget of one day. What each call did not cost of what was set aside comes back into it. */
interface DayLease extends Lease {
  readonly company: string;
  readonly day: string;
  /** What all had spent or leased when this process last looked. */
  seen: number;
  /** The most to keep between batches. */
  kept: number;
}

/**
 * Keeps the budgets in the operations table, one number each, added to on condition that it stays within the limit. A
 * process takes money for several calls at once while they follow each other, and then writes nothing for each. What a
 * process that dies had leased counts as spent.
 */
export function modelBudget(client: DynamoDBClient, table: string, { log, meter, now }: BudgetDeps): LeasedBudget {
  const spent = spentOn(client, table);
  const leases = new Map<string, DayLease>();
  const owed = owing();

  /** The lease of the day; what is left of one of another day goes back to that. */
  const leaseOf = (company: string, day: string, share: BudgetShare): DayLease => {
    const key = `${company} ${share}`;
    const known = leases.get(key);
    if (known?.day === day) return known;
    if (known !== undefined) owed.move(known);
    const lease = { ...noLease(), company, day, seen: 0, kept: 0 };
    leases.set(key, lease);
    return lease;
  };
  const isCurrent = (lease: DayLease) => [...leases.values()].includes(lease);
  const putBack = (lease: DayLease, amount: number): void => {
    lease.left += amount;
    if (!isCurrent(lease)) owed.move(lease);
  };

  /** Takes what is missing for one call, and more where several came lately. @returns whether the call may be made. */
  const take = async (lease: DayLease, estimate: number, limit: number, at: Date): Promise<boolean> => {
    const { company, day, left } = lease;
    const size = nextSize(lease, at.getTime(), MOST_LEASED);
    // Nobody else uses it while it is being renewed. Where nobody knows whether it was, it counts as spent.
    lease.left = 0;
    for (const hold of [Math.max(estimate, Math.min(size * estimate, lease.kept)), estimate]) {
      const added = await spent.addWithin(company, day, { amount: hold - left, limit, at });
      lease.seen = added.sum;
      if (added.done) {
        Object.assign(lease, { size, until: at.getTime() + LEASE_MS });
        putBack(lease, hold - estimate);
        return true;
      }
      // Not even what is missing fits.
      if (added.sum > limit - (estimate - left)) break;
    }
    putBack(lease, left);
    return false;
  };

  const tell = (lease: DayLease, budget: number, sum: number, share: BudgetShare): void => {
    const percent = budget === 0 ? 100 : Math.min(100, Math.round((100 * sum) / budget));
    meter.count(METRIC.modelBudgetUsed, percent);
    if (percent < TOLD_FROM) return;
    log.warn('model.budget', { company: lease.company, day: lease.day, percent, share });
  };

  return {
    async reserve(company, { estimate, dailyUsd, share }) {
      const at = now();
      const budget = dailyUsd * 1_000_000;
      const limit = Math.floor(share === 'live' ? budget : budget * CATCH_UP_SHARE);
      const lease = leaseOf(company, at.toISOString().slice(0, 10), share);
      lease.kept = Math.floor(budget * KEPT_SHARE);
      const fits = estimate <= limit;
      const granted = fits && (use(lease, estimate, at.getTime()) || (await take(lease, estimate, limit, at)));
      // Refused: what one call may cost does not fit any more, or may not be taken by a look at what came earlier.
      if (granted) tell(lease, budget, lease.seen - lease.left, share);
      else if (share === 'live') tell(lease, budget, budget, share);
      if (!granted) return undefined;
      // To the day that it was set aside on, also where midnight came in between.
      return { settle: async (cost) => putBack(lease, estimate - Math.ceil(cost)) };
    },

    async giveBack() {
      // Less than nothing is left where a server counts more tokens than a text has bytes.
      for (const lease of leases.values()) if (lease.left < 0 || lease.left > lease.kept) owed.move(lease);
      for (const { company, day, sum } of owed.all()) await spent.add(company, day, -sum);
    },
  };
}

interface Owed {
  readonly company: string;
  readonly day: string;
  sum: number;
}

/** What is to be written back, one sum for each company and day. */
function owing() {
  const sums = new Map<string, Owed>();
  return {
    move(lease: DayLease): void {
      const { company, day } = lease;
      const owed = sums.get(`${company} ${day}`) ?? { company, day, sum: 0 };
      owed.sum += lease.left;
      lease.left = 0;
      sums.set(`${company} ${day}`, owed);
    },
    all(): Owed[] {
      const all = [...sums.values()];
      sums.clear();
      return all;
    },
  };
}
