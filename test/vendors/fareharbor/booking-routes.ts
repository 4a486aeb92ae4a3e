import * as z from 'zod';
import type { Route, VendorReply, VendorRequest } from '../server.ts';
import type { Account } from './account.ts';
import { apiError } from './api-error.ts';
import { checkinStatuses, ratePk } from './body.ts';
import { type Company, instantOf } from './catalogue.ts';
import type { JsonObject } from './json.ts';
import {
  type AvailabilityRecord,
  type BookingInput,
  type BookingRecord,
  type Party,
  receiptOf,
  taxOn,
} from './record.ts';

/** What the routes need of the stand-in around them. */
export interface BookingDesk {
  readonly account: Account;
  readonly now: () => number;
  /** The API's own form of a booking. */
  show(record: BookingRecord, withPayments: boolean): JsonObject;
  /** A change made by API makes FareHarbor send webhooks of these bookings. */
  changed(event: 'created' | 'changed' | 'cancelled', records: readonly BookingRecord[]): void;
}

const base = '/api/external/v1/companies/:company';

const customFieldValues = z.array(z.strictObject({ custom_field: z.number(), value: z.string().max(2048) }));

const bookingRequest = z.strictObject({
  contact: z.strictObject({ name: z.string().max(128), email: z.string().max(256), phone: z.string().max(32) }),
  customers: z
    .array(z.strictObject({ customer_type_rate: z.number(), custom_field_values: customFieldValues.optional() }))
    .min(1),
  voucher_number: z.string().max(128).optional(),
  note: z.string().optional(),
  rebooking: z.string().optional(),
  custom_field_values: customFieldValues.optional(),
  agent_name: z.string().optional(),
  desk_name: z.string().optional(),
});
type BookingRequest = z.infer<typeof bookingRequest>;

const checkinRequest = z.strictObject({
  checkin_status: z.union([z.string(), z.number(), z.null()]).optional(),
  customer: z.number().nullable().optional(),
});

/** The routes under a company that read and change bookings. */
export function bookingRoutes(desk: BookingDesk): Route[] {
  return [
    {
      name: 'availability.bookings',
      method: 'GET',
      pattern: `${base}/availabilities/:pk/bookings`,
      handle: (request) => {
        const { pk } = availabilityOf(desk.account, request);
        const bookings = [...desk.account.bookings.values()].filter(({ availability }) => availability.pk === pk);
        return ok({ bookings: bookings.map((record) => simplified(desk.show(record, false))) });
      },
    },
    {
      name: 'booking.validate',
      method: 'POST',
      pattern: `${base}/availabilities/:pk/bookings/validate`,
      handle: (request) => validate(desk, request),
    },
    {
      name: 'booking.create',
      method: 'POST',
      pattern: `${base}/availabilities/:pk/bookings`,
      handle: (request) => create(desk, request),
    },
    {
      name: 'booking.get',
      method: 'GET',
      pattern: `${base}/bookings/:uuid`,
      handle: (request) => {
        const withPayments = request.query.get('with_payments') === 'yes';
        return ok({ booking: desk.show(bookingOf(desk.account, request), withPayments) });
      },
    },
    {
      name: 'booking.cancel',
      method: 'DELETE',
      pattern: `${base}/bookings/:uuid`,
      handle: (request) => cancel(desk, request),
    },
    {
      name: 'booking.note',
      method: 'PUT',
      pattern: `${base}/bookings/:uuid/note`,
      handle: (request) => writeNote(desk, request),
    },
    {
      name: 'booking.checkin',
      method: 'PUT',
      pattern: `${base}/bookings/:uuid/checkin`,
      handle: (request) => checkin(desk, request),
    },
  ];
}

function ok(body: JsonObject): VendorReply {
  return { status: 200, body };
}

/** A booking of another company than the path names does not exist there. */
function bookingOf(account: Account, { params }: VendorRequest): BookingRecord {
  const company = account.company(params.company ?? '');
  const record = account.booking(params.uuid ?? '');
  if (record.company === company) return record;
  const message = `${record.uuid} is not a valid booking uuid for company shortname ${company.shortname}`;
  throw apiError(404, 'booking-uuid-invalid', message);
}

