import { companyTime } from './catalogue.ts';
import type { Json, JsonObject } from './json.ts';
import { type BookingRecord, receiptOf } from './record.ts';

/** Ways in which real bodies were seen to break or exceed the published schemas. */
export const deviations = [
  'unknown-fields',
  'crew-and-resources',
  'item-location',
  'affiliate-short-name',
  'null-strings',
  'escaped-unicode',
  'answer-discount',
  'checkin-extra-keys',
  'blank-name',
  'short-phone',
] as const;
export type Deviation = (typeof deviations)[number];

type Change = (body: JsonObject, record: BookingRecord) => void;

/** Gives the body as production would send it. The body given is not touched. */
export function deviate(body: JsonObject, record: BookingRecord, chosen: readonly Deviation[]): JsonObject {
  if (chosen.length === 0) return body;
  const changed = structuredClone(body);
  for (const deviation of chosen) changes[deviation](changed, record);
  return changed;
}

const changes: Readonly<Record<Deviation, Change>> = {
  'unknown-fields': (body, record) => {
    Object.assign(body, {
      created_at: companyTime(record.company, record.createdAt),
      source_type: record.affiliate === null ? 'online' : 'affiliate',
      booked_by: { name: 'Front Desk' },
      is_reminder_email_disabled: false,
      is_follow_up_email_disabled: false,
      lodging: null,
      reminders_sent: record.remindersSent,
      a_field_of_tomorrow: { depth: [1, { of: 'nesting' }], note: null },
    });
    for (const contact of objectsOf(body.contact)) contact.preferred_channel = 'carrier-pigeon';
  },
  'crew-and-resources': (body, record) => {
    for (const availability of objectsOf(body.availability)) {
      availability.crew_members = [
        { pk: 71, user: { name: 'Sol Rivers', username: 'sol' }, role: { pk: 3, short_name: 'guide' }, note: '' },
      ];
    }
    const { startAt, endAt } = record.availability;
    body.resource_uses = record.customers.map(({ pk }) => ({
      resource: { pk: 81, name: 'Double kayak', short_name: 'double-kayak' },
      customer_pk: pk,
      start_at: startAt,
      end_at: endAt,
      use_count: 1,
    }));
  },
  'item-location': (body) => {
    for (const availability of objectsOf(body.availability)) {
      for (const item of objectsOf(availability.item)) {
        item.primary_location = { address: { city: 'Port', street: '1 Quay' }, latitude: 21.3, longitude: -157.8 };
      }
    }
  },
  'affiliate-short-name': (body) => {
    for (const affiliate of objectsOf(body.affiliate_company)) {
      affiliate.short_name = affiliate.shortname ?? null;
      delete affiliate.shortname;
    }
  },
  'null-strings': (body) => {
    for (const field of ['external_id', 'voucher_number']) if (body[field] === '') body[field] = 'null';
    for (const contact of objectsOf(body.contact)) {
      contact.language = 'null';
      contact.phone_country = 'null';
      for (const field of ['email', 'phone', 'normalized_phone']) if (contact[field] === '') contact[field] = 'null';
    }
  },
  'escaped-unicode': (body) => {
    body.note = escapeTwice(body.note);
    for (const availability of objectsOf(body.availability)) {
      for (const item of objectsOf(availability.item)) item.name = escapeTwice(item.name);
    }
    for (const answer of objectsOf(body.custom_field_values)) {
      answer.display_value = escapeTwice(answer.display_value);
    }
  },
  'answer-discount': (body, record) => {
    const [first] = objectsOf(body.custom_field_values);
    if (first !== undefined) first.total_cost = { total: -Math.round((receiptOf(record).subtotal ?? 0) / 10), tax: 0 };
  },
  'checkin-extra-keys': (body) => {
    for (const customer of objectsOf(body.customers)) {
      for (const status of objectsOf(customer.checkin_status)) {
        Object.assign(status, { is_hidden: false, color: 'green', order: 1 });
      }
    }
  },
  'blank-name': (body) => {
    for (const contact of objectsOf(body.contact)) contact.name = 'y y';
  },
  'short-phone': (body) => {
    for (const contact of objectsOf(body.contact)) Object.assign(contact, { phone: '12', normalized_phone: '+112' });
  },
};

/** The object, or the objects of the list; none for anything else. */
function objectsOf(value: Json | undefined): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  return typeof value === 'object' && value !== null ? [value] : [];
}

/** What is left when a string was escaped twice and read once: `é` shows as the six characters `\u00e9`. */
function escapeTwice(value: Json | undefined): Json {
  if (typeof value !== 'string') return value ?? null;
  const escaped = Array.from({ length: value.length }, (_, index) => value.charCodeAt(index)).map((unit) =>
    unit > 126 ? `\\u${unit.toString(16).padStart(4, '0')}` : String.fromCharCode(unit),
  );
  return escaped.join('').replace(' ', '\\u00a0');
}
