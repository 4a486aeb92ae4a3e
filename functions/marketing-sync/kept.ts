import * as z from 'zod';

/** Tombstones kept per guest; a guest with more addresses erased than that is none. */
const TOMBSTONES = 10;

const keptSchema = z.object({
  /** The address last written to. */
  email: z.string().optional(),
  /** The tags we wrote there, or may have written: only these are ever taken away. */
  tags: z.array(z.string()).default([]),
  /** False between a tag write's beginning and its end: what arrived is not known. */
  tagsCertain: z.boolean().default(true),
  /** Subscriber hashes of addresses that were erased for good: never written to again. */
  forgotten: z.array(z.string()).default([]),
});
/** What this sink keeps on the guest's row. */
export type Kept = z.infer<typeof keptSchema>;

/** Reads the row; an absent one is a guest new to Mailchimp. @throws z.ZodError only after a wrong deployment. */
export function readKept(row: unknown): Kept {
  return keptSchema.parse(row ?? {});
}

/** With a tombstone for the erased address; the address itself is not kept any longer. */
export function withTombstone(kept: Kept, hash: string, email: string): Kept {
  const { email: last, ...rest } = kept;
  const forgotten = [...kept.forgotten.filter((other) => other !== hash), hash].slice(-TOMBSTONES);
  return last === undefined || last === email ? { ...rest, forgotten, tags: [] } : { ...kept, forgotten };
}
