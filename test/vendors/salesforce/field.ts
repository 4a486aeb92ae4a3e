export const OBJECTS = ['Account', 'Contact', 'Opportunity', 'Case', 'Lead'] as const;
export type ObjectName = (typeof OBJECTS)[number];

/** First three characters of every id of an object. */
export const PREFIXES: Readonly<Record<ObjectName, string>> = {
  Account: '001',
  Contact: '003',
  Opportunity: '006',
  Case: '500',
  Lead: '00Q',
};

/** Types as the describe call names them. */
export type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'url'
  | 'phone'
  | 'email'
  | 'picklist'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'boolean'
  | 'reference';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  /** Characters a text takes; 0 for other types. */
  readonly length: number;
  /** Digits before the decimal point and after it, for numbers. */
  readonly integerDigits: number;
  readonly scale: number;
  readonly required: boolean;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly externalId: boolean;
  readonly unique: boolean;
  readonly caseSensitive: boolean;
  readonly filterable: boolean;
  readonly custom: boolean;
  readonly indexed: boolean;
  readonly referenceTo: readonly ObjectName[];
  readonly relationshipName?: string;
  readonly picklist?: { readonly restricted: boolean; readonly values: readonly string[] };
  readonly defaultValue?: string | boolean;
}

/** A field with the defaults of a plain, writable, filterable one. */
export function field(name: string, type: FieldType, more: Partial<Omit<Field, 'name' | 'type'>> = {}): Field {
  return {
    name,
    type,
    label: name.replace(/__p?c$/, '').replaceAll('_', ' '),
    length: 0,
    integerDigits: 0,
    scale: 0,
    required: false,
    createable: true,
    updateable: true,
    externalId: false,
    unique: false,
    caseSensitive: false,
    filterable: true,
    custom: /__p?c$/.test(name),
    indexed: false,
    referenceTo: [],
    ...more,
  };
}
