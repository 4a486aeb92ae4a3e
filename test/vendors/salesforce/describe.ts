import { type Field, OBJECTS } from './field.ts';
import type { ObjectSchema, Schema } from './schema.ts';

/** The list of objects, as `GET /sobjects` gives it. */
export function describeGlobal(schema: Schema): unknown {
  return { encoding: 'UTF-8', maxBatchSize: 200, sobjects: OBJECTS.map((name) => describeHead(schema[name])) };
}

/** One object with its fields, as far as the caller may see them. */
export function describeObject(object: ObjectSchema): unknown {
  return { ...describeHead(object), fields: object.list.map(describeField) };
}

function describeHead(object: ObjectSchema): Record<string, unknown> {
  return {
    name: object.name,
    label: object.label,
    keyPrefix: object.prefix,
    custom: false,
    queryable: true,
    createable: true,
    updateable: true,
    deletable: true,
  };
}

function describeField(one: Field): unknown {
  return {
    name: one.name,
    label: one.label,
    type: one.type,
    soapType: `xsd:${one.type === 'id' || one.type === 'reference' ? 'string' : one.type}`,
    length: one.type === 'reference' ? 18 : one.length,
    precision: one.integerDigits === 0 ? 0 : one.integerDigits + one.scale,
    scale: one.scale,
    custom: one.custom,
    nillable: !one.required && one.type !== 'boolean',
    createable: one.createable,
    updateable: one.updateable,
    externalId: one.externalId,
    idLookup: one.externalId || one.name === 'Id' || one.type === 'email',
    unique: one.unique,
    caseSensitive: one.caseSensitive,
    filterable: one.filterable,
    defaultValue: one.defaultValue ?? null,
    defaultedOnCreate: one.defaultValue !== undefined,
    restrictedPicklist: one.picklist?.restricted ?? false,
    picklistValues: (one.picklist?.values ?? []).map((value) => ({ value, label: value, active: true })),
    referenceTo: one.referenceTo,
    relationshipName: one.relationshipName ?? null,
  };
}
