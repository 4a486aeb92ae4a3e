import type { CustomField } from '../../salesforce/metadata.ts';
import type { DescribedField } from './described.ts';

/** The metadata's types as the describe call names them. */
const TYPES: Readonly<Record<string, string>> = {
  Text: 'string',
  LongTextArea: 'textarea',
  Url: 'url',
  Number: 'double',
  Currency: 'currency',
  Percent: 'percent',
  Date: 'date',
  DateTime: 'datetime',
  Checkbox: 'boolean',
  Lookup: 'reference',
  Picklist: 'picklist',
};

/**
 * What keeps a field of the org from taking what the sync writes there; empty when nothing does. What an administrator
 * made larger than needed is no problem.
 */
export function fieldProblems(needed: CustomField, found: DescribedField): string[] {
  const type = TYPES[needed.type];
  if (found.type !== type) return [`is of type ${found.type}, needed is ${type ?? needed.type} (${needed.type})`];
  return [
    ...sizeProblems(needed, found),
    ...keyProblems(needed, found),
    ...valueProblems(needed, found),
    ...(!needed.required && isRequired(found) ? ['is required, but often stays empty'] : []),
  ];
}

/** Whether our user may set the field on new records and on old ones. */
export function isWritable({ createable, updateable }: DescribedField): boolean {
  return createable && updateable;
}

/** Whether a record cannot be made without a value for the field. */
export function isRequired({ nillable, createable, defaultedOnCreate, type }: DescribedField): boolean {
  return createable && !nillable && !defaultedOnCreate && type !== 'boolean';
}

function sizeProblems(needed: CustomField, found: DescribedField): string[] {
  const { length = 0, precision, scale = 0 } = needed;
  const problems: string[] = [];
  if (found.length < length) problems.push(`takes ${found.length} characters, needed are ${length}`);
  if (precision === undefined) return problems;
  const digits = found.precision - found.scale;
  const isSmall = digits < precision - scale || found.scale < scale;
  return isSmall
    ? [...problems, `takes ${digits}.${found.scale} digits, needed are ${precision - scale}.${scale}`]
    : problems;
}

/** Without them an upsert is refused, or finds several records for one key. */
function keyProblems(needed: CustomField, found: DescribedField): string[] {
  const problems: string[] = [];
  if (needed.externalId && !found.externalId) problems.push('is not an external ID');
  if (needed.unique && !found.unique) problems.push('does not forbid duplicate values');
  if (!needed.unique && found.unique) problems.push('forbids duplicate values, but records share them');
  if (needed.unique && found.unique && needed.caseSensitive && !found.caseSensitive) {
    problems.push('takes "ABC" and "abc" for duplicates');
  }
  return problems;
}

function valueProblems({ picklist, referenceTo }: CustomField, found: DescribedField): string[] {
  if (referenceTo !== undefined && !found.referenceTo.includes(referenceTo)) {
    return [`points to ${found.referenceTo.join(', ')}, needed is ${referenceTo}`];
  }
  if (picklist === undefined || !found.restrictedPicklist) return [];
  const active = new Set(found.picklistValues.filter((one) => one.active).map(({ value }) => value));
  const lacking = picklist.values.filter((value) => !active.has(value));
  return lacking.length === 0 ? [] : [`lacks the values ${lacking.join(', ')}`];
}
