import { type Body, type FieldMapping, keyField, toBody, type Values } from '../fields/fields.ts';
import { type Part, retrieve, update, upsert } from '../salesforce/composite.ts';
import { type DesiredGuest, nameFields } from './desired-guest.ts';
import type { Identity } from './match-guest.ts';

/** The parts that write a guest, and how later parts and readers refer to their records: an id, or a reference to one. */
export interface GuestParts {
  readonly parts: readonly Part[];
  readonly accountRef: string;
  readonly contactRef: string;
}

const KEY = 'FareHarbor_Guest_Key__c';

/** Account and Contact of a guest, by id where we know it, else by our key. */
export function guestParts(guest: DesiredGuest, identity: Identity, mapping: FieldMapping): GuestParts {
  if (identity.account.is === 'person') return personParts(guest, identity, mapping);
  const { account, contact } = identity;
  const accountRef = account.id ?? '@{account.id}';
  const contactValues: Values<'Contact'> = {
    ...guest.contact,
    ...(contact.is === 'ours' ? nameFields(guest.name, contact.id === null ? 'new' : 'existing') : {}),
    // Written only where the contact has none: a person may have moved it to another account since.
    ...(account.id === null || contact.id === null ? { AccountId: accountRef } : {}),
  };
  const accountValues = { ...guest.account, ...(account.id === null ? { Name: guest.accountName } : {}) };
  const parts = [
    ...(account.is === 'theirs' ? [] : [write('account', 'Account', account.id, accountValues, mapping)]),
    write('contact', 'Contact', contact.id, contactValues, mapping),
  ];
  return { parts, accountRef, contactRef: contact.id ?? '@{contact.id}' };
}

/** One Account record is the whole person; Contact's own fields appear on it as `…__pc`. */
function personParts(guest: DesiredGuest, { account, contact }: Identity, mapping: FieldMapping): GuestParts {
  const { Email: email, ...shared } = guest.contact;
  const values: Values<'Account'> = {
    ...guest.account,
    PersonEmail: email,
    ...(contact.is === 'ours' ? nameFields(guest.name, account.id === null ? 'new' : 'existing') : {}),
  };
  const asPerson: Body = Object.fromEntries(
    Object.entries(toBody('Contact', shared, mapping))
      .filter(([name]) => name.endsWith('__c') && name !== keyField('Contact', KEY, mapping))
      .map(([name, value]) => [name.replace(/__c$/, '__pc'), value]),
  );
  const accountRef = account.id ?? '@{account.id}';
  const part = write('account', 'Account', account.id, values, mapping, asPerson);
  if (contact.id !== null) return { parts: [part], accountRef, contactRef: contact.id };
  const person = retrieve('person', 'Account', accountRef, ['PersonContactId']);
  return { parts: [part, person], accountRef, contactRef: '@{person.PersonContactId}' };
}

/** By id with our key among the fields, so that a record found otherwise carries it from now on; else by the key. */
function write<Name extends 'Account' | 'Contact'>(
  referenceId: string,
  object: Name,
  id: string | null,
  values: Values<Name> & { readonly FareHarbor_Guest_Key__c?: unknown },
  mapping: FieldMapping,
  more: Body = {},
): Part {
  const body = { ...toBody(object, values, mapping), ...more };
  if (id !== null) return update(referenceId, object, id, body);
  const field = keyField(object, KEY, mapping);
  const { [field]: _, ...rest } = body;
  return upsert(referenceId, object, { field, value: String(values.FareHarbor_Guest_Key__c) }, rest);
}
