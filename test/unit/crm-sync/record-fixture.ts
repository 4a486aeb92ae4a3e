import type { Booking } from '../../../shared/booking/booking.ts';
import type { Change, RecordedChange } from '../../../shared/booking/changes.ts';
import { summarise } from '../../../shared/guest/booking-summary.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { profileOf } from '../../../shared/guest/profile.ts';
import { totalsOf } from '../../../shared/guest/totals.ts';
import type { BookingRecord } from '../../../shared/records/booking-record.ts';
import { type CompanySettings, companySettingsSchema } from '../../../shared/settings/settings.ts';
import type { GuestView } from '../../../shared/sink/sink.ts';
import type { Understanding } from '../../../shared/understanding/understanding.ts';
import { aBooking, uuid } from '../shared/booking-fixture.ts';

/** The tests' present. */
export const NOW = new Date('2026-11-21T20:00:00.000Z');

export const anUnderstanding: Understanding = {
  mode: 'model',
  rulesReason: null,
  features: { partySize: 2, earlierBookings: 1 },
  leadScore: {
    value: 72,
    byRules: 70,
    band: 'hot',
    routing: 'rep',
    routingReason: 'score of 70 reaches the line of 60',
    reasons: ['second booking (+20)', 'books early (+5)'],
  },
  segment: 'returning',
  segmentReasons: ['1 earlier booking'],
  churnRisk: 'low',
  churnReasons: ['tour to come on 2026-12-20 (−30)'],
  interests: ['kayak', 'sunset'],
  upsell: { id: 'whale-watch', name: 'Whale watching', reasons: ['likes kayak (+2)'] },
  risk: {
    modelVersion: 'hotel-1',
    cancellation: { probability: 0.124, reasons: ['booked 30 days ahead'] },
    noShow: { probability: 0.013, reasons: [] },
  },
  guest: {
    bands: { recency: 5, frequency: 4, money: 3 },
    predictedValue: { amount: 42_000, currency: 'USD' },
    predictedValueReason: '1.05 bookings a year of USD 200.00 for 2 years',
    categories: ['kayak'],
  },
  signals: {
    occasion: 'none',
    groupKind: 'unknown',
    dietary: [],
    accessibility: [],
    complaint: false,
    urgency: 'low',
    language: 'en',
    upsellAffinity: [],
  },
  summary: 'A returning couple.',
  lineage: null,
};

/** Changes as recorded at a version, at the tests' present. */
export function recorded(version: number, ...changes: Change[]): RecordedChange[] {
  return changes.map((change) => ({ version, at: NOW.toISOString(), change }));
}

/** The first version of a record; change what the test is about. */
export function aRecord(booking: Partial<Booking> = {}, changes: Partial<BookingRecord> = {}): BookingRecord {
  const whole = aBooking(booking);
  return {
    uuid: whole.uuid,
    company: whole.company.shortname,
    version: 1,
    guestKey: guestKeyFor(uuid(1)),
    booking: whole,
    understanding: anUnderstanding,
    changes: recorded(1, { kind: 'booked' }),
    unusable: [],
    source: 'api',
    firstSeenAt: NOW.toISOString(),
    changedAt: NOW.toISOString(),
    receivedAt: NOW.toISOString(),
    sync: { crm: { version: 0, at: NOW.toISOString(), state: 'synced' } },
    ...changes,
  };
}

/** The guest as seen from one record. */
export function aGuest(latest: BookingRecord, kept?: unknown): GuestView {
  const now = NOW.toISOString();
  const profile = profileOf(totalsOf([summarise(latest.booking, latest.firstSeenAt)], now), now);
  return { key: latest.guestKey, company: latest.company, profile, kept, latest };
}

type SalesforceInput = Partial<CompanySettings['salesforce']>;

export function someSettings(salesforce: SalesforceInput = {}): CompanySettings {
  return companySettingsSchema.parse({ name: 'Harbor Kayaks', salesforce });
}
