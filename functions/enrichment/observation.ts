import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Booking } from '../../shared/booking/booking.ts';
import type { GuestKey } from '../../shared/guest/guest-key.ts';
import type { GuestTotals } from '../../shared/guest/totals-shape.ts';
import type { Log, Meter } from '../../shared/observability/logger.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import type { BookingsTable } from '../../shared/records/bookings-table.ts';
import type { CompanySettings } from '../../shared/settings/settings.ts';
import type { Understanding } from '../../shared/understanding/understanding.ts';
import type { Commit } from './commit.ts';
import type { Identities } from './guest-identity.ts';
import type { GuestLedger } from './guest-ledger.ts';
import type { UnderstandInput } from './understanding/understand.ts';

/** What enriching an observation needs of the world. */
export interface EnrichDeps {
  readonly bookings: Pick<BookingsTable, 'read'>;
  readonly guests: GuestLedger;
  readonly identities: Identities;
  readonly commit: Commit;
  readonly understand: (input: UnderstandInput) => Promise<Understanding>;
  /** Puts on the next version what may be done with its understanding. */
  readonly decide: (draft: BookingRecord, before: BookingRecord | undefined) => Promise<BookingRecord>;
  /** What is written together with the next version: both or neither. */
  readonly alongside: (
    next: BookingRecord,
    before: BookingRecord | undefined,
    /** What it makes of its guests' histories. */
    guests: readonly GuestTotals[],
  ) => Promise<readonly TransactWriteItem[]>;
  /** Appends what was decided about this version to the decisions, where that does not stand there yet. */
  readonly noteDecided: (record: BookingRecord) => Promise<void>;
  /** Tells the operator's distribution of a guest whose totals changed. A failure is logged only. */
  readonly noteStanding: (before: GuestTotals | undefined, after: GuestTotals, company: string) => Promise<void>;
  /** Waits a moment before what was overtaken is tried again: longer with each try, and never twice the same. */
  readonly pause: (tries: number) => Promise<void>;
  /** Tells a sink to look at the booking, in the order of this guest. */
  readonly hint: (sink: string, record: BookingRecord, guestKey: GuestKey) => Promise<void>;
  /** The same for the booking's own guest, sent a little later with others, where there is a batch that sees to it. */
  readonly hintSoon?: (sink: string, record: BookingRecord) => void;
  /** Names of all sinks. */
  readonly sinks: readonly string[];
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => Date;
}

/** A booking as FareHarbor now has it, ready to be compared with what we hold. */
export interface Observation {
  readonly booking: Booking;
  readonly unusable: readonly string[];
  readonly source: BookingRecord['source'];
  /** When the webhook reached us. */
  readonly receivedAt: string;
  /** How often the queue has given the webhook out, this time included. */
  readonly receives: number;
  readonly settings: CompanySettings;
  /** `live` where nothing is said. */
  readonly manner?: Manner;
  /** FareHarbor was asked of our own accord: no webhook told of it just now. */
  readonly unprompted?: boolean;
}

/**
 * How loudly a new version is told:
 * - `live`: everything a change starts is started;
 * - `quiet`: the change is history; the destinations are brought up to date, but nothing is started;
 * - `bulk`: the same, and the destinations wait for a bulk write instead of being hinted;
 * - `again`: nothing happened to the booking, and only what is made of it may change. Nothing is started by that, but
 *   what is still to be told of stays so.
 */
export type Manner = 'live' | 'quiet' | 'bulk' | 'again';
