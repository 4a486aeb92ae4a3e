import * as z from 'zod';
import { type Step, stepName } from './step.ts';

/** Whether the process dies with its call not yet done, or done and not yet answered. */
export const MOMENTS = ['before', 'after'] as const;
export type Moment = (typeof MOMENTS)[number];

/** Where a process is to be killed. */
export const crashPointSchema = z.object({ step: z.string(), when: z.enum(MOMENTS) });
export type CrashPoint = z.infer<typeof crashPointSchema>;

/** Counts the calls of all functions, and says at which of them the caller has to die. */
export interface Tripwire {
  /** Counts from here on; with points, each kills once. */
  begin(points?: readonly CrashPoint[]): void;
  /** Stops counting. `missed`: points that no call came by. */
  end(): { readonly steps: readonly Step[]; readonly missed: readonly CrashPoint[] };
  /** Told of every call before it goes on. Undefined lets it through. */
  pass(service: string, call: string): Moment | undefined;
}

export function createTripwire(): Tripwire {
  let steps: Step[] = [];
  let open: CrashPoint[] = [];
  let counting = false;
  return {
    begin: (points = []) => {
      steps = [];
      open = [...points];
      counting = true;
    },
    end: () => {
      counting = false;
      return { steps, missed: open };
    },
    pass: (service, call) => {
      if (!counting) return undefined;
      const occurrence = 1 + steps.filter((step) => step.service === service && step.call === call).length;
      const step = { service, call, occurrence };
      steps.push(step);
      const hit = open.find((point) => point.step === stepName(step));
      open = open.filter((point) => point !== hit);
      return hit?.when;
    },
  };
}
