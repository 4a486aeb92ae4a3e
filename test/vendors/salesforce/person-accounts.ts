import { badField } from './errors.ts';
import type { Row, Values } from './store.ts';

/** Account fields that belong to the person, by the name the person's contact has for them. */
const CONTACT_NAMES: Readonly<Record<string, string>> = {
  FirstName: 'FirstName',
  LastName: 'LastName',
  PersonEmail: 'Email',
  PersonMobilePhone: 'MobilePhone',
};

/** Whether writing these fields makes, or goes to, a person account: one with a last name. */
export function isPerson(values: Values, row?: Row): boolean {
  return row === undefined ? typeof values.LastName === 'string' : row.values.IsPersonAccount === true;
}

/** @throws Refusal when a company's name is given to a person, or a person's fields to a company. */
export function requireOneShape(values: Values, row?: Row): void {
  const wrong = isPerson(values, row)
    ? Object.keys(values).find((name) => name === 'Name')
    : Object.keys(values).find((name) => name in CONTACT_NAMES || name.endsWith('__pc'));
  if (wrong === undefined) return;
  const kind = isPerson(values, row) ? 'a person account' : 'a business account';
  throw badField('INVALID_FIELD_FOR_INSERT_UPDATE', `Unable to create/update fields: ${wrong}: this is ${kind}`, wrong);
}

/** What of an account's fields its person contact shows too. */
export function toContactValues(values: Values): Values {
  const contact: Values = {};
  for (const [name, value] of Object.entries(values)) {
    const own = CONTACT_NAMES[name] ?? (name === 'Phone' ? name : undefined);
    if (own !== undefined) contact[own] = value;
    else if (name.endsWith('__pc')) contact[name.replace(/__pc$/, '__c')] = value;
  }
  return contact;
}
