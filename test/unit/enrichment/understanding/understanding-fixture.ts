import type { Answer, Booking } from '../../../../shared/booking/booking.ts';
import { summarise } from '../../../../shared/guest/booking-summary.ts';
import { type GuestProfile, profileOf } from '../../../../shared/guest/profile.ts';
import { totalsOf } from '../../../../shared/guest/totals.ts';
import { type CompanySettingsInput, companySettingsSchema } from '../../../../shared/settings/settings.ts';
import type { Signals } from '../../../../shared/understanding/understanding.ts';
import { aBooking } from '../../shared/booking-fixture.ts';

export const NOW = new Date('2026-11-21T12:00:00.000Z');
export const BOOKED_AT = '2026-11-20T19:00:00.000Z';

/** An operator that sells three more things. */
export const settingsWith = (changes: Partial<CompanySettingsInput> = {}) =>
  companySettingsSchema.parse({
    name: 'Harbor Kayaks',
    catalogue: [
      {
        id: 'sunset-paddle',
        name: 'Sunset paddle with dinner',
        itemPk: 31,
        interests: ['kayak', 'couples'],
        maxPartySize: 8,
      },
      { id: 'snorkel-cove', name: 'Snorkelling at Seal Cove', itemPk: 32, interests: ['snorkel'], maxPartySize: 12 },
      { id: 'team-regatta', name: 'Team regatta', itemPk: 33, interests: ['corporate'], minPartySize: 10 },
    ],
    ...changes,
  });

/** A guest with a private mailbox, who scores little by themselves. */
export const privateGuest = { ...aBooking().contact, email: 'noa@mail.test' };

export const answered = (question: string, value: string, type = 'short'): Answer => ({
  question,
  type,
  value,
  customerPk: null,
});

/** The guest's history when these are all their bookings. */
export function historyOf(bookings: readonly Booking[], now: Date = NOW): GuestProfile {
  const at = now.toISOString();
  const summaries = bookings.map((booking) => summarise(booking, BOOKED_AT));
  return profileOf(totalsOf(summaries, at), at);
}

export const silent: Signals = {
  occasion: 'none',
  groupKind: 'unknown',
  dietary: [],
  accessibility: [],
  complaint: false,
  urgency: 'normal',
  language: 'unknown',
  upsellAffinity: [],
};

/** Many invented people of one type. */
export const people = (count: number, type = 'Adult'): Booking['customers'] =>
  Array.from({ length: count }, (_, index) => ({ pk: index + 1, type, checkin: null }));
