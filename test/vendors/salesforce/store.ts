import { type Field, OBJECTS, type ObjectName } from './field.ts';
import { makeId } from './ids.ts';
import { findField, type Schema } from './schema.ts';

export type Value = string | number | boolean | null;
export type Values = Record<string, Value>;

export interface Row {
  readonly id: string;
  readonly object: ObjectName;
  readonly values: Values;
  deleted: boolean;
}

/** One committed write: what was written, in the order of the commits. */
export interface HistoryEntry {
  readonly object: ObjectName;
  readonly id: string;
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly fields: Readonly<Values>;
  readonly at: string;
}

/** What a transaction did, so that it can be undone without a copy of the store. */
export interface Transaction {
  readonly undo: (() => void)[];
  readonly writes: HistoryEntry[];
}

interface Table {
  readonly rows: Map<string, Row>;
  /** Field name → key → ids. */
  readonly indexes: Map<string, Map<string, Set<string>>>;
  created: number;
}

/** The org's records. Every write goes through a transaction; reads see it at once, rollback takes it back. */
export class Store {
  readonly #schema: Schema;
  readonly #tables: Record<ObjectName, Table>;
  #history: HistoryEntry[] = [];

  constructor(schema: Schema) {
    this.#schema = schema;
    this.#tables = emptyTables(schema);
  }

  get history(): readonly HistoryEntry[] {
    return this.#history;
  }

  clear(): void {
    Object.assign(this.#tables, emptyTables(this.#schema));
    this.#history = [];
  }

  begin(): Transaction {
    return { undo: [], writes: [] };
  }

  commit(transaction: Transaction): void {
    this.#history.push(...transaction.writes);
    transaction.undo.length = 0;
    transaction.writes.length = 0;
  }

  /** Takes back what the transaction did since `mark` (a length of its undo list), newest first. */
  rollback(transaction: Transaction, mark = 0): void {
    while (transaction.undo.length > mark) transaction.undo.pop()?.();
    transaction.writes.length = mark;
  }

  get(object: ObjectName, id: string): Row | undefined {
    return this.#tables[object].rows.get(id);
  }

  /** Every record that is not deleted, in the order they were created. */
  *all(object: ObjectName): Generator<Row> {
    for (const row of this.#tables[object].rows.values()) if (!row.deleted) yield row;
  }

  /** Records whose field equals the value; undefined when the field has no index. */
  lookup(object: ObjectName, one: Field, value: Value): Row[] | undefined {
    const table = this.#tables[object];
    if (one.name === 'Id') return live([table.rows.get(String(value))]);
    const index = table.indexes.get(one.name);
    if (index === undefined) return undefined;
    const ids = value === null ? undefined : index.get(indexKey(one, value));
    return ids === undefined ? [] : live([...ids].map((id) => table.rows.get(id)));
  }

  insert(transaction: Transaction, object: ObjectName, fields: Values, wanted?: string): Row {
    const table = this.#tables[object];
    const number = table.created + 1;
    const row: Row = { id: wanted ?? makeId(this.#schema[object].prefix, number), object, values: {}, deleted: false };
    table.created = number;
    table.rows.set(row.id, row);
    const now = stamp();
    this.#write(row, { Id: row.id, ...fields, IsDeleted: false, CreatedDate: now, LastModifiedDate: now });
    transaction.undo.push(() => {
      this.#unindex(row);
      table.rows.delete(row.id);
    });
    this.#note(transaction, row, 'created', fields);
    return row;
  }

  update(transaction: Transaction, row: Row, fields: Values): void {
    const before: Values = {};
    const stamped = { ...fields, LastModifiedDate: stamp() };
    for (const name of Object.keys(stamped)) before[name] = row.values[name] ?? null;
    this.#write(row, stamped);
    transaction.undo.push(() => this.#write(row, before));
    this.#note(transaction, row, 'updated', fields);
  }

  remove(transaction: Transaction, row: Row): void {
    row.deleted = true;
    transaction.undo.push(() => {
      row.deleted = false;
    });
    this.#note(transaction, row, 'deleted', {});
  }

  #note(transaction: Transaction, row: Row, kind: HistoryEntry['kind'], fields: Values): void {
    transaction.writes.push({ object: row.object, id: row.id, kind, fields, at: new Date().toISOString() });
  }

  #write(row: Row, fields: Values): void {
    const { indexes } = this.#tables[row.object];
    for (const [name, value] of Object.entries(fields)) {
      const index = indexes.get(name);
      const one = index && findField(this.#schema[row.object], name);
      const before = row.values[name] ?? null;
      if (value === null) delete row.values[name];
      else row.values[name] = value;
      if (index === undefined || one === undefined || before === value) continue;
      if (before !== null) index.get(indexKey(one, before))?.delete(row.id);
      if (value !== null) addTo(index, indexKey(one, value), row.id);
    }
  }

  #unindex(row: Row): void {
    const cleared: Values = {};
    for (const name of Object.keys(row.values)) cleared[name] = null;
    this.#write(row, cleared);
  }
}

/** What two values of a field must share to count as equal: text ignores case unless the field minds it. */
export function indexKey(one: Field, value: Value): string {
  const text = String(value);
  return one.caseSensitive || one.type === 'reference' || one.type === 'id' ? text : text.toLowerCase();
}

function stamp(): string {
  return new Date().toISOString().replace('Z', '+0000');
}

function emptyTables(schema: Schema): Record<ObjectName, Table> {
  const table = (name: ObjectName): Table => {
    const indexed = schema[name].list.filter((one) => one.indexed && one.name !== 'Id');
    return { rows: new Map(), indexes: new Map(indexed.map((one) => [one.name, new Map()])), created: 0 };
  };
  const [account, contact, opportunity, kase, lead] = OBJECTS;
  return {
    [account]: table(account),
    [contact]: table(contact),
    [opportunity]: table(opportunity),
    [kase]: table(kase),
    [lead]: table(lead),
  };
}

function addTo(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

function live(rows: readonly (Row | undefined)[]): Row[] {
  return rows.filter((row) => row !== undefined).filter((row) => !row.deleted);
}
