export type Stage = 'won' | 'pending' | 'lost';
export type CaseKind = 'cancellation' | 'refund' | 'complaint' | 'accessibility';
export type EventName = 'booking_created' | 'booking_changed' | 'booking_cancelled';
/** How often: exactly, or from … to, where the pace of the deliveries decides. */
export type Times = number | readonly [least: number, most: number];

export interface ExpectedOpportunity {
  readonly stage: Stage;
  /** What the booking is worth, in the currency's smallest unit. */
  readonly amountMinor: number;
  readonly currency: string;
  readonly partySize: number;
  /** The tour's day on the company's calendar, `YYYY-MM-DD`. */
  readonly tourDate: string;
  /** The booking that the sale is now, where it is not the first one. */
  readonly currentUuid?: string;
  /** Nobody has been checked in or missed where left out. */
  readonly attendance?: 'checked-in' | 'no-show';
}

export interface ExpectedBooking {
  readonly uuid: string;
  readonly status: 'booked' | 'cancelled' | 'rebooked';
  /** Null for a booking that carries on another one's sale and so has no opportunity of its own. */
  readonly opportunity: ExpectedOpportunity | null;
  /** The sale's Cases, each once. */
  readonly cases: readonly CaseKind[];
}

export interface ExpectedMember {
  readonly status: 'subscribed' | 'transactional' | 'unsubscribed' | 'pending';
  /** Day of the next tour; null for none. */
  readonly nextTour: string | null;
  readonly lastTour: string | null;
  /** Events not named here must not be there. */
  readonly events: Readonly<Partial<Record<EventName, Times>>>;
  readonly tagsInclude?: readonly string[];
  readonly tagsExclude?: readonly string[];
}

export interface ExpectedGuest {
  /** Null for a guest without one. */
  readonly email: string | null;
  /** The whole name, as the guest gave it. */
  readonly name: string;
  /** Null when the guest must not be in the audience. */
  readonly member: ExpectedMember | null;
  /** Contacts with this address; for a guest without one, contacts that the bookings point to. */
  readonly contacts: number;
  /** Bookings (by the uuid of their sale) whose opportunities must all point to this guest. */
  readonly sales: readonly string[];
}

/** What both vendors hold once a story has been told, said without either vendor's words. */
export interface Expectation {
  readonly bookings: readonly ExpectedBooking[];
  readonly guests: readonly ExpectedGuest[];
}
