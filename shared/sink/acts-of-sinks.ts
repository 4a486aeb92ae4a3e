import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Action } from '../acts/act.ts';
import { appendDecision, type Written } from '../acts/decisions-table.ts';
import type { Policies } from '../acts/policies.ts';
import { readPolicyTable } from '../acts/policy-table.ts';
import { type PoliciesOf, trustedPolicies } from '../acts/trusted-policies.ts';
import type { Log } from '../observability/logger.ts';
import type { BookingRecord } from '../records/booking-record.ts';
import type { CompanySettings } from '../settings/settings.ts';

/** How destinations come to know what of AI they may write, and where they say what they wrote. */
export interface ActsOfSinks {
  readonly policiesOf: PoliciesOf;
  readonly append: (written: Written) => Promise<void>;
}

export function actsOfSinks(
  dynamo: DynamoDBClient,
  tables: { readonly operations: string; readonly decisions: string },
  { log, now }: { readonly log: Log; readonly now: () => Date },
): ActsOfSinks {
  return {
    policiesOf: trustedPolicies({ read: () => readPolicyTable(dynamo, tables.operations), log, now }),
    append: (written) => appendDecision(dynamo, tables.decisions, written),
  };
}

/** What one task may write, what it wrote, and the entry that says so. */
export interface Ledger {
  readonly policies: Policies;
  wrote(action: Action, of: string, place: string): void;
  /** Appends what was written for this version; call it once the vendor holds it. */
  close(record: BookingRecord, links: Readonly<Record<string, string>>): Promise<void>;
}

/** Opens a ledger for one task of a sink. */
export async function openLedger(
  sink: string,
  { company, settings }: { readonly company: string; readonly settings: CompanySettings },
  { acts, now }: { readonly acts: ActsOfSinks; readonly now: () => Date },
): Promise<Ledger> {
  const wrote: Written['wrote'] = [];
  return {
    policies: await acts.policiesOf(company, settings.acts),
    wrote: (action, of, place) => void wrote.push({ action, of, place }),
    async close({ uuid, version }, links) {
      // Nothing was written there at all: the destination is switched off, or there is no address.
      if (wrote.length === 0 && Object.keys(links).length === 0) return;
      const at = now().toISOString();
      await acts.append({ kind: 'written', uuid, company, version, at, sink, wrote, links: { ...links } });
    },
  };
}
