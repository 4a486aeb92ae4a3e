import { breaksOrBelieves, type Ceiling, ceilingOf } from './ceiling.ts';
import { ladderOf, type Rung } from './ladder.ts';
import type { Plant } from './plant.ts';
import { type Outcome, simulate } from './simulate.ts';

const DAY = 86_400;

/** Everything that is found out about one number of companies. */
export interface Case {
  readonly companies: number;
  /** A day as operators have it. */
  readonly day: Outcome;
  /** The highest rate at which FareHarbor is asked for all there is, sooner or later. */
  readonly verified: Ceiling;
  /** The highest rate as deployed, and what each next step brings. */
  readonly ladder: readonly Rung[];
}

export interface StudyRule {
  readonly plant: Plant;
  /** Of an average company. */
  readonly bookingsPerDay: number;
  readonly seed: number;
}

/** A day, and the ceilings, of so many companies in one deployment. */
export function study(companies: number, { plant, bookingsPerDay, seed }: StudyRule): Case {
  return {
    companies,
    day: simulate({ plant, companies, bookingsPerDay, daily: true, until: DAY, seed }),
    verified: ceilingOf(plant, companies, { seed, from: 1, judge: breaksOrBelieves }),
    ladder: ladderOf(plant, companies, seed),
  };
}