/** @throws FareHarborRefusal 404 when the company has no such availability. */
export function availabilityOf(account: Account, { params }: VendorRequest): AvailabilityRecord {
  const company = account.company(params.company ?? '');
  const availability = account.availabilities.get(Number(params.pk));
  if (availability?.company === company) return availability;
  const message = `${params.pk} is not a valid availability pk for company shortname ${company.shortname}`;
  throw apiError(404, 'availability-pk-invalid', message);
}

function parse<T>(schema: z.ZodType<T>, request: VendorRequest): T {
  const json = request.json();
  if (json === undefined) throw apiError(400, 'book-data-parse-error', 'Unable to parse request body');
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw apiError(400, 'book-data-validation-error', `Validation error: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** The simplified form that lists give: who and which, not what or how much. */
function simplified(booking: JsonObject): JsonObject {
  const fields = [
    'pk',
    'uuid',
    'company',
    'affiliate_company',
    'contact',
    'display_id',
    'external_id',
    'order',
    'status',
    'rebooked_from',
    'rebooked_to',
    'dashboard_url',
  ];
  const chosen: JsonObject = {};
  for (const field of fields) chosen[field] = booking[field] ?? null;
  return chosen;
}

function partyOf(availability: AvailabilityRecord, { customers }: BookingRequest): Party {
  const party: Record<string, number> = {};
  for (const { customer_type_rate } of customers) {
    const type = availability.item.customerTypes.find((one) => ratePk(availability.pk, one) === customer_type_rate);
    if (type === undefined) {
      const message = `The following 'customer_type_rate' pk values are invalid for availability pk ${availability.pk}: ${customer_type_rate}`;
      throw apiError(400, 'customer-type-rates-invalid', message);
    }
    party[type.singular] = (party[type.singular] ?? 0) + 1;
  }
  return party;
}

/** Why these cannot be booked; undefined when they can. A rebooking gives its own places back first. */
function obstacle(desk: BookingDesk, availability: AvailabilityRecord, request: BookingRequest): string | undefined {
  if (instantOf(availability.startAt) <= desk.now()) return 'Cutoff time reached';
  const old = request.rebooking === undefined ? undefined : desk.account.booking(request.rebooking);
  const own = old?.availability.pk === availability.pk ? old.customers.length : 0;
  const left = desk.account.placesLeft(availability) + own;
  return request.customers.length > left ? 'Full for all customer types' : undefined;
}

function validate(desk: BookingDesk, request: VendorRequest): VendorReply {
  const availability = availabilityOf(desk.account, request);
  const wanted = parse(bookingRequest, request);
  const party = partyOf(availability, wanted);
  const reason = obstacle(desk, availability, wanted);
  if (reason !== undefined) {
    return ok({ is_bookable: false, code: 'bookability-error', error: `Unable to create booking: ${reason}` });
  }
  const subtotal = availability.item.customerTypes.reduce(
    (sum, type) => sum + type.price * (party[type.singular] ?? 0),
    0,
  );
  const taxes = taxOn(availability.company, subtotal);
  return ok({
    is_bookable: true,
    invoice_price: null,
    receipt_subtotal: subtotal,
    receipt_taxes: taxes,
    receipt_total: subtotal + taxes,
  });
}

function create(desk: BookingDesk, request: VendorRequest): VendorReply {
  const availability = availabilityOf(desk.account, request);
  const wanted = parse(bookingRequest, request);
  const party = partyOf(availability, wanted);
  const reason = obstacle(desk, availability, wanted);
  if (reason !== undefined) throw apiError(400, 'bookability-error', `Unable to create booking: ${reason}`);
  const { company, item, startAt } = availability;
  const input: BookingInput = {
    company: company.shortname,
    item: item.pk,
    startAt,
    party,
    contact: { ...wanted.contact, phoneCountry: '', emailConsent: false },
    answers: answersOf(availability, wanted),
    note: wanted.note ?? '',
    voucher: wanted.voucher_number ?? '',
    ...(wanted.agent_name !== undefined && { agent: wanted.agent_name }),
    ...(wanted.desk_name !== undefined && { desk: wanted.desk_name }),
  };
  if (wanted.rebooking === undefined) {
    const record = desk.account.book(input);
    desk.changed('created', [record]);
    return ok({ booking: desk.show(record, false) });
  }
  const old = rebookable(desk.account, company, wanted.rebooking);
  const record = desk.account.rebook(old.uuid, input);
  desk.changed('changed', [old]);
  desk.changed('created', [record]);
  return ok({ booking: desk.show(record, false) });
}

function rebookable(account: Account, company: Company, uuid: string): BookingRecord {
  const record = account.bookings.get(uuid);
  if (record?.company === company) return record;
  throw apiError(400, 'rebooking-uuid-invalid-error', `${uuid} is not a valid UUID`);
}

function answersOf({ item }: AvailabilityRecord, { custom_field_values }: BookingRequest): Record<string, string> {
  const answers: Record<string, string> = {};
  for (const { custom_field, value } of custom_field_values ?? []) {
    const question = item.questions.find(({ pk }) => pk === custom_field);
    if (question === undefined) {
      const message = `The following custom_field pk values are invalid: ${custom_field}`;
      throw apiError(400, 'booking-custom-field-values-invalid', message);
    }
    const option = question.options?.find(({ pk }) => String(pk) === value)?.name;
    const yesNo = value === 'true' ? 'Yes' : 'No';
    answers[question.title] = option ?? (question.type === 'yes-no' ? yesNo : value);
  }
  return answers;
}

function cancel(desk: BookingDesk, request: VendorRequest): VendorReply {
  const record = bookingOf(desk.account, request);
  const open = record.payments.filter(({ type }) => type === 'affiliate');
  if (open.length > 0 && receiptOf(record).paid > 0) {
    const message = "Unable to cancel booking: You don't have permission to cancel this booking.";
    throw apiError(400, 'booking-cancellation-error', message);
  }
  const cancelled = desk.account.cancel(record.uuid);
  desk.changed('cancelled', [cancelled]);
  return ok({ booking: desk.show(cancelled, false) });
}

function writeNote(desk: BookingDesk, request: VendorRequest): VendorReply {
  const record = bookingOf(desk.account, request);
  const { note } = parse(z.strictObject({ note: z.string() }), request);
  desk.account.edit(record.uuid, { note });
  desk.changed('changed', [record]);
  return ok({ booking: desk.show(record, false) });
}

function checkin(desk: BookingDesk, request: VendorRequest): VendorReply {
  const record = bookingOf(desk.account, request);
  const wanted = request.body === '' ? {} : parse(checkinRequest, request);
  const customer = wanted.customer ?? undefined;
  if (customer !== undefined && record.customers.every(({ pk }) => pk !== customer)) {
    throw apiError(400, 'invalid-checkin-customer', 'invalid customer');
  }
  const pks = customer === undefined ? undefined : [customer];
  const status = wanted.checkin_status === undefined ? 'auto' : wanted.checkin_status;
  if (status === 'unchanged') return ok({ booking: desk.show(record, false) });
  if (status === 'auto' && record.customers.some((one) => one.checkin !== null && (pks?.includes(one.pk) ?? true))) {
    throw apiError(400, 'invalid-checkin-already-checked-in', 'already checked in');
  }
  const chosen = Object.values(checkinStatuses).find(({ pk }) => pk === status)?.type;
  if (status !== null && status !== 'auto' && chosen === undefined) {
    throw apiError(400, 'invalid-checkin-status-error', 'invalid checkin status');
  }
  desk.account.setCheckin(record.uuid, status === null ? null : (chosen ?? 'checked-in'), pks);
  desk.changed('changed', [record]);
  return ok({ booking: desk.show(record, false) });
}
