import type { BookingRecord } from '../../shared/records/booking-record.ts';

/** Brings many records to every destination with few calls, quietly: nothing is started for a guest, nobody is told. */
export interface BulkSinks {
  /**
   * @param records that stand in attention `backfill`, as they were read a moment ago. All of a guest's that are known
   *   should come together.
   * @returns how many are now held by every destination (`brought`), how many are left to the live path or to a
   *   person (`left`), and how many wait as they are, because a destination takes nothing just now (`waiting`).
   */
  bring(records: readonly BookingRecord[]): Promise<Readonly<Record<'brought' | 'left' | 'waiting', number>>>;
}
