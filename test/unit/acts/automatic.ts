import type { Policies } from '../../../shared/acts/policies.ts';
import type { ActsOfSinks } from '../../../shared/sink/acts-of-sinks.ts';

const automatic = { mode: 'automatic' } as const;

/** Everything may be written. */
export const AUTOMATIC: Policies = {
  of: {
    score: automatic,
    segment: automatic,
    route: automatic,
    summary: automatic,
    tag: automatic,
    event: automatic,
  },
  killed: undefined,
};

/** For sinks whose tests are about something else: all may be written, and nobody asks afterwards what was. */
export const allAllowed: ActsOfSinks = { policiesOf: async () => AUTOMATIC, append: async () => {} };

/** What a task has of it. */
export const allowed = { policies: AUTOMATIC, wrote: () => {} };
