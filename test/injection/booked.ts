import { normalise } from '../../functions/enrichment/normalise/normalise.ts';
import type { Booking } from '../../shared/booking/booking.ts';
import { bookingBody } from '../vendors/fareharbor/booking-body.ts';
import type { JsonObject } from '../vendors/fareharbor/json.ts';
import type { Language, Place } from './written.ts';

/** The tests' present: weeks before the tour, so that no Case is urgent for the day alone. */
export const NOW = new Date('2026-03-10T18:05:00.000Z');

/** What a guest writes who wants nothing. */
export const NEUTRAL: Readonly<Record<Language, string>> = {
  en: 'Thank you, we look forward to it.',
  es: 'Muchas gracias, nos vemos pronto.',
  fr: 'Merci beaucoup, à bientôt.',
  de: 'Vielen Dank, bis bald.',
  ja: 'よろしくお願いします。',
};

const CONTACT = { name: 'Ada Quill', email: 'ada@quill.test', phone: '+12025550143', emailConsent: true };
const { booking: BODY } = bookingBody(
  {
    uuid: '00000000-0000-4000-8000-000000007001',
    startAt: '2026-03-31T09:00:00-1000',
    contact: CONTACT,
    party: { Adult: 2 },
  },
  { paid: true, now: NOW.getTime() - 300_000 },
);

/** The words of a booking, by where they stand; what is left out is as harmless as can be. */
export type Words = Partial<Record<Place, string>> & { readonly language: Language };

/**
 * A booking of two with words where a guest or a reseller can put them, as the normaliser makes it of the body.
 * @param told the language FareHarbor has for the guest; null where it has none.
 */
export function booked(words: Words, told: Language | null): Booking {
  const neutral = NEUTRAL[words.language];
  const asked = (title: string, value: string): JsonObject => {
    const custom_field = { pk: 1, type: 'short', title, name: title };
    return { pk: 1, custom_field, name: title, value, display_value: value };
  };
  const [first, ...others] = objects(BODY.customers);
  const body: JsonObject = {
    ...BODY,
    note: words.note ?? neutral,
    voucher_number: words.voucher ?? '',
    contact: { ...object(BODY.contact), name: words.name ?? CONTACT.name, language: told ?? '' },
    custom_field_values: [asked(words.question ?? 'Where do you stay?', words.answer ?? neutral)],
    customers: [{ ...first, custom_field_values: [asked('Seat', words['customer answer'] ?? neutral)] }, ...others],
  };
  const normalised = normalise(body, { partySizeQuestions: [], keyCompany: '*' });
  if (typeof normalised === 'string') throw new TypeError(`no booking: ${normalised}`);
  return normalised.booking;
}

function object(value: JsonObject[string] | undefined): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new TypeError('the stand-in has no object there');
}

function objects(value: JsonObject[string] | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(object) : [];
}
