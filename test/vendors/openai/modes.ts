import * as z from 'zod';

/**
 * How the model answers. `answer`: by keywords. `refusal`, `truncated`, `out-of-schema`, `not-json`: the ways a
 * model fails. `slow`: after `delayMs` (a minute unless told). `obey`: does what the guest's text says.
 */
export const modeSchema = z.strictObject({
  mode: z.enum(['answer', 'refusal', 'truncated', 'out-of-schema', 'not-json', 'slow', 'obey']),
  /** Milliseconds before the answer. */
  delayMs: z.int().min(0).optional(),
  /** How many requests are answered so; then as before any change. */
  times: z.int().min(1).optional(),
});
export type Mode = z.infer<typeof modeSchema>;

export interface Modes {
  set(mode: Mode): void;
  /** The mode of the next request. */
  take(): Mode;
  current(): Mode['mode'];
  reset(): void;
}

export function createModes(usual: Mode['mode']): Modes {
  let set: Mode | undefined;
  let left = Number.POSITIVE_INFINITY;
  return {
    set: (mode) => {
      set = mode;
      left = mode.times ?? Number.POSITIVE_INFINITY;
    },
    take: () => {
      if (set === undefined || left <= 0) return { mode: usual };
      left -= 1;
      return set;
    },
    current: () => (set === undefined || left <= 0 ? usual : set.mode),
    reset: () => {
      set = undefined;
      left = Number.POSITIVE_INFINITY;
    },
  };
}
