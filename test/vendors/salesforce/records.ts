import { Ambiguous, badField, noExternalId, notFound, Refusal } from './errors.ts';
import type { Field } from './field.ts';
import { toId } from './ids.ts';
import { Incoming, type Sent, type WriteKind } from './incoming.ts';
import type { Flight, Locks } from './locks.ts';
import { isPerson, requireOneShape, toContactValues } from './person-accounts.ts';
import { findField, type ObjectSchema, type Schema } from './schema.ts';
import { indexKey, type Row, type Store, type Transaction, type Value, type Values } from './store.ts';

/** Duplicate rules of the org: none, a warning a caller may override by header, or a refusal. */
export type DuplicateRules = 'off' | 'alert' | 'block';

/** One call's writes: what it did, what it holds, and what its headers ask for. */
export interface Operation {
  readonly transaction: Transaction;
  readonly flight: Flight;
  readonly version: number;
  readonly allowDuplicates: boolean;
}

export interface RecordRules {
  readonly personAccounts: boolean;
  readonly duplicateRules: DuplicateRules;
}

/** Writes single records under the org's rules. */
export class Records {
  readonly #schema: Schema;
  readonly #store: Store;
  readonly #locks: Locks;
  readonly #rules: RecordRules;
  readonly #incoming: Incoming;

  constructor(schema: Schema, store: Store, locks: Locks, rules: RecordRules) {
    this.#schema = schema;
    this.#store = store;
    this.#locks = locks;
    this.#rules = rules;
    this.#incoming = new Incoming(schema, store);
  }

  /** @throws Refusal 404 when there is no such record, or it was deleted or merged away. */
  find(object: ObjectSchema, sentId: string): Row {
    const id = toId(sentId);
    const row = id === undefined ? undefined : this.#store.get(object.name, id);
    if (row === undefined) throw notFound();
    if (row.deleted) throw new Refusal(404, 'ENTITY_IS_DELETED', 'entity is deleted', { fields: [] });
    return row;
  }

  /** Records whose external id has this value: none, one, or several where the org does not demand uniqueness. */
  findByKey(object: ObjectSchema, fieldName: string, value: string): Row[] {
    const one = findField(object, fieldName);
    if (one?.name === 'Id') return [this.find(object, value)];
    if (one === undefined || !one.externalId) throw noExternalId(fieldName);
    return this.#store.lookup(object.name, one, value.trim()) ?? [];
  }

  create(operation: Operation, object: ObjectSchema, sent: Sent, kind: WriteKind = 'create', id?: string): Row {
    if (kind === 'create' && 'Id' in sent) {
      throw badField('INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call', 'Id');
    }
    const values = this.#incoming.accept(object, sent, kind);
    return this.#insert(operation, object, values, kind, id);
  }

  update(operation: Operation, object: ObjectSchema, row: Row, sent: Sent): void {
    if ('Id' in sent) throw specified('Id');
    const values = this.#incoming.accept(object, sent, 'update');
    if (object.name === 'Lead' && row.values.IsConverted === true) {
      throw new Refusal(400, 'CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', { fields: [] });
    }
    if (object.name === 'Contact' && row.values.IsPersonAccount === true) {
      const message = 'insufficient access rights on object id: change the person account instead';
      throw new Refusal(400, 'INSUFFICIENT_ACCESS_OR_READONLY', message, { fields: [] });
    }
    this.#change(operation, object, row, values);
  }

  /** Creates or updates by external id. @throws Ambiguous when several records carry it. */
  upsert(
    operation: Operation,
    object: ObjectSchema,
    key: { readonly field: string; readonly value: string },
    sent: Sent,
    updateOnly: boolean,
  ): { row: Row; created: boolean } {
    const one = findField(object, key.field);
    if (one === undefined) throw noExternalId(key.field);
    if (one.unique) this.#locks.requireFreeKey(operation.flight, one.name, uniqueKey(object, one, key.value.trim()));
    const rows = this.findByKey(object, key.field, key.value);
    const repeated = Object.keys(sent).find((name) => name.toLowerCase() === one.name.toLowerCase());
    if (repeated !== undefined) throw specified(repeated);
    if (rows.length > 1) {
      const base = `/services/data/v${operation.version.toFixed(1)}/sobjects/${object.name}/`;
      throw new Ambiguous(rows.map((row) => base + row.id));
    }
    const [row] = rows;
    if (row !== undefined) {
      this.update(operation, object, row, sent);
      return { row, created: false };
    }
    if (updateOnly) throw notFound();
    return { row: this.create(operation, object, { ...sent, [one.name]: key.value }), created: true };
  }

