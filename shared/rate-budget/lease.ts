/** What one process has taken out of a shared budget and not used yet. */
export interface Lease {
  /** In the budget's own unit. */
  left: number;
  /** Milliseconds since the epoch: from then on nothing is used without asking the budget again. */
  until: number;
  /** How many uses the last taking was for: doubled as long as they come in time. */
  size: number;
}

/** Nothing taken yet. */
export function noLease(): Lease {
  return { left: 0, until: 0, size: 0 };
}

/**
 * Uses so much of a lease, if it holds that much and has not ended.
 * @param at milliseconds since the epoch.
 */
export function use(lease: Lease, amount: number, at: number): boolean {
  if (lease.left < amount || at >= lease.until) return false;
  lease.left -= amount;
  return true;
}

/**
 * For how many uses to take next: twice as many as last time where those came in time, else one. More are lost with a
 * process that dies, or has nothing more to ask for.
 */
export function nextSize({ until, size }: Lease, at: number, most: number): number {
  return at < until ? Math.min(2 * size, most) : 1;
}
