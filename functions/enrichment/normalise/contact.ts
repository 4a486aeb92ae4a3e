import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Contact } from '../../../shared/booking/booking.ts';
import type { BodyReader } from './body-reader.ts';

/** RFC 5321 allows 254 characters; beyond the shape, only the vendors can say whether it is an address. */
const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:".]{2,}$/;
const LONGEST_EMAIL = 254;

/** Reads `contact` and the consents. What is not an address or a number to call is noted and left out. */
export function readContact(booking: BodyReader): Contact {
  const contact = booking.part('contact');
  return {
    name: (contact.text('name') ?? '').replace(/\s+/g, ' '),
    email: readEmail(contact),
    phone: readPhone(contact),
    language: contact.text('language'),
    emailConsent: contact.flag('is_subscribed_for_email_updates') ?? false,
    smsConsent: booking.flag('is_subscribed_for_sms_updates') ?? false,
  };
}

function readEmail(contact: BodyReader): string | null {
  const text = contact.text('email')?.toLowerCase();
  if (text === undefined) return null;
  return text.length <= LONGEST_EMAIL && EMAIL.test(text) ? text : contact.reject('email');
}

/** E.164. FareHarbor's own normalised form first, else the number as typed with the country it was typed for. */
function readPhone(contact: BodyReader): string | null {
  const normalised = contact.text('normalized_phone');
  const typed = contact.text('phone');
  const country = contact.text('phone_country')?.toUpperCase();
  const parsed = parsePhone(normalised, undefined) ?? parsePhone(typed, country);
  if (parsed !== undefined) return parsed;
  return normalised === null && typed === null ? null : contact.reject('phone');
}

function parsePhone(text: string | null, country: string | undefined): string | undefined {
  if (text === null) return undefined;
  const known: CountryCode | undefined = country !== undefined && isSupportedCountry(country) ? country : undefined;
  const phone = parsePhoneNumberFromString(text, known);
  return phone?.isPossible() ? phone.number : undefined;
}
