import * as z from 'zod';
import { actsSchema } from '../acts/act.ts';
import { bookingSchema, bookingUuidSchema } from '../booking/booking.ts';
import { recordedChangeSchema } from '../booking/changes.ts';
import { guestKeySchema } from '../guest/guest-key.ts';
import { understandingSchema } from '../understanding/understanding.ts';

/** A destination's name: its queue, its folder and its key in `sync`. */
export type SinkName = string;

/** How far one destination is. */
export const syncStateSchema = z.object({
  /** The record's version that the destination holds; 0 while it holds none. */
  version: z.int(),
  /** When that was written down. */
  at: z.iso.datetime(),
  /** `parked`: this version was refused for good; the reason and what to do stand beside it. */
  state: z.enum(['synced', 'parked']),
  /** The version at which it was parked. */
  parkedVersion: z.int().optional(),
  code: z.string().optional(),
  reason: z.string().optional(),
  remedy: z.string().optional(),
  /** A version whose once-only writes were begun: a repeat must first look what has arrived. */
  attempting: z.int().optional(),
  /**
   * Where such writes were begun, by the destination's own name for it and never by an address: a guest's address may
   * have changed since.
   */
  places: z.array(z.string()).optional(),
  /**
   * Set when what the destination holds must be written again although its version is right. The value tells one
   * such wish from the next: a write that began before the wish does not fulfil it.
   */
  rewrite: z.string().optional(),
  /** What a person may want to open: names to ids at the destination. */
  links: z.record(z.string(), z.string()).optional(),
});
export type SyncState = z.infer<typeof syncStateSchema>;

/** Why a record stands in the index of records that somebody or something must still look at (see attention.ts). */
export const attentionSchema = z.enum(['lagging', 'parked', 'backfill']);
export type Attention = z.infer<typeof attentionSchema>;

/** The truth we hold about a booking. Enrichment alone writes it, but for `sync`, where each sink writes its own. */
export const bookingRecordSchema = z.object({
  uuid: bookingUuidSchema,
  company: z.string(),
  /** Rises by one with each change that somebody cares about. */
  version: z.int().min(1),
  guestKey: guestKeySchema,
  booking: bookingSchema,
  understanding: understandingSchema,
  /** What is done with it at the destinations; missing in records written before there were policies. */
  acts: actsSchema.optional(),
  /** The latest changes, oldest first; bounded, but none goes before every sink has seen it. */
  changes: z.array(recordedChangeSchema),
  /** Paths of the body that were missing where they must not be, or of the wrong type, and so were left out. */
  unusable: z.array(z.string()),
  /** Where the booking came from: Retrieve booking, or the webhook's body. */
  source: z.enum(['api', 'webhook']),
  firstSeenAt: z.iso.datetime(),
  /** When this version was written. */
  changedAt: z.iso.datetime(),
  /** When the webhook that led to this version reached us. */
  receivedAt: z.iso.datetime(),
  /** Hashes of the states that the booking had, the present one last; bounded (see enrichment's earlier-states.ts). */
  earlierStates: z.array(z.string()).optional(),
  sync: z.record(z.string(), syncStateSchema),
  /** Changes up to this version are history that a backfill found: nothing is told of them, no Case, no event. */
  quietThrough: z.int().min(0).optional(),
  /** Where the record stood in that index when it was read. */
  attention: attentionSchema.optional(),
});
export type BookingRecord = z.infer<typeof bookingRecordSchema>;