  /** Deletes a record; an account takes its contacts and opportunities along, other children lose the link. */
  remove(operation: Operation, object: ObjectSchema, row: Row): void {
    this.#locks.claimRow(operation.flight, row.id);
    this.#store.remove(operation.transaction, row);
    for (const child of Object.values(this.#schema)) {
      for (const one of child.list.filter((candidate) => candidate.referenceTo.includes(object.name))) {
        const cascades = object.name === 'Account' && (child.name === 'Contact' || child.name === 'Opportunity');
        for (const orphan of this.#store.lookup(child.name, one, row.id) ?? []) {
          if (cascades) this.remove(operation, child, orphan);
          else this.#store.update(operation.transaction, orphan, { [one.name]: null });
        }
      }
    }
  }

  #insert(operation: Operation, object: ObjectSchema, values: Values, kind: WriteKind, id?: string): Row {
    const person = object.name === 'Account' && this.#rules.personAccounts && isPerson(values);
    if (object.name === 'Account' && this.#rules.personAccounts) requireOneShape(values);
    for (const one of object.list) {
      if (values[one.name] === undefined && one.defaultValue !== undefined) values[one.name] = one.defaultValue;
    }
    if (person) values.IsPersonAccount = true;
    const complete = { ...values, ...this.#derived(object, values) };
    const missing = object.list.filter((one) => one.required && (complete[one.name] ?? null) === null);
    if (missing.length > 0) throw missingFields(missing);
    this.#requireUnique(operation, object, complete);
    if (kind === 'create') this.#checkDuplicates(operation, object, complete);
    this.#lockParents(operation, object, complete);
    const row = this.#store.insert(operation.transaction, object.name, complete, id);
    this.#locks.claimRow(operation.flight, row.id);
    if (person) this.#insertPersonContact(operation, row, values);
    return row;
  }

  #insertPersonContact(operation: Operation, account: Row, values: Values): void {
    const contactValues = { ...toContactValues(values), AccountId: account.id, IsPersonAccount: true };
    const contact = this.#insert(operation, this.#schema.Contact, contactValues, 'import');
    this.#store.update(operation.transaction, account, { PersonContactId: contact.id });
  }

  #change(operation: Operation, object: ObjectSchema, row: Row, values: Values): void {
    const person = row.object === 'Account' && row.values.IsPersonAccount === true;
    if (object.name === 'Account' && this.#rules.personAccounts) requireOneShape(values, row);
    const emptied = Object.keys(values).filter((name) => values[name] === null && findField(object, name)?.required);
    const required = emptied.flatMap((name) => findField(object, name) ?? []);
    if (required.length > 0) throw missingFields(required);
    const complete = { ...values, ...this.#derived(object, { ...row.values, ...values }) };
    this.#requireUnique(operation, object, values, row);
    if (typeof values.Email === 'string' && values.Email !== row.values.Email) {
      this.#checkDuplicates(operation, object, { ...row.values, ...values }, row);
    }
    this.#locks.claimRow(operation.flight, row.id);
    this.#lockParents(operation, object, { ...row.values, ...values });
    this.#store.update(operation.transaction, row, complete);
    const contact = person ? this.#store.get('Contact', String(row.values.PersonContactId)) : undefined;
    if (contact !== undefined) this.#change(operation, this.#schema.Contact, contact, toContactValues(values));
  }

  /** What the org works out by itself from other fields. */
  #derived(object: ObjectSchema, values: Values): Values {
    const name = [values.FirstName, values.LastName].filter((part) => typeof part === 'string').join(' ');
    switch (object.name) {
      case 'Account':
        return values.IsPersonAccount === true ? { Name: name } : {};
      case 'Contact':
      case 'Lead':
        return { Name: name };
      case 'Opportunity': {
        const stage = String(values.StageName ?? '');
        return { IsClosed: stage.startsWith('Closed'), IsWon: stage === 'Closed Won' };
      }
      case 'Case': {
        const contact = this.#store.get('Contact', String(values.ContactId));
        const account = contact?.values.AccountId;
        return values.AccountId === undefined && typeof account === 'string' ? { AccountId: account } : {};
      }
    }
  }

  #requireUnique(operation: Operation, object: ObjectSchema, values: Values, row?: Row): void {
    for (const [name, value] of Object.entries(values)) {
      const one = findField(object, name);
      if (one?.unique !== true || value === null) continue;
      const other = this.#store.lookup(object.name, one, value)?.find((candidate) => candidate.id !== row?.id);
      const changed = row === undefined || row.values[name] !== value;
      if (changed) this.#locks.claimKey(operation.flight, one.name, uniqueKey(object, one, value));
      if (other === undefined) continue;
      const message = `duplicate value found: ${one.name} duplicates value on record with id: ${other.id}`;
      throw new Refusal(400, 'DUPLICATE_VALUE', message, { fields: [] });
    }
  }

  /** The rule every org starts with, in short: two people of one e-mail address look like duplicates. */
  #checkDuplicates(operation: Operation, object: ObjectSchema, values: Values, row?: Row): void {
    const rules = this.#rules.duplicateRules;
    if (rules === 'off' || (rules === 'alert' && operation.allowDuplicates)) return;
    const email = findField(object, object.name === 'Account' ? 'PersonEmail' : 'Email');
    const address = email === undefined ? undefined : values[email.name];
    if (email === undefined || typeof address !== 'string') return;
    const twin = this.#store.lookup(object.name, email, address)?.find((candidate) => candidate.id !== row?.id);
    if (twin === undefined) return;
    throw new Refusal(400, 'DUPLICATES_DETECTED', 'Use one of these records?', {
      fields: [],
      duplicateResult: {
        allowSave: rules === 'alert',
        duplicateRule: `Standard_${object.name}_Duplicate_Rule`,
        duplicateRuleEntityType: object.name,
        errorMessage: 'Use one of these records?',
        matchResults: [{ entityType: object.name, matchRecords: [{ record: { Id: twin.id } }] }],
      },
    });
  }

  /** Writing a child locks its parents. */
  #lockParents(operation: Operation, object: ObjectSchema, values: Values): void {
    for (const one of object.relationships.values()) {
      const parent = values[one.name];
      if (one.referenceTo.length > 0 && typeof parent === 'string') this.#locks.claimRow(operation.flight, parent);
    }
  }
}

function uniqueKey(object: ObjectSchema, one: Field, value: Value): string {
  return `${object.name} ${indexKey(one, value)}`;
}

function missingFields(fields: readonly Field[]): Refusal {
  const names = fields.map((one) => one.name);
  const message = `Required fields are missing: [${names.join(', ')}]`;
  return new Refusal(400, 'REQUIRED_FIELD_MISSING', message, { fields: names });
}

function specified(name: string): Refusal {
  return new Refusal(400, 'INVALID_FIELD', `The ${name} field should not be specified in the sobject data.`);
}
