import { type Company, type CustomerType, companyTime, instantOf, type Question } from './catalogue.ts';
import { type Deviation, deviate } from './deviations.ts';
import type { JsonObject } from './json.ts';
import { renderPayment, renderReceipt } from './money-body.ts';
import {
  type AnswerRecord,
  type AvailabilityRecord,
  type BookingRecord,
  type CheckinType,
  type CustomerRecord,
  taxOn,
} from './record.ts';

/** The four kinds of booking body that a webhook can be set to. */
export const bodyTypes = ['full', 'full-with-payments', 'optimized', 'optimized-with-payments'] as const;
export type BodyType = (typeof bodyTypes)[number];

export interface Rendering {
  readonly bodyType: BodyType;
  /** Milliseconds: whether the booking may still be cancelled depends on it. */
  readonly now: number;
  readonly placesLeft: number;
  /** Beside the booking's own. */
  readonly deviations?: readonly Deviation[];
}

export const apiRoot = 'https://fareharbor.com/api/external/v1';

/** Check-in statuses have a pk of their own in every company. */
export const checkinStatuses: Readonly<Record<CheckinType, { pk: number; name: string; type: CheckinType }>> = {
  'checked-in': { pk: 61, name: 'Checked in', type: 'checked-in' },
  'no-show': { pk: 62, name: 'No show', type: 'no-show' },
};

/** The booking as FareHarbor would put it into a webhook's `booking`. */
export function renderBooking(record: BookingRecord, rendering: Rendering): JsonObject {
  const full = rendering.bodyType.startsWith('full');
  const withPayments = rendering.bodyType.endsWith('with-payments');
  const { company, uuid } = record;
  const body: JsonObject = {
    pk: record.pk,
    uuid,
    availability: full ? renderAvailability(record.availability, rendering) : slimAvailability(record.availability),
    company: { shortname: company.shortname, name: company.name, currency: company.currency },
    affiliate_company: record.affiliate && { ...record.affiliate },
    contact: {
      name: record.contact.name,
      phone: record.contact.phone,
      phone_country: record.contact.phoneCountry,
      normalized_phone: record.contact.normalizedPhone,
      language: record.contact.language,
      email: record.contact.email,
      is_subscribed_for_email_updates: record.contact.emailConsent,
    },
    customers: record.customers.map((customer) => renderCustomer(record, customer, full, rendering.placesLeft)),
    customer_count: record.customers.length,
    ...renderReceipt(record),
    display_id: `#${record.pk}`,
    external_id: record.externalId,
    order: record.orderDisplayId === null ? null : { display_id: record.orderDisplayId },
    status: record.status,
    rebooked_from: record.rebookedFrom,
    rebooked_to: record.rebookedTo,
    confirmation_url: `https://fareharbor.com/embeds/book/${company.shortname}/bookings/${uuid}/`,
    dashboard_url: `https://fareharbor.com/${company.shortname}/dashboard/?overlay=/bookings/${uuid}/`,
    external_api_url: `${apiRoot}/companies/${company.shortname}/bookings/${uuid}/`,
    voucher_number: record.voucher,
    custom_field_values: record.answers.map((answer) => renderAnswer(answer, full)),
    note: record.note,
    note_safe_html: html(record.note),
    ...renderArrival(record),
    ...renderPolicy(record, rendering.now),
    agent: record.agent && { ...record.agent },
    desk: record.desk && { ...record.desk },
    is_subscribed_for_sms_updates: record.smsConsent,
    ...(withPayments && { payments: record.payments.map((payment) => renderPayment(company, payment)) }),
  };
  // The published schema of the plain full body is the only one without this field, and allows no other.
  if (rendering.bodyType === 'full-with-payments') withOnlineStatus(body);
  return deviate(body, record, [...record.deviations, ...(rendering.deviations ?? [])]);
}

function withOnlineStatus(body: JsonObject): void {
  const availability = body.availability;
  if (typeof availability === 'object' && availability !== null && !Array.isArray(availability)) {
    availability.online_booking_status = 'open';
  }
}

/** The availability as the API and the full bodies show it. */
export function renderAvailability(
  availability: AvailabilityRecord,
  { placesLeft }: Pick<Rendering, 'placesLeft'>,
): JsonObject {
  const { company, item } = availability;
  const rates = item.customerTypes.map((type) => renderRate(company, availability.pk, type, placesLeft));
  return {
    pk: availability.pk,
    start_at: availability.startAt,
    end_at: availability.endAt,
    capacity: placesLeft,
    minimum_party_size: null,
    maximum_party_size: null,
    headline: item.headline,
    item: { pk: item.pk, name: item.name },
    customer_type_rates: rates,
    custom_field_instances: item.questions.map((question) => ({
      pk: question.pk + 5000,
      custom_field: renderQuestion(question, true),
    })),
  };
}

