import { Refusal } from './errors.ts';
import type { Field } from './field.ts';
import { toId } from './ids.ts';
import { findField, findObject, type ObjectSchema, type Schema } from './schema.ts';
import { type Comparison, type Condition, type Literal, parseSoql, type Query } from './soql-parser.ts';
import { indexKey, type Row, type Store, type Value } from './store.ts';
import { toDate, toMoment } from './values.ts';

export interface QueryResult {
  readonly totalSize: number;
  readonly done: boolean;
  readonly records: readonly Record<string, unknown>[];
}

type Test = (row: Row) => boolean;

/** A condition ready to run: the rows it can at most hold for (undefined: any), and the test of one row. */
interface Plan {
  readonly candidates: (() => Row[]) | undefined;
  readonly test: Test;
}

const COMPARED_AS_TEXT: ReadonlySet<string> = new Set(['string', 'textarea', 'url', 'phone', 'email', 'picklist']);

/**
 * Runs a SOQL query. Equality on an indexed field (ids, external ids, e-mail, phones, parents) never scans the table.
 *
 * @throws Refusal MALFORMED_QUERY, INVALID_TYPE for an unknown object, INVALID_FIELD for a field that does not exist,
 * may not be filtered by, or is compared with a literal of another type.
 */
export function runSoql(schema: Schema, store: Store, source: string, version: number): QueryResult {
  const query = parseSoql(source);
  const object = findObject(schema, query.object);
  if (object === undefined) {
    const message = `sObject type '${query.object}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name.`;
    throw new Refusal(400, 'INVALID_TYPE', message);
  }
  const select = query.fields.map((path) => resolvePath(schema, store, object, path));
  const plan = query.where && planCondition(schema, store, object, query.where);
  const candidates = plan?.candidates?.() ?? [...store.all(object.name)];
  const found = plan === undefined ? candidates : candidates.filter(plan.test);
  const sorted = sortRows(schema, store, object, query, found);
  const page = sorted.slice(query.offset, query.offset + (query.limit ?? found.length));
  if (query.fields.length === 0) return { totalSize: found.length, done: true, records: [] };
  const records = page.map((row) => toRecord(row, select, version));
  return { totalSize: records.length, done: true, records };
}

/** A selected or compared field: its own, or one of a parent record. */
interface Path {
  readonly names: readonly string[];
  readonly field: Field;
  read(row: Row): Value;
}

function resolvePath(schema: Schema, store: Store, object: ObjectSchema, path: string): Path {
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    const one = findField(object, first);
    if (one === undefined) throw noColumn(object, path);
    return { names: [one.name], field: one, read: (row) => row.values[one.name] ?? null };
  }
  // A query may name the object itself before its field: `SELECT Contact.Id FROM Contact`.
  if (first.toLowerCase() === object.name.toLowerCase()) return resolvePath(schema, store, object, rest.join('.'));
  const relation = object.relationships.get(first.toLowerCase());
  const [target] = relation?.referenceTo ?? [];
  if (relation?.relationshipName === undefined || target === undefined) {
    throw new Refusal(400, 'INVALID_FIELD', `Didn't understand relationship '${first}' in field path.`);
  }
  const inner = resolvePath(schema, store, schema[target], rest.join('.'));
  return {
    names: [relation.relationshipName, ...inner.names],
    field: inner.field,
    read: (row) => {
      const parent = store.get(target, String(row.values[relation.name]));
      return parent === undefined ? null : inner.read(parent);
    },
  };
}

function noColumn(object: ObjectSchema, path: string): Refusal {
  const hint =
    "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. " +
    'Please reference your WSDL or the describe call for the appropriate names.';
  return new Refusal(400, 'INVALID_FIELD', `No such column '${path}' on entity '${object.name}'. ${hint}`);
}

function planCondition(schema: Schema, store: Store, object: ObjectSchema, condition: Condition): Plan {
  if (condition.kind === 'compare') return planComparison(schema, store, object, condition);
  if (condition.kind === 'not') {
    const { test } = planCondition(schema, store, object, condition.part);
    return { candidates: undefined, test: (row) => !test(row) };
  }
  const plans = condition.parts.map((part) => planCondition(schema, store, object, part));
  if (condition.kind === 'and') {
    const narrowest = plans.find((plan) => plan.candidates !== undefined);
    return { candidates: narrowest?.candidates, test: (row) => plans.every((plan) => plan.test(row)) };
  }
  const sources = plans.flatMap((plan) => plan.candidates ?? []);
  const candidates = (): Row[] => [...new Set(sources.flatMap((source) => source()))];
  return {
    candidates: sources.length === plans.length ? candidates : undefined,
    test: (row) => plans.some((plan) => plan.test(row)),
  };
}

