import { parseArgs } from 'node:util';
import * as z from 'zod';

const count = z.coerce.number({ error: 'must be a whole number above 0' }).int().min(1).max(100_000);

const MODES = ['load', 'burst', 'live', 'model', 'guest', 'bundles', 'memory', 'calls'] as const;

const optionsSchema = z
  .strictObject({
    load: z.boolean().default(false),
    burst: z.boolean().default(false),
    live: z.boolean().default(false),
    model: z.boolean().default(false),
    guest: z.boolean().default(false),
    bundles: z.boolean().default(false),
    memory: z.boolean().default(false),
    calls: z.boolean().default(false),
    /** Bookings of the run; each mode has its own number where nothing is said. */
    bookings: count.optional(),
    /** What the bookings, their changes and their order are made from. */
    seed: count.default(1),
    /** Requests at a time. */
    connections: count.default(10),
    /** Seconds of live webhooks. */
    seconds: count.default(60),
    /** When a run ends: all is in both vendors, or FareHarbor was asked for every booking too. */
    until: z.enum(['synced', 'verified'], { error: 'must be synced or verified' }).default('synced'),
  })
  .refine((options) => MODES.filter((mode) => options[mode]).length <= 1, {
    error: `choose one of ${MODES.map((mode) => `--${mode}`).join(', ')}`,
  });
export type LoadOptions = z.infer<typeof optionsSchema>;

/**
 * Reads the command line of `npm run bench`.
 * @throws Error naming the option that is wrong.
 */
export function readOptions(args: readonly string[]): LoadOptions {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      load: flag,
      burst: flag,
      live: flag,
      model: flag,
      guest: flag,
      bundles: flag,
      memory: flag,
      calls: flag,
      bookings: text,
      seed: text,
      connections: text,
      seconds: text,
      until: text,
    },
  });
  const parsed = optionsSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new Error(
    parsed.error.issues
      .map(({ path, message }) => [...path.map((name) => `--${String(name)}`), message].join(' '))
      .join('; '),
  );
}
