import * as z from 'zod';
import { badField, badJson, noExternalId, noSuchColumn, Refusal } from './errors.ts';
import { type Field, type ObjectName, PREFIXES } from './field.ts';
import { toId } from './ids.ts';
import { findField, type ObjectSchema, type Schema } from './schema.ts';
import type { Store, Value, Values } from './store.ts';
import { acceptValue } from './values.ts';

/** A record as callers send it: field names, and relationship names with the parent's external id. */
export type Sent = Readonly<Record<string, unknown>>;

const NESTED = z.record(z.string(), z.unknown());

/** How a write looks at the fields it is sent. `import` also takes what only the org itself may set. */
export type WriteKind = 'create' | 'update' | 'import';

/** Turns what callers send into values that fit the schema. */
export class Incoming {
  readonly #schema: Schema;
  readonly #store: Store;

  constructor(schema: Schema, store: Store) {
    this.#schema = schema;
    this.#store = store;
  }

  /** @throws Refusal for the first field that the org would not take. */
  accept(object: ObjectSchema, sent: Sent, kind: WriteKind): Values {
    const values: Values = {};
    for (const [name, value] of Object.entries(sent)) {
      if (name === 'attributes') continue;
      const one = findField(object, name);
      const relation = one ?? object.relationships.get(name.toLowerCase());
      if (relation === undefined) throw noSuchColumn(object.name, name);
      requireWritable(relation, kind);
      if (one === undefined) values[relation.name] = this.#parentByKey(object, relation, value);
      else values[relation.name] = one.type === 'reference' ? this.#parentById(one, value) : acceptValue(one, value);
    }
    return values;
  }

  #parentById(one: Field, sent: unknown): Value {
    if (sent === null || sent === '') return null;
    if (typeof sent !== 'string') throw badJson(`Cannot deserialize instance of reference from ${typeof sent}`);
    const id = toId(sent);
    const target = one.referenceTo.find((object) => id?.startsWith(PREFIXES[object]));
    if (id === undefined || (one.referenceTo.length > 0 && target === undefined)) {
      throw badField('MALFORMED_ID', `${one.label}: id value of incorrect type: ${sent}`, one.name);
    }
    if (target !== undefined) this.#requireParent(target, id, one);
    return id;
  }

  #requireParent(target: ObjectName, id: string, one: Field): void {
    const row = this.#store.get(target, id);
    if (row?.deleted === true) throw new Refusal(400, 'ENTITY_IS_DELETED', 'entity is deleted', { fields: [] });
    if (row === undefined) throw badField('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', one.name);
  }

  /** A parent named by its external id, such as `Account: {FareHarbor_Guest_Key__c: 'g1'}`. */
  #parentByKey(child: ObjectSchema, relation: Field, sent: unknown): Value {
    if (sent === null) return null;
    const [target] = relation.referenceTo;
    const nested = NESTED.safeParse(sent);
    const keys = nested.success ? Object.entries(nested.data).filter(([name]) => name !== 'attributes') : [];
    const [key] = keys;
    if (target === undefined || key === undefined || keys.length !== 1) {
      const message = `Cannot reference a foreign key field ${relation.relationshipName}.`;
      throw badField('INVALID_FIELD', message, child.name);
    }
    const [name, value] = key;
    const field = findField(this.#schema[target], name);
    if (field === undefined || !(field.externalId || field.name === 'Id')) throw noExternalId(name);
    const rows = this.#store.lookup(target, field, acceptValue(field, value)) ?? [];
    const [parent] = rows;
    if (parent === undefined || rows.length > 1) {
      const problem = parent === undefined ? 'not found' : 'is ambiguous';
      const message = `Foreign key external ID: ${String(value)} ${problem} for field ${field.name} in entity ${target}`;
      throw new Refusal(400, 'INVALID_FIELD', message, { fields: [] });
    }
    return parent.id;
  }
}

function requireWritable(one: Field, kind: WriteKind): void {
  if (kind === 'import' || (kind === 'create' ? one.createable : one.updateable)) return;
  const message =
    `Unable to create/update fields: ${one.name}. Please check the security settings of this field and ` +
    'verify that it is read/write for your profile or permission set.';
  throw badField('INVALID_FIELD_FOR_INSERT_UPDATE', message, one.name);
}