function planComparison(
  schema: Schema,
  store: Store,
  object: ObjectSchema,
  condition: Extract<Condition, { kind: 'compare' }>,
): Plan {
  const path = resolvePath(schema, store, object, condition.field);
  const { field } = path;
  if (!field.filterable) {
    const message = `field '${field.name}' can not be filtered in a query call`;
    throw new Refusal(400, 'INVALID_FIELD', message);
  }
  const values = condition.values.map((literal) => toValue(field, literal));
  const test = makeTest(field, condition.comparison, values);
  const own = path.names.length === 1 && (condition.comparison === '=' || condition.comparison === 'IN');
  const found = own
    ? values.map((value) => (value === null ? undefined : store.lookup(object.name, field, value)))
    : [];
  const indexed = own && found.every((rows) => rows !== undefined);
  const rows = (): Row[] => [...new Set(found.flatMap((some) => some ?? []))];
  return { candidates: indexed ? rows : undefined, test: (row) => test(path.read(row)) };
}

function makeTest(field: Field, comparison: Comparison, values: readonly Value[]): (value: Value) => boolean {
  const key = (value: Value): Value =>
    typeof value === 'string' && COMPARED_AS_TEXT.has(field.type) ? indexKey(field, value) : value;
  const wanted = values.map(key);
  const [first = null] = wanted;
  const ordered = (compare: (order: number) => boolean) => (value: Value) =>
    value !== null && first !== null && compare(order(key(value), first));
  switch (comparison) {
    case '=':
    case 'IN':
      return (value) => wanted.includes(key(value));
    case '!=':
    case 'NOT IN':
      return (value) => !wanted.includes(key(value));
    case '<':
      return ordered((result) => result < 0);
    case '<=':
      return ordered((result) => result <= 0);
    case '>':
      return ordered((result) => result > 0);
    case '>=':
      return ordered((result) => result >= 0);
    case 'LIKE':
      return like(String(first));
  }
}

function like(pattern: string): (value: Value) => boolean {
  const source = pattern.replace(/\\[%_]|[%_]|[^\w\s]/g, (part) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    return `\\${part.replace('\\', '') || '\\'}`;
  });
  const expression = new RegExp(`^${source}$`, 'is');
  return (value) => typeof value === 'string' && expression.test(value);
}

/** The literal as the field stores it. @throws Refusal INVALID_FIELD when the literal is of another type. */
function toValue(field: Field, literal: Literal): Value {
  if (literal.kind === 'null') return null;
  const text = literal.kind === 'string' ? literal.value : undefined;
  switch (field.type) {
    case 'boolean':
      if (literal.kind === 'boolean') return literal.value;
      throw wrongType(field, 'boolean and should not be enclosed in quotes');
    case 'double':
    case 'currency':
    case 'percent':
      if (literal.kind === 'number') return literal.value;
      throw wrongType(field, 'double and should not be enclosed in quotes');
    case 'date':
      if (literal.kind === 'date' && toDate(literal.value) !== undefined) return literal.value;
      throw wrongType(field, 'date and should not be enclosed in quotes');
    case 'datetime': {
      const moment = literal.kind === 'date' ? toMoment(literal.value) : undefined;
      if (moment !== undefined) return moment;
      throw wrongType(field, 'dateTime and should not be enclosed in quotes');
    }
    case 'id':
    case 'reference': {
      if (text === undefined) throw wrongType(field, 'string and should be enclosed in quotes');
      const id = text === '' ? '' : toId(text);
      if (id === undefined) throw new Refusal(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${text}`);
      return id === '' ? null : id;
    }
    default:
      if (text === undefined) throw wrongType(field, 'string and should be enclosed in quotes');
      return text === '' ? null : text;
  }
}

function wrongType(field: Field, expected: string): Refusal {
  const message = `value of filter criterion for field '${field.name}' must be of type ${expected}`;
  return new Refusal(400, 'INVALID_FIELD', message);
}

function sortRows(schema: Schema, store: Store, object: ObjectSchema, query: Query, rows: Row[]): Row[] {
  const keys = query.orderBy.map((ordering) => ({
    ...ordering,
    path: resolvePath(schema, store, object, ordering.field),
  }));
  if (keys.length === 0) return rows;
  return rows.toSorted((left, right) => {
    for (const { path, descending, nullsLast } of keys) {
      const [a, b] = [path.read(left), path.read(right)];
      if (a === b) continue;
      if (a === null || b === null) return (a === null) === nullsLast ? 1 : -1;
      return descending ? order(b, a) : order(a, b);
    }
    return 0;
  });
}

function order(left: Value, right: Value): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [a, b] = [String(left).toLowerCase(), String(right).toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}

function toRecord(row: Row, select: readonly Path[], version: number): Record<string, unknown> {
  const record: Record<string, unknown> = { attributes: attributesOf(row, version) };
  for (const path of select) {
    const [first = '', second] = path.names;
    const value = path.read(row);
    if (second === undefined) record[first] = value;
    else record[first] = { ...(isObject(record[first]) && record[first]), [path.names.slice(1).join('.')]: value };
  }
  return record;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What every record in a reply says of itself. */
export function attributesOf(row: Row, version: number): { type: string; url: string } {
  return { type: row.object, url: `/services/data/v${version.toFixed(1)}/sobjects/${row.object}/${row.id}` };
}
