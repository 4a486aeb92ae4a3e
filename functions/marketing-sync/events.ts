import type { Booking } from '../../shared/booking/booking.ts';
import { type ChangeKind, eventKey, type RecordedChange } from '../../shared/booking/changes.ts';
import { formatMoney, toDecimal } from '../../shared/booking/money.ts';
import { revenueOf } from '../../shared/booking/revenue.ts';
import { localDate, localTime } from '../../shared/booking/zoned-time.ts';
import type { BookingRecord } from '../../shared/records/booking-record.ts';
import { cleanText } from './clean-text.ts';
import type { JourneyEvent } from './mailchimp/mailchimp.ts';

/** Tells of an offer that was recommended: the one event that is no fact of the booking. */
export const OFFER_EVENT = 'upsell_recommended';
type EventName = 'booking_created' | 'booking_changed' | 'booking_cancelled' | typeof OFFER_EVENT;

/** The changes that a journey could speak to the guest about; all others are silent. */
const EVENT_OF: Readonly<Partial<Record<ChangeKind, EventName>>> = {
  booked: 'booking_created',
  rebooked_from: 'booking_changed',
  reinstated: 'booking_changed',
  rescheduled: 'booking_changed',
  item_changed: 'booking_changed',
  party_changed: 'booking_changed',
  price_changed: 'booking_changed',
  cancelled: 'booking_cancelled',
  upsell_recommended: OFFER_EVENT,
};

/**
 * The events still true of the booking as it stands. A welcome to a tour that is cancelled by now, or a cancellation
 * taken back by now, would be wrong when it arrives. The half of a rebooking that was left tells nothing: its sale
 * goes on as a change of the other half.
 */
const STILL_TRUE: Readonly<Record<Booking['status'], readonly EventName[]>> = {
  booked: ['booking_created', 'booking_changed', OFFER_EVENT],
  cancelled: ['booking_cancelled'],
  rebooked: [],
};

/**
 * The journey events for changes that Mailchimp has not been told of, oldest first. Each version gives an event of a
 * name once, under the key `uuid:version:kind` of the change that led to it.
 *
 * @param fresh the record's changes since the version last synced.
 * @param predecessor the booking this one was rebooked from, where we hold it.
 */
export function eventsFor(
  record: BookingRecord,
  fresh: readonly RecordedChange[],
  predecessor: Booking | undefined,
): JourneyEvent[] {
  const byVersion = Map.groupBy(fresh, ({ version }) => version);
  return [...byVersion.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([, changes]) => eventsOfVersion(record, changes, predecessor));
}

function eventsOfVersion(
  record: BookingRecord,
  changes: readonly RecordedChange[],
  predecessor: Booking | undefined,
): JourneyEvent[] {
  const telling = changes.flatMap((recorded) => {
    const name = EVENT_OF[recorded.change.kind];
    return name !== undefined && STILL_TRUE[record.booking.status].includes(name) ? [{ name, recorded }] : [];
  });
  return [...Map.groupBy(telling, ({ name }) => name)].flatMap(([name, [first, ...rest]]) => {
    if (first === undefined) return [];
    const kinds = [first, ...rest].map(({ recorded }) => recorded);
    const properties = {
      ...factsOf(record.booking),
      ...(name === 'booking_changed' && whatChanged(kinds, predecessor)),
      ...(name === OFFER_EVENT && offerOf(first.recorded)),
      ...(name === 'booking_cancelled' && { refunded: formatMoney(revenueOf(record.booking).refunded) }),
    };
    return [{ name, properties: { event_key: keyOf(record.uuid, first.recorded), ...textsOf(properties) } }];
  });
}

/** An offer is told of once for a booking, however often it came and went: it is named by itself. */
function keyOf(uuid: string, recorded: RecordedChange): string {
  const { change } = recorded;
  return change.kind === OFFER_EVENT ? `${uuid}:${OFFER_EVENT}:${change.offer}` : eventKey(uuid, recorded);
}

type Facts = Readonly<Record<string, string | number | null | undefined>>;

/** The facts of the booking as it now stands. Nothing here was typed by a guest. */
function factsOf(booking: Booking): Facts {
  const { startAt } = booking.availability;
  const { priced } = revenueOf(booking);
  return {
    booking: booking.displayId ?? booking.uuid,
    company: booking.company.name,
    tour: booking.item.name,
    tour_id: booking.item.pk,
    tour_date: startAt && localDate(startAt),
    tour_time: startAt && localTime(startAt),
    tour_start: startAt?.instant,
    party_size: booking.partySize,
    total: toDecimal(priced),
    currency: priced.currency,
  };
}

/** The offer, as the operator's catalogue has it. */
function offerOf({ change }: RecordedChange): Facts {
  return change.kind === OFFER_EVENT ? { offer: change.offer, offer_name: change.name } : {};
}

/** Which kinds of change it was, and the day the tour had been on, for journeys that branch on it. */
function whatChanged(kinds: readonly RecordedChange[], predecessor: Booking | undefined): Facts {
  const moves = kinds.flatMap(({ change }) => (change.kind === 'rescheduled' ? [change.from] : []));
  const isRebooking = kinds.some(({ change }) => change.kind === 'rebooked_from');
  const before = moves[0] ?? (isRebooking ? predecessor?.availability.startAt : undefined);
  return {
    changed: kinds.map(({ change }) => (change.kind === 'rebooked_from' ? 'rebooked' : change.kind)).join(','),
    tour_date_before: before && localDate(before),
  };
}

/** Mailchimp takes only strings; a fact we do not have is left out. */
function textsOf(facts: Facts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => {
      const text = cleanText(String(value ?? ''));
      return text === '' ? [] : [[name, text]];
    }),
  );
}
