import type { DuplicateRules } from '../records.ts';

const QUERY =
  "SELECT SobjectType, DeveloperName FROM DuplicateRule WHERE IsActive = true AND SobjectType IN ('Account', 'Contact')";

/** The set-up's duplicate rules as a query shows them; undefined for every other query. */
export function answerDuplicateRules(soql: string, rules: DuplicateRules): unknown {
  if (soql !== QUERY) return undefined;
  const records = rules === 'off' ? [] : [{ SobjectType: 'Contact', DeveloperName: 'Standard_Contact_Duplicate_Rule' }];
  return { totalSize: records.length, done: true, records };
}
