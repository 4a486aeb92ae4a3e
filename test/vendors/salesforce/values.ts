import { badField, badJson } from './errors.ts';
import type { Field } from './field.ts';
import type { Value } from './store.ts';

const EMAIL = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)+$/i;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATETIME = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/;

/**
 * Checks a value sent for a field and gives what the org stores: text trimmed, '' as null, numbers rounded to the
 * field's decimals, moments as UTC with milliseconds.
 *
 * @throws Refusal with the code the API has for that kind of mistake.
 */
export function acceptValue(one: Field, sent: unknown): Value {
  if (one.type === 'boolean') return acceptBoolean(one, sent);
  if (sent === null) return null;
  switch (one.type) {
    case 'double':
    case 'currency':
    case 'percent':
      return acceptNumber(one, sent);
    case 'date':
      return acceptDate(sent);
    case 'datetime':
      return acceptMoment(sent);
    default:
      return acceptText(one, sent);
  }
}

function acceptBoolean(one: Field, sent: unknown): boolean {
  if (sent === null) {
    const message = `${one.label}: value not of required type: null`;
    throw badField('INVALID_TYPE_ON_FIELD_IN_RECORD', message, one.name);
  }
  if (typeof sent !== 'boolean') throw cannotRead('boolean', sent);
  return sent;
}

function acceptNumber(one: Field, sent: unknown): number {
  if (typeof sent !== 'number') throw cannotRead('double', sent);
  const factor = 10 ** one.scale;
  const rounded = Math.round(sent * factor) / factor;
  if (Math.abs(rounded) >= 10 ** one.integerDigits) {
    const message = `${one.label}: value outside of valid range on numeric field: ${sent}`;
    throw badField('NUMBER_OUTSIDE_VALID_RANGE', message, one.name);
  }
  return rounded;
}

/** A day as the API and SOQL write it; undefined when it is none, such as February 30. */
export function toDate(text: string): string | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const moment = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text) ? text : undefined;
}

/** A moment in the form in which the API gives it back; undefined when the text is none. */
export function toMoment(text: string): string | undefined {
  const day = DATETIME.exec(text)?.[1];
  if (day === undefined || toDate(day) === undefined) return undefined;
  const moment = new Date(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString().replace('Z', '+0000');
}

function acceptDate(sent: unknown): string | null {
  if (sent === '') return null;
  const date = typeof sent === 'string' ? (toDate(sent) ?? toMoment(sent)?.slice(0, 10)) : undefined;
  if (date === undefined) throw cannotRead('date', sent);
  return date;
}

function acceptMoment(sent: unknown): string | null {
  if (sent === '') return null;
  const moment = typeof sent === 'string' ? toMoment(sent) : undefined;
  if (moment === undefined) throw cannotRead('datetime', sent);
  return moment;
}

function acceptText(one: Field, sent: unknown): string | null {
  if (typeof sent !== 'string') throw cannotRead('string', sent);
  const text = sent.trim();
  if (text === '') return null;
  if (one.type === 'picklist' && one.picklist?.restricted === true && !one.picklist.values.includes(text)) {
    const message = `${one.label}: bad value for restricted picklist field: ${text}`;
    throw badField('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, one.name);
  }
  if (one.length > 0 && text.length > one.length) {
    const message = `${one.label}: data value too large: ${text} (max length=${one.length})`;
    throw badField('STRING_TOO_LONG', message, one.name);
  }
  if (one.type === 'email' && !EMAIL.test(text)) {
    throw badField('INVALID_EMAIL_ADDRESS', `${one.label}: invalid email address: ${text}`, one.name);
  }
  return text;
}

function cannotRead(type: string, sent: unknown): Error {
  const kind =
    sent === null ? 'NULL' : typeof sent === 'object' ? 'START_OBJECT' : `VALUE_${typeof sent}`.toUpperCase();
  const value = typeof sent === 'object' ? '' : ` value ${String(sent)}`;
  return badJson(
    `Cannot deserialize instance of ${type} from ${kind}${value} or request may be missing a required field at [line:1, column:2]`,
  );
}