function slimAvailability({ pk, item, startAt, endAt }: AvailabilityRecord): JsonObject {
  return { pk, item: { pk: item.pk, name: item.name }, start_at: startAt, end_at: endAt };
}

/** The pk of the price that customers of this type pay on this availability. */
export function ratePk(availabilityPk: number, type: CustomerType): number {
  return availabilityPk * 100_000 + type.pk;
}

function renderRate(company: Company, availabilityPk: number, type: CustomerType, capacity: number): JsonObject {
  const total = type.price;
  const total_including_tax = total + taxOn(company, total);
  return {
    ...slimRate(availabilityPk, type),
    total,
    total_including_tax,
    capacity,
    minimum_party_size: null,
    maximum_party_size: null,
    customer_type: { pk: type.pk, singular: type.singular, plural: type.plural, note: '' },
    customer_prototype: { pk: type.pk + 900, display_name: type.singular, note: '', total, total_including_tax },
    custom_field_instances: [],
  };
}

function slimRate(availabilityPk: number, type: CustomerType): JsonObject {
  return {
    pk: ratePk(availabilityPk, type),
    customer_type: { pk: type.pk, singular: type.singular, plural: type.plural },
    customer_prototype: { pk: type.pk + 900, display_name: type.singular },
  };
}

function renderCustomer(
  record: BookingRecord,
  customer: CustomerRecord,
  full: boolean,
  placesLeft: number,
): JsonObject {
  const { company, availability } = record;
  const { pk, type, checkin } = customer;
  const tax = taxOn(company, type.price);
  const cost = { price: type.price, taxable: type.price, feeable: type.price, tax, tax_by_type: {} };
  return {
    pk,
    checkin_url: `https://fhchk.co/${pk.toString(36)}`,
    checkin_status: checkin && { ...checkinStatuses[checkin] },
    total_cost: { ...cost, total: type.price + tax },
    invoice_cost: null,
    customer_type_rate: full ? renderRate(company, availability.pk, type, placesLeft) : slimRate(availability.pk, type),
    custom_field_values: customer.answers.map((answer) => renderAnswer(answer, full)),
  };
}

function renderQuestion({ pk, title, type, options }: Question, full: boolean): JsonObject {
  const modifier = { modifier_kind: 'offset', modifier_type: 'none', offset: 0, percentage: 0 };
  const flags = { is_always_per_customer: false, is_taxable: false };
  const choices = (options ?? []).map((option) => ({
    ...option,
    description: '',
    description_safe_html: '',
    ...modifier,
    ...flags,
  }));
  return {
    pk,
    type,
    is_required: false,
    name: title,
    title,
    description: '',
    description_safe_html: '',
    booking_notes: '',
    booking_notes_safe_html: '',
    ...modifier,
    ...flags,
    ...(full && options !== undefined && { extended_options: choices }),
  };
}

function renderAnswer({ pk, question, value }: AnswerRecord, full: boolean): JsonObject {
  return {
    pk,
    custom_field: renderQuestion(question, full),
    name: question.title,
    value: storedValue(question, value),
    display_value: value,
  };
}

/** FareHarbor stores a chosen option by its pk and a yes or no as `true` or `false`. */
function storedValue({ type, options }: Question, value: string): string {
  if (type === 'yes-no') return String(value.toLowerCase() === 'yes');
  const option = options?.find(({ name }) => name === value);
  return option === undefined ? value : String(option.pk);
}

function renderArrival({ pickup, availability: { startAt } }: BookingRecord): JsonObject {
  if (pickup === null) {
    const display_text = `Please arrive by ${startAt.slice(11, 16)}`;
    return { pickup: null, arrival: { time: startAt, notes: '', notes_safe_html: '', display_text } };
  }
  const about = { description: '', description_safe_html: '', map_url: '' };
  const display_text = `We pick you up from ${pickup}`;
  return { pickup: { time: startAt, name: pickup, ...about, display_text }, arrival: null };
}

function renderPolicy({ company, status, availability }: BookingRecord, now: number): JsonObject {
  const cutoff = instantOf(availability.startAt) - company.cancellationHours * 3_600_000;
  return {
    effective_cancellation_policy: { type: 'hours-before-start', cutoff: companyTime(company, cutoff) },
    is_eligible_for_cancellation: status === 'booked' && now < cutoff,
  };
}

function html(markdown: string): string {
  const escaped = markdown.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped === '' ? '' : `<p>${escaped}</p>`;
}

/** What an item notification says: which item, not what changed. */
export function renderItemNotification(company: Company, item: { pk: number; name: string }): JsonObject {
  const { shortname, name, currency } = company;
  return {
    pk: item.pk,
    name: item.name,
    company: { name, shortname, currency },
    external_api_url: `${apiRoot}/companies/${shortname}/items/${item.pk}`,
    dashboard_url: `https://fareharbor.com/${shortname}/dashboard/items/${item.pk}/`,
  };
}
