import { type CustomField, type Metadata, readMetadata } from '../../../infra/salesforce/metadata.ts';
import { type Field, type FieldType, field, OBJECTS, type ObjectName, PREFIXES } from './field.ts';
import { ACCOUNT, CASE, CONTACT, LEAD, OPPORTUNITY, PERSON_ACCOUNT, SYSTEM } from './standard-fields.ts';

export interface ObjectSchema {
  readonly name: ObjectName;
  readonly label: string;
  /** First three characters of every id. */
  readonly prefix: string;
  /** Every field once. */
  readonly list: Field[];
  /** By name, and by name in lower case: the API does not mind the case of a field's name. */
  readonly fields: Map<string, Field>;
  /** Reference fields by relationship name, in lower case. */
  readonly relationships: Map<string, Field>;
}

export type Schema = Readonly<Record<ObjectName, ObjectSchema>>;

export interface SchemaOptions {
  readonly personAccounts: boolean;
  readonly multiCurrency: boolean;
  /** `Object.Field` names whose uniqueness the org's administrator never switched on. */
  readonly notUnique: readonly string[];
}

/** Builds the org's schema: standard fields, and the custom fields our metadata creates as far as the permission set shows them. */
export function buildSchema(options: SchemaOptions, metadata: Metadata = readMetadata()): Schema {
  const custom = (object: ObjectName): Field[] =>
    metadata.fields
      .filter((one) => one.object === object)
      .flatMap((one) => {
        const access = metadata.access.get(`${object}.${one.name}`);
        if (access?.readable !== true) return [];
        const built = toField(one, options.notUnique.includes(`${object}.${one.name}`));
        return [{ ...built, createable: access.editable, updateable: access.editable }];
      });
  const currency = options.multiCurrency ? [field('CurrencyIsoCode', 'picklist', { length: 3 })] : [];
  const build = (name: ObjectName, label: string, standard: readonly Field[]): ObjectSchema =>
    toObject(name, label, [...SYSTEM, ...standard, ...currency, ...custom(name)]);
  const person = options.personAccounts ? [...PERSON_ACCOUNT, ...custom('Contact').map(toPersonField)] : [];
  return {
    Account: build('Account', 'Account', [...ACCOUNT, ...person]),
    Contact: build('Contact', 'Contact', options.personAccounts ? [...CONTACT, IS_PERSON_ACCOUNT] : CONTACT),
    Opportunity: build('Opportunity', 'Opportunity', OPPORTUNITY),
    Case: build('Case', 'Case', CASE),
    Lead: build('Lead', 'Lead', LEAD),
  };
}

/** Adds the fields that have come to light since the schema was built; its objects and records stay. */
export function addNewFields(schema: Schema, newer: Schema): void {
  for (const name of OBJECTS) {
    const { list, fields, relationships } = schema[name];
    for (const one of newer[name].list.filter((found) => !fields.has(found.name))) {
      list.push(one);
      addField(fields, relationships, one);
    }
  }
}

const IS_PERSON_ACCOUNT = field('IsPersonAccount', 'boolean', {
  createable: false,
  updateable: false,
  defaultValue: false,
});

function toObject(name: ObjectName, label: string, fields: readonly Field[]): ObjectSchema {
  const byName = new Map<string, Field>();
  const relationships = new Map<string, Field>();
  for (const one of fields) addField(byName, relationships, one);
  return { name, label, prefix: PREFIXES[name], list: [...fields], fields: byName, relationships };
}

function addField(byName: Map<string, Field>, relationships: Map<string, Field>, one: Field): void {
  byName.set(one.name, one);
  byName.set(one.name.toLowerCase(), one);
  if (one.relationshipName !== undefined) relationships.set(one.relationshipName.toLowerCase(), one);
}

/** Finds a field by name, whatever its case; undefined when there is none that the user may see. */
export function findField(object: ObjectSchema, name: string): Field | undefined {
  return object.fields.get(name) ?? object.fields.get(name.toLowerCase());
}

/** Takes a field out of the user's sight, as an administrator does who forgets the permission set. */
export function hideField(object: ObjectSchema, name: string): void {
  const found = findField(object, name);
  if (found === undefined) throw new Error(`${object.name} has no field ${name}`);
  object.list.splice(object.list.indexOf(found), 1);
  object.fields.delete(found.name);
  object.fields.delete(found.name.toLowerCase());
  if (found.relationshipName !== undefined) object.relationships.delete(found.relationshipName.toLowerCase());
}

/** Makes a field other than our metadata does, as an administrator may; its name stays, and so do the records. */
export function alterField(object: ObjectSchema, name: string, change: Partial<Omit<Field, 'name'>>): void {
  const found = findField(object, name);
  if (found === undefined) throw new Error(`${object.name} has no field ${name}`);
  hideField(object, name);
  const altered = { ...found, ...change };
  object.list.push(altered);
  addField(object.fields, object.relationships, altered);
}

/** Finds an object by name, whatever its case. */
export function findObject(schema: Schema, name: string): ObjectSchema | undefined {
  const found = OBJECTS.find((object) => object.toLowerCase() === name.toLowerCase());
  return found && schema[found];
}

const CUSTOM_TYPES: Readonly<Record<string, FieldType>> = {
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

function toField(custom: CustomField, notUnique: boolean): Field {
  const type = CUSTOM_TYPES[custom.type];
  if (type === undefined) throw new Error(`${custom.object}.${custom.name}: type ${custom.type} is not known here`);
  const scale = custom.scale ?? 0;
  const target = OBJECTS.find((object) => object === custom.referenceTo);
  return field(custom.name, type, {
    label: custom.label,
    length: custom.length ?? (type === 'url' || type === 'picklist' ? 255 : 0),
    integerDigits: custom.precision === undefined ? 0 : custom.precision - scale,
    scale,
    required: custom.required,
    externalId: custom.externalId,
    unique: custom.unique && !notUnique,
    caseSensitive: custom.caseSensitive,
    filterable: type !== 'textarea',
    indexed: custom.externalId || custom.unique || type === 'reference',
    referenceTo: target === undefined ? [] : [target],
    ...(custom.relationshipName !== undefined && { relationshipName: custom.relationshipName }),
    ...(custom.picklist !== undefined && { picklist: custom.picklist }),
    ...(type === 'boolean' && { defaultValue: false }),
  });
}

/** A custom field of Contact as a person account carries it: `X__c` becomes `X__pc`, no key of the account. */
function toPersonField(contactField: Field): Field {
  const name = contactField.name.replace(/__c$/, '__pc');
  const { relationshipName: _, ...rest } = contactField;
  return { ...rest, name, externalId: false, unique: false, indexed: false };
}
