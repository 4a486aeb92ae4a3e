import type { Booking } from '../../../shared/booking/booking.ts';
import type { Change, RecordedChange } from '../../../shared/booking/changes.ts';
import { guestKeyFor } from '../../../shared/guest/guest-key.ts';
import { profileOf, summarise } from '../../../shared/guest/profile.ts';
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
  leadScore: {
    value: 72,
    byRules: 70,
    band: 'hot',
    routing: 'rep',
    reasons: ['second booking (+20)', 'books early (+5)'],
  },
  segment: 'returning',
  churnRisk: 'low',
  interests: ['kayak', 'sunset'],
  upsell: { id: 'whale-watch', name: 'Whale watching' },
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
  const profile = profileOf([summarise(latest.booking, latest.firstSeenAt)], NOW.toISOString());
  return { key: latest.guestKey, company: latest.company, profile, kept, latest };
}

type SalesforceInput = Partial<CompanySettings['salesforce']>;

export function someSettings(salesforce: SalesforceInput = {}): CompanySettings {
  return companySettingsSchema.parse({ name: 'Harbor Kayaks', salesforce });
}
