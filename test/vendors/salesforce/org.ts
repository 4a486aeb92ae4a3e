import type { Metadata } from '../../../infra/salesforce/metadata.ts';
import { Locks } from './locks.ts';
import { type DuplicateRules, type Operation, Records } from './records.ts';
import { addNewFields, buildSchema, type Schema } from './schema.ts';
import { Store } from './store.ts';

export interface OrgOptions {
  readonly personAccounts: boolean;
  readonly multiCurrency: boolean;
  readonly duplicateRules: DuplicateRules;
  readonly strictLocks: boolean;
  readonly notUnique: readonly string[];
  readonly organizationHidden: boolean;
}

/** One org: its schema, its records, and what requests in flight hold. */
export interface Org {
  readonly schema: Schema;
  readonly store: Store;
  readonly locks: Locks;
  readonly records: Records;
  readonly duplicateRules: DuplicateRules;
  readonly organizationHidden: boolean;
}

/** @param visible the custom fields that the caller's user may see. */
export function createOrg(options: OrgOptions, visible: Metadata): Org {
  const schema = buildSchema(options, visible);
  const store = new Store(schema);
  const locks = new Locks(options.strictLocks);
  const { duplicateRules, organizationHidden } = options;
  const records = new Records(schema, store, locks, options);
  return { schema, store, locks, records, duplicateRules, organizationHidden };
}

/** Shows what the org's set-up has opened since. */
export function showMore({ schema }: Org, options: OrgOptions, visible: Metadata): void {
  addNewFields(schema, buildSchema(options, visible));
}

/** A new operation of a request; `headers` in lower case. */
export function beginOperation(org: Org, version: number, headers: Readonly<Record<string, string>>): Operation {
  return {
    transaction: org.store.begin(),
    flight: { held: new Set() },
    version,
    allowDuplicates: allowsDuplicates(headers),
  };
}

/** Whether the caller asks to save in spite of an alerting duplicate rule. */
export function allowsDuplicates(headers: Readonly<Record<string, string>>): boolean {
  return /(?:^|[;,\s])allowSave\s*=\s*true/i.test(headers['sforce-duplicate-rule-header'] ?? '');
}
