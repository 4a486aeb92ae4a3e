import {
  type Booking,
  type BookingUuid,
  bookingSchema,
  bookingStatusSchema,
  bookingUuidSchema,
  type Customer,
  checkinSchema,
} from '../../../shared/booking/booking.ts';
import { readAnswers, readPartySize } from './answers.ts';
import { BodyReader } from './body-reader.ts';
import { readContact } from './contact.ts';
import { readPayments, readPrice } from './price.ts';

/** What stands in where a body leaves it out. */
export interface NormaliseContext {
  /** Titles of questions whose answer is the true party size. */
  readonly partySizeQuestions: readonly string[];
  /** The company whose key the webhook carried, or `*`: it stands in where the body names none. */
  readonly keyCompany: string;
}

export interface Normalised {
  readonly booking: Booking;
  /** Paths of the body that were of no use and were left out. */
  readonly unusable: readonly string[];
}

/** Why a body is no booking we can keep. */
export type NotABooking = 'no-uuid' | 'no-company' | 'too-large';

/** A record holds the booking, its changes and what was understood in one item of at most 400 KB. */
const LARGEST_BOOKING_BYTES = 200_000;

/** The booking's uuid and its company's shortname: who it is, before anything else is read. */
export function identify(
  raw: unknown,
  keyCompany: string,
): { uuid: BookingUuid; company: string } | 'no-uuid' | 'no-company' {
  const reader = new BodyReader(raw);
  const uuid = bookingUuidSchema.safeParse(reader.text('uuid'));
  if (!uuid.success) return 'no-uuid';
  const company = reader.part('company');
  const shortname = company.text('shortname') ?? company.text('short_name');
  if (shortname !== null) return { uuid: uuid.data, company: shortname };
  return keyCompany === '*' ? 'no-company' : { uuid: uuid.data, company: keyCompany };
}

/**
 * Brings any of FareHarbor's four body types, or Retrieve booking's answer, into Harborlight's one shape.
 * Takes whatever JSON there is under `booking` and never throws; unknown fields pass by unharmed.
 */
export function normalise(raw: unknown, context: NormaliseContext): Normalised | NotABooking {
  const identity = identify(raw, context.keyCompany);
  if (typeof identity === 'string') return identity;
  const reader = new BodyReader(raw);
  const company = readCompany(reader, identity.company);
  const customers = readCustomers(reader);
  const answers = readAnswers(reader, company.currency);
  const availability = reader.part('availability');
  const item = availability.part('item');
  const booking: Booking = {
    uuid: identity.uuid,
    pk: reader.integer('pk'),
    displayId: reader.text('display_id'),
    externalId: reader.text('external_id'),
    orderDisplayId: reader.object('order')?.text('display_id') ?? null,
    voucher: reader.text('voucher_number'),
    company,
    affiliate: readAffiliate(reader),
    status: reader.word('status', bookingStatusSchema.options) ?? 'booked',
    rebookedFrom: readUuid(reader, 'rebooked_from'),
    rebookedTo: readUuid(reader, 'rebooked_to'),
    contact: readContact(reader),
    customers,
    partySize: readPartySize(reader, customers.length, answers, context.partySizeQuestions),
    item: { pk: item.integer('pk'), name: item.text('name') ?? 'Unnamed tour' },
    availability: {
      pk: availability.integer('pk'),
      startAt: availability.time('start_at'),
      endAt: availability.time('end_at'),
      headline: availability.text('headline'),
    },
    price: readPrice(reader, company.currency),
    payments: readPayments(reader, company.currency),
    answers,
    note: reader.text('note') ?? '',
    agent: reader.object('agent')?.text('name') ?? null,
    desk: reader.object('desk')?.text('name') ?? null,
    pickup: readPickup(reader),
    createdAt: reader.time('created_at'),
    cancellationCutoff: reader.object('effective_cancellation_policy')?.time('cutoff') ?? null,
    dashboardUrl: readUrl(reader, 'dashboard_url'),
  };
  if (Buffer.byteLength(JSON.stringify(booking)) > LARGEST_BOOKING_BYTES) return 'too-large';
  return { booking: bookingSchema.parse(booking), unusable: reader.unusable };
}

function readCompany(reader: BodyReader, shortname: string): Booking['company'] {
  const company = reader.part('company');
  const currency = company.text('currency')?.toUpperCase() ?? 'USD';
  const known = /^[A-Z]{3}$/.test(currency);
  if (!known) company.reject('currency');
  return { shortname, name: company.text('name') ?? shortname, currency: known ? currency : 'USD' };
}

function readAffiliate(reader: BodyReader): Booking['affiliate'] {
  const affiliate = reader.object('affiliate_company');
  if (affiliate === null) return null;
  const shortname = affiliate.text('shortname') ?? affiliate.text('short_name');
  const name = affiliate.text('name') ?? shortname;
  return name === null ? null : { shortname, name };
}

function readUuid(reader: BodyReader, field: string): BookingUuid | null {
  const text = reader.text(field);
  if (text === null) return null;
  const uuid = bookingUuidSchema.safeParse(text);
  return uuid.success ? uuid.data : reader.reject(field);
}

function readCustomers(reader: BodyReader): Customer[] {
  return reader.list('customers').flatMap((customer) => {
    const pk = customer.integer('pk');
    if (pk === null) return [];
    const rate = customer.part('customer_type_rate');
    const type = rate.part('customer_type').text('singular') ?? rate.part('customer_prototype').text('display_name');
    // Operators define further check-in types of their own; only these two mean something to everybody.
    const checkin = checkinSchema.safeParse(customer.object('checkin_status')?.text('type'));
    return [{ pk, type, checkin: checkin.success ? checkin.data : null }];
  });
}

function readPickup(reader: BodyReader): string | null {
  const pickup = reader.object('pickup');
  return pickup === null ? null : (pickup.text('display_text') ?? pickup.text('name'));
}

/** Only a link that a person can open: it is shown, never fetched. */
function readUrl(reader: BodyReader, field: string): string | null {
  const text = reader.text(field);
  if (text === null) return null;
  return URL.canParse(text) && new URL(text).protocol === 'https:' ? text : reader.reject(field);
}
