import type { FieldError } from './problem.ts';

export type MergeType =
  | 'text'
  | 'number'
  | 'address'
  | 'phone'
  | 'date'
  | 'url'
  | 'imageurl'
  | 'radio'
  | 'dropdown'
  | 'birthday'
  | 'zip';

/** A merge field (the screen says "audience field") as the audience defines it. */
export interface MergeField {
  readonly merge_id: number;
  readonly tag: string;
  readonly name: string;
  readonly type: MergeType;
  readonly required: boolean;
  readonly default_value: string;
  readonly public: boolean;
  readonly display_order: number;
  readonly help_text: string;
  readonly options: { readonly choices?: readonly string[] | undefined; readonly phone_format?: string | undefined };
}

export type MergeValue = string | number | Readonly<Record<string, string>>;
export type MergeValues = Readonly<Record<string, MergeValue>>;

/** What came of a request's merge fields: the values to keep, what was wrong, what was silently altered. */
export interface CheckedMergeValues {
  readonly values: MergeValues;
  readonly errors: readonly FieldError[];
  /** Tags the audience does not define: Mailchimp drops them without a word. */
  readonly ignored: readonly string[];
  /** Tags whose text was cut at 255 bytes. */
  readonly clipped: readonly string[];
}

export const TEXT_BYTES = 255;

/**
 * Checks and stores merge values the way Mailchimp does: by the field's type, text cut at 255 bytes of UTF-8,
 * an empty text clears any field, tags are compared without regard to case, unknown tags are ignored.
 */
export function checkMergeValues(given: MergeValues, fields: readonly MergeField[]): CheckedMergeValues {
  const byTag = new Map(fields.map((field) => [field.tag, field]));
  const values: Record<string, MergeValue> = {};
  const errors: FieldError[] = [];
  const ignored: string[] = [];
  const clipped: string[] = [];
  for (const [tag, value] of Object.entries(given)) {
    const field = byTag.get(tag.toUpperCase());
    if (field === undefined) {
      ignored.push(tag);
      continue;
    }
    const wrong = value === '' ? undefined : wrongFor(field, value);
    if (wrong !== undefined) {
      errors.push({ field: field.tag, message: wrong });
      continue;
    }
    const stored = toStored(field, value);
    if (typeof value === 'string' && typeof stored === 'string' && stored.length < value.length) {
      clipped.push(field.tag);
    }
    values[field.tag] = stored;
  }
  return { values, errors, ignored, clipped };
}

/** The required fields that are blank in a contact's values. */
export function missingRequired(values: MergeValues, fields: readonly MergeField[]): FieldError[] {
  return fields
    .filter(({ required, tag }) => required && (values[tag] ?? '') === '')
    .map(({ tag }) => ({ field: tag, message: 'This value should not be blank.' }));
}

/** Cuts a text at a number of UTF-8 bytes; a character that does not fit whole is left out whole. */
export function clipBytes(text: string, bytes: number): string {
  const encoded = Buffer.from(text, 'utf8');
  if (encoded.length <= bytes) return text;
  let end = bytes;
  // Bytes of the form 10xxxxxx continue a character: step back to where that one begins.
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return encoded.toString('utf8', 0, end);
}

function toStored(field: MergeField, value: MergeValue): MergeValue {
  if (value === '' || typeof value === 'object') return value;
  if (field.type === 'number') return Number(value);
  if (field.type === 'date') return toIsoDay(String(value)) ?? '';
  return clipBytes(String(value), TEXT_BYTES);
}

function wrongFor(field: MergeField, value: MergeValue): string | undefined {
  if (field.type === 'address') return typeof value === 'object' ? undefined : 'Please enter a complete address';
  if (typeof value === 'object') return 'This value should not be an object.';
  const text = String(value).trim();
  switch (field.type) {
    case 'number':
      return text !== '' && Number.isFinite(Number(text)) ? undefined : 'Please enter a number';
    case 'date':
      return toIsoDay(text) === undefined ? 'Please enter the date' : undefined;
    case 'birthday':
      return /^(0?[1-9]|1[0-2])\/(0?[1-9]|[12]\d|3[01])$/.test(text) ? undefined : 'Please enter a month and a day';
    case 'phone':
      return isPhone(field, text) ? undefined : 'Phone number invalid';
    case 'url':
    case 'imageurl':
      return URL.canParse(text) ? undefined : 'Please enter a URL';
    case 'zip':
      return /^\d{5}$/.test(text) ? undefined : 'Please enter a five-digit zip code';
    case 'radio':
    case 'dropdown':
      return field.options.choices?.includes(text) === true ? undefined : 'Value must be one of the choices';
    default:
      return undefined;
  }
}

function isPhone(field: MergeField, text: string): boolean {
  if (field.options.phone_format === 'US') return /^(\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}$/.test(text);
  return /^\+?[\d\s().-]{3,}$/.test(text);
}

/** A day as `YYYY-MM-DD`, from that form, an ISO instant or `MM/DD/YYYY`; undefined where no such day exists. */
function toIsoDay(text: string): string | undefined {
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ].*)?$/.exec(text)?.[1];
  const us = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text);
  const day = iso ?? (us === null ? undefined : `${us[3]}-${us[1]}-${us[2]}`);
  if (day === undefined) return undefined;
  const parsed = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== day ? undefined : day;
}
