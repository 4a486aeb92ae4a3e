import * as z from 'zod';
import { outcomeSchema } from './campaign.ts';
import { optionsSchema } from './options.ts';

/** What a worker is told: first of its pipeline, then one story after the other. */
export const orderSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('start'), assembly: z.string(), now: z.number(), options: optionsSchema }),
  z.object({ kind: z.literal('tell'), story: z.string() }),
]);
export type Order = z.infer<typeof orderSchema>;

/** What a worker says: that it is free, and what has come of its story. */
export const wordSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('free') }),
  z.object({ kind: z.literal('crashed'), soFar: outcomeSchema, total: z.int() }),
  z.object({ kind: z.literal('told'), outcome: outcomeSchema }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);
export type Word = z.infer<typeof wordSchema>;
