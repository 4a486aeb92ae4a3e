import { ACTIONS, type Action, type OwnPolicies, type Policy } from './act.ts';

/** Somebody has stopped everything that is driven by AI. */
export interface Kill {
  readonly by: string;
  readonly since: string;
  readonly reason: string;
}

/** What holds for a company just now. */
export interface Policies {
  readonly of: Readonly<Record<Action, Policy>>;
  /** Set while all is stopped; its `reason` is for people. */
  readonly killed: Kill | undefined;
}

/** Computed by code and easily put right: automatic. What speaks in the model's words, or to people, first shows itself. */
const DEFAULTS: Readonly<Record<Action, Policy>> = {
  score: { mode: 'automatic' },
  segment: { mode: 'automatic' },
  tag: { mode: 'automatic' },
  route: { mode: 'shadow' },
  summary: { mode: 'shadow' },
  event: { mode: 'shadow' },
};

/**
 * A company's policies: for each action what a person has set in the table, else what the settings say, else the default.
 * A policy is taken as a whole: a mode set in the table does not keep the settings' threshold.
 */
export function mergePolicies(settings: OwnPolicies, table: OwnPolicies, killed: Kill | undefined): Policies {
  const of = { ...DEFAULTS };
  for (const action of ACTIONS) of[action] = table[action] ?? settings[action] ?? DEFAULTS[action];
  return { of, killed };
}

/** A policy in a person's words: `automatic, from score 60, items 11001`. */
export function describePolicy({ mode, minScore, items, segments }: Policy): string {
  return [
    mode,
    ...(minScore === undefined ? [] : [`from score ${minScore}`]),
    ...(items === undefined ? [] : [`items ${items.join(' ')}`]),
    ...(segments === undefined ? [] : [`segments ${segments.join(' ')}`]),
  ].join(', ');
}
