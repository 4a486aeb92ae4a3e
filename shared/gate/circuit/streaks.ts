/** Failures in a row that mean that the vendor fails. */
const IN_A_ROW = 5;
/**
 * Guests they must be of. One guest's bookings may be what it fails over (a trigger of the operator's that crashes), which
 * must stop nobody else; and where nobody else is there, they wait as long as a circuit would have them wait.
 */
const GUESTS = 2;

/** Counts failures in a row, for each company, in this execution environment. */
export interface Streaks {
  /** Notes a failure. @returns whether there are enough now. */
  failed(company: string, group: string): boolean;
  /** Notes that the vendor answered. */
  answered(company: string): void;
}

/**
 * Streaks that cost no call: each environment finds out by itself, or learns of the circuit that another one opened.
 */
export function streaks(): Streaks {
  const counted = new Map<string, { count: number; readonly groups: Set<string> }>();
  return {
    failed(company, group) {
      const streak = counted.get(company) ?? { count: 0, groups: new Set() };
      counted.set(company, streak);
      streak.count += 1;
      streak.groups.add(group);
      return streak.count >= IN_A_ROW && streak.groups.size >= GUESTS;
    },
    answered(company) {
      counted.delete(company);
    },
  };
}
