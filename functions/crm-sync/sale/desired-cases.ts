import type { Policies } from '../../../shared/acts/policies.ts';
import { shownOf } from '../../../shared/acts/shown.ts';
import type { Booking } from '../../../shared/booking/booking.ts';
import { eventKey, type RecordedChange } from '../../../shared/booking/changes.ts';
import { formatMoney, type Money } from '../../../shared/booking/money.ts';
import { revenueOf } from '../../../shared/booking/revenue.ts';
import { daysUntil, localDate, localTime, type ZonedTime } from '../../../shared/booking/zoned-time.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { clip } from '../fields/clean-text.ts';
import type { Values } from '../fields/fields.ts';
import { summaryFields } from '../fields/summary-fields.ts';
import { guestsWords } from './desired-sale.ts';

export type CaseKind = 'cancellation' | 'refund' | 'complaint' | 'accessibility';

export interface DesiredCase {
  readonly kind: CaseKind;
  /** The same whenever this change is looked at again, so that repeating makes no second Case. */
  readonly eventKey: string;
  /** Without the key and the links to other records. */
  readonly values: Values<'Case'>;
}

/** Days before the tour within which a Case of this kind is urgent; a complaint always is, a refund never. */
const URGENT_DAYS: Readonly<Record<CaseKind, number | 'always' | 'never'>> = {
  cancellation: 2,
  refund: 'never',
  accessibility: 7,
  complaint: 'always',
};

const TITLES: Readonly<Record<CaseKind, string>> = {
  cancellation: 'Cancelled',
  refund: 'Refunded',
  complaint: 'Complaint',
  accessibility: 'Accessibility need',
};

/**
 * What happened is named by itself where it can be, not by the booking that told of it: refunds and the guest's words
 * go along with a rebooking, and are then seen on both bookings.
 */
function keyOf({ uuid, company }: BookingRecord, saleKey: string, recorded: RecordedChange): string {
  const { change } = recorded;
  if (change.kind === 'refunded' && change.refundPk !== undefined) return `${company}:refund:${change.refundPk}`;
  if ('words' in change && change.words !== undefined) return `${saleKey}:${change.kind}:${change.words}`;
  return eventKey(uuid, recorded);
}

/**
 * The Cases for what happened after `syncedVersion`: cancelled, refunded, complained, told an accessibility need.
 * The status is not among the values: a person who has closed a Case must not find it open again.
 * @param saleKey the uuid of the first booking of the sale that the record belongs to.
 */
export function desiredCases(
  record: BookingRecord,
  syncedVersion: number,
  saleKey: string,
  policies: Policies,
): DesiredCase[] {
  const words = summaryFields(shownOf(record, policies));
  const cases = record.changes
    .filter(({ version }) => version > syncedVersion)
    .flatMap((recorded) => {
      const kind = kindOf(recorded);
      if (kind === undefined) return [];
      const made = desiredCase(record, recorded, kind, keyOf(record, saleKey, recorded));
      return [{ ...made, values: { ...made.values, ...words } }];
    });
  // The same words said again, or a refund that was gone for a while: one request takes a key once.
  return [...new Map(cases.map((one) => [one.eventKey, one])).values()];
}

function kindOf({ change }: RecordedChange): CaseKind | undefined {
  switch (change.kind) {
    case 'cancelled':
      return 'cancellation';
    case 'refunded':
      // Below zero a refund was taken back: that asks nothing of anybody.
      return change.amount.amount > 0 ? 'refund' : undefined;
    case 'complaint_raised':
      return 'complaint';
    case 'accessibility_requested':
      return 'accessibility';
    default:
      return undefined;
  }
}

function desiredCase(record: BookingRecord, recorded: RecordedChange, kind: CaseKind, key: string): DesiredCase {
  const { booking } = record;
  const { startAt } = booking.availability;
  const day = startAt && localDate(startAt);
  const which = [clip(booking.item.name, 100), day, booking.displayId].filter(Boolean).join(' · ');
  return {
    kind,
    eventKey: key,
    values: {
      Subject: `${TITLES[kind]}: ${which}`,
      Description: describe(booking, recorded, kind),
      Priority: priorityOf(kind, startAt, recorded.at),
      Origin: 'Web',
      SuppliedEmail: booking.contact.email ?? undefined,
      FareHarbor_Booking_UUID__c: record.uuid,
      Case_Kind__c: kind,
      Tour_Date__c: day,
    },
  };
}

/** By what happened and when, never by what was written: a guest's words set no priority. */
function priorityOf(kind: CaseKind, startAt: ZonedTime | null, at: string): 'High' | 'Medium' {
  const within = URGENT_DAYS[kind];
  if (typeof within === 'string') return within === 'always' ? 'High' : 'Medium';
  const days = startAt === null ? -1 : daysUntil(startAt, at);
  return days >= 0 && days <= within ? 'High' : 'Medium';
}

/** What somebody who answers the guest wants to know first. Facts are ours, the last part is the guest's own words. */
function describe(booking: Booking, { change }: RecordedChange, kind: CaseKind): string {
  const { startAt } = booking.availability;
  const { priced, paid, refunded } = revenueOf(booking);
  const refund: Money | undefined = change.kind === 'refunded' ? change.amount : undefined;
  const words = kind === 'complaint' || kind === 'accessibility' ? guestsWords(booking) : '';
  return [
    `Booking: ${booking.displayId ?? booking.uuid}`,
    `Guest: ${booking.contact.name.trim() || 'no name given'}`,
    `Tour: ${booking.item.name}${startAt ? `, ${localDate(startAt)} ${localTime(startAt)}` : ''}`,
    `Party: ${booking.partySize}`,
    ...(refund ? [`This refund: ${formatMoney(refund)}`] : []),
    `Booked at ${formatMoney(priced)}, paid ${formatMoney(paid)}, refunded ${formatMoney(refunded)}`,
    ...(booking.affiliate ? [`Sold by: ${booking.affiliate.name}`] : []),
    ...(booking.dashboardUrl ? [booking.dashboardUrl] : []),
    ...(words ? ['', 'In the guest’s words:', words] : []),
  ].join('\n');
}
