import type { Property, PropertyType } from '@aws-cdk/service-spec-types';
import { fits, intrinsicOf, isObject, type JsonObject, meaningOf, type Surroundings } from './intrinsics.ts';

/** What is wrong with the properties of a resource, or of a part of one: unknown, missing, or of another type. */
export function propertyProblems(
  given: JsonObject,
  known: Readonly<Record<string, Property>>,
  where: string,
  around: Surroundings,
): string[] {
  const problems: string[] = [];
  const present = Object.entries(given).filter(([, value]) => !isNothing(value, around));
  for (const [name, value] of present) {
    const property = Object.hasOwn(known, name) ? known[name] : undefined;
    if (property === undefined) problems.push(`${where}.${name}: there is no such property`);
    else problems.push(...valueProblems(value, property.type, `${where}.${name}`, around));
  }
  for (const [name, { required = false }] of Object.entries(known)) {
    if (required && !present.some(([one]) => one === name)) problems.push(`${where}.${name}: is required`);
  }
  return problems;
}

function isNothing(value: unknown, around: Surroundings): boolean {
  const call = intrinsicOf(value);
  return call !== undefined && meaningOf(...call, around).kind === 'nothing';
}

/** What is wrong with a value where one of this type is wanted. */
export function valueProblems(value: unknown, type: PropertyType, where: string, around: Surroundings): string[] {
  const call = intrinsicOf(value);
  if (call !== undefined) return callProblems(call, type, where, around);
  switch (type.type) {
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
    case 'date-time':
    case 'null':
      return plainProblems(value, type, where);
    case 'json':
      return jsonProblems(value, where, around);
    case 'tag':
      return isObject(value) ? tagProblems(value, where, around) : [`${where}: is no tag`];
    case 'array':
      if (!Array.isArray(value)) return [`${where}: is ${kindOf(value)}, wanted is a list`];
      return value.flatMap((one, index) => valueProblems(one, type.element, `${where}[${index}]`, around));
    case 'map':
      if (!isObject(value)) return [`${where}: is ${kindOf(value)}, wanted is a map`];
      return Object.entries(value).flatMap(([key, one]) => valueProblems(one, type.element, `${where}.${key}`, around));
    case 'ref':
      if (!isObject(value)) return [`${where}: is ${kindOf(value)}, wanted is an object`];
      return propertyProblems(value, around.spec.get('typeDefinition', type.reference).properties, where, around);
    case 'union':
      return unionProblems(value, type.types, where, around);
  }
}

function callProblems(
  [name, argument]: readonly [string, unknown],
  type: PropertyType,
  where: string,
  around: Surroundings,
): string[] {
  const meaning = meaningOf(name, argument, around);
  if (meaning.kind === 'wrong') return [`${where}: ${meaning.problem}`];
  if (meaning.kind === 'nothing' || fits(meaning.type, type)) return [];
  return [`${where}: ${name} gives ${meaning.type.type}, wanted is ${type.type}`];
}

function plainProblems(value: unknown, type: PropertyType, where: string): string[] {
  const wanted = type.type === 'date-time' ? 'string' : type.type;
  if (kindOf(value) !== wanted && !(wanted === 'number' && kindOf(value) === 'integer')) {
    return [`${where}: is ${kindOf(value)}, wanted is ${wanted}`];
  }
  const allowed: readonly unknown[] = 'allowedValues' in type ? (type.allowedValues ?? []) : [];
  if (allowed.length === 0 || allowed.includes(value)) return [];
  return [`${where}: is ${String(value)}, allowed is ${allowed.join(', ')}`];
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** Documents of other languages, such as policies: only what they refer to can be checked. */
function jsonProblems(value: unknown, where: string, around: Surroundings): string[] {
  const inside = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  return inside.flatMap(([key, one]) => valueProblems(one, { type: 'json' }, `${where}.${key}`, around));
}

function tagProblems(value: JsonObject, where: string, around: Surroundings): string[] {
  const text = { type: { type: 'string' }, required: true } as const;
  return propertyProblems(value, { Key: text, Value: text }, where, around);
}

/** Where the spec names a shape and any JSON beside it, the shape counts: else nothing inside would ever be wrong. */
function unionProblems(value: unknown, types: readonly PropertyType[], where: string, around: Surroundings): string[] {
  const shaped = types.filter(({ type }) => ['array', 'ref', 'map'].includes(type));
  const candidates = shaped.length > 0 && typeof value === 'object' ? shaped : types;
  const attempts = candidates.map((type) => valueProblems(value, type, where, around));
  const [fewest = []] = attempts.toSorted((one, other) => one.length - other.length);
  return fewest;
}
