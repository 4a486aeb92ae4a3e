import { seek } from '../../evidence/trail.ts';
import type { ContactRecord } from './record.ts';

const FIRST_NAMES = ['Noa', 'Emil', 'Priya', 'Tomás', 'Ines', 'Kai', 'Ruth', 'Oskar', 'Leila', 'Hugo'];
const LAST_NAMES = ['Albright', 'Berg', 'Castellan', 'Dorn', 'Eklund', 'Fontaine', 'Grove', 'Hale', 'Iversen', 'Joyce'];

/** A guest who is not real, numbered so that no two are alike, with what is given laid over it. */
export function inventedContact(pk: number, given: Partial<ContactRecord>): ContactRecord {
  const name = `${FIRST_NAMES[pk % 10] ?? 'Noa'} ${LAST_NAMES[Math.floor(pk / 10) % 10] ?? 'Berg'}`;
  const phone = `+1 202-555-01${String(pk % 100).padStart(2, '0')}`;
  const email = `guest-${pk}@harborlight-sample.test`;
  const invented = {
    name,
    phone,
    phoneCountry: 'US',
    normalizedPhone: '',
    language: 'en-us',
    email,
    emailConsent: true,
  };
  const contact = { ...invented, ...given };
  seek('names', contact.name);
  return withPhone(contact, { phone, ...given });
}

/** FareHarbor normalises the number itself; one that no country knows has no normal form. */
export function withPhone(contact: ContactRecord, given: Partial<ContactRecord>): ContactRecord {
  if (given.name !== undefined) seek('names', given.name);
  if (given.phone === undefined || given.normalizedPhone !== undefined) return contact;
  const digits = given.phone.replaceAll(/[^+\d]/g, '');
  return { ...contact, normalizedPhone: /^\+\d{8,15}$/.test(digits) ? digits : '' };
}
