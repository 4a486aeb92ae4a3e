import type { GuestKey } from '../guest/guest-key.ts';
import type { BookingRecord, SinkName } from '../records/booking-record.ts';
import type { SyncTask } from './sink.ts';

/** A guest with the bookings to bring, all of them history: nothing is told of them. */
export interface BulkTask extends Pick<SyncTask, 'guest' | 'settings' | 'policies' | 'wrote' | 'keep'> {
  /** Each with its sale, whose bookings are all this guest's. */
  readonly bookings: readonly { readonly record: BookingRecord; readonly sale: SyncTask['sale'] }[];
}

/** What became of a guest and their bookings. */
export type BulkOutcome =
  /** The vendor holds them. `links`: names to ids at the vendor, by the booking's uuid. */
  | { readonly kind: 'brought'; readonly links: ReadonlyMap<string, Readonly<Record<string, string>>> }
  /** Only the single path can decide: something about this guest was refused or is not simple. `code`: what. */
  | { readonly kind: 'left'; readonly code: string }
  /** The vendor takes nothing now, or must be spared: to be brought another time. `code`: why. */
  | { readonly kind: 'waits'; readonly code: string };

export type BulkOutcomes = ReadonlyMap<GuestKey, BulkOutcome>;

/** A destination that takes many guests in one call. What it writes is what its `Sink` writes for the same records. */
export interface BulkSink {
  readonly name: SinkName;
  /**
   * Brings guests of one company. Never starts anything for a guest, never tells anybody.
   * @param tasks no guest twice.
   * @param mayGoOn asked before each call that brings: false ends it, and what is left waits.
   * @returns an outcome for every guest.
   */
  bring(company: string, tasks: readonly BulkTask[], mayGoOn: () => Promise<boolean>): Promise<BulkOutcomes>;
}
