import { type Booking, bookingUuidSchema } from '../../../shared/booking/booking.ts';
import type { Money } from '../../../shared/booking/money.ts';
import { parseZonedTime, type ZonedTime } from '../../../shared/booking/zoned-time.ts';
import { seek } from '../../evidence/trail.ts';

/** A uuid that is easy to tell apart: `uuid(7)` ends in 7. */
export const uuid = (n: number) => bookingUuidSchema.parse(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);

export const usd = (amount: number): Money => ({ amount, currency: 'USD' });

export function at(text: string): ZonedTime {
  const time = parseZonedTime(text);
  if (time === undefined) throw new TypeError(`not a time with an offset: ${text}`);
  return time;
}

/** A paid booking of two adults in Honolulu; change what the test is about. */
export function aBooking(changes: Partial<Booking> = {}): Booking {
  seek('names', changes.contact?.name ?? 'Noa Kealoha');
  return {
    uuid: uuid(1),
    pk: 101,
    displayId: '#101',
    externalId: null,
    orderDisplayId: null,
    voucher: null,
    company: { shortname: 'harbor-kayaks', name: 'Harbor Kayaks', currency: 'USD' },
    affiliate: null,
    status: 'booked',
    rebookedFrom: null,
    rebookedTo: null,
    contact: {
      name: 'Noa Kealoha',
      email: 'noa@kealoha.test',
      phone: '+12025550101',
      language: 'en',
      emailConsent: true,
      smsConsent: false,
    },
    customers: [
      { pk: 1, type: 'Adult', checkin: null },
      { pk: 2, type: 'Adult', checkin: null },
    ],
    partySize: 2,
    item: { pk: 11, name: 'Sunset Kayak' },
    availability: {
      pk: 21,
      startAt: at('2026-12-20T17:00:00-1000'),
      endAt: at('2026-12-20T19:00:00-1000'),
      headline: null,
    },
    price: { total: usd(20000), taxes: usd(1000), invoice: null, invoiceTaxes: null, paid: usd(20000), discount: null },
    payments: null,
    answers: [],
    note: '',
    agent: null,
    desk: null,
    pickup: null,
    createdAt: at('2026-11-20T09:00:00-1000'),
    cancellationCutoff: null,
    dashboardUrl: 'https://fareharbor.com/harbor-kayaks/dashboard/101/',
    ...changes,
  };
}
