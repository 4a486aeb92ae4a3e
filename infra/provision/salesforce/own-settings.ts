import type { FieldMapping } from '../../../functions/crm-sync/fields/fields.ts';
import type { CompanySettings } from '../../../shared/settings/settings.ts';
import type { CustomField } from '../../salesforce/metadata.ts';
import type { Finding } from '../finding.ts';
import type { Described } from './described.ts';
import type { NeededObject } from './needed.ts';
import type { Usage } from './org.ts';

/** What the settings of the companies that share an org say of it; none where nobody's settings are known. */
export type OrgSettings = readonly CompanySettings['salesforce'][];

/** What is needed of an object once the operator's own field mapping is followed: renamed, or left out by all. */
export function asMapped(needed: NeededObject, companies: OrgSettings): NeededObject {
  if (companies.length === 0) return needed;
  const mappings = companies.map(({ fields }) => fields);
  const targets = (name: string, isKey: boolean): string[] => [
    ...new Set(mappings.flatMap((mapping) => targetOf(`${needed.name}.${name}`, name, isKey, mapping))),
  ];
  const byName = (fields: readonly CustomField[]): CustomField[] =>
    fields.flatMap((field) => targets(field.name, field.externalId).map((name) => ({ ...field, name })));
  return {
    ...needed,
    fields: byName(needed.fields),
    standard: needed.standard.flatMap(({ name, use }) => targets(name, false).map((target) => ({ name: target, use }))),
    own: mappings.flatMap((mapping) => Object.values(mapping)).filter((name) => name !== null),
  };
}

/** A key cannot be left out: null leaves it its own name. */
function targetOf(path: string, name: string, isKey: boolean, mapping: FieldMapping): string[] {
  const target = mapping[path];
  if (target === null) return isKey ? [name] : [];
  return [target ?? name];
}

/** Whether the org's features and the names of its stages are those that the settings say. */
export function featureFindings(described: ReadonlyMap<string, Described>, companies: OrgSettings): Finding[] {
  const fieldsOf = (object: string) => described.get(object)?.fields;
  const has = (object: string, name: string) => fieldsOf(object)?.some((field) => field.name === name);
  return [
    ...feature('person accounts', 'personAccounts', has('Account', 'IsPersonAccount'), companies),
    ...feature('several currencies', 'multiCurrency', has('Opportunity', 'CurrencyIsoCode'), companies),
    ...stages(fieldsOf('Opportunity'), companies),
  ];
}

/** @param isThere undefined where the object could not be seen. */
function feature(
  what: string,
  setting: 'personAccounts' | 'multiCurrency',
  isThere: boolean | undefined,
  companies: OrgSettings,
): Finding[] {
  if (isThere === undefined) return [];
  const said = `salesforce.${setting}`;
  if (companies.length === 0) {
    return isThere ? [{ what, state: 'ok', note: `the org has them: see ${said} in the settings` }] : [];
  }
  if (!isThere && companies.some((one) => one[setting])) {
    return [{ what, state: 'wrong', note: `the org has them not: set ${said} to false in the settings` }];
  }
  if (isThere && companies.some((one) => !one[setting])) {
    return [{ what, state: 'ok', note: `the org has them, the settings do not use them: ${said}` }];
  }
  return isThere ? [{ what, state: 'ok', note: 'as the settings say' }] : [];
}

function stages(fields: Described['fields'] | undefined, companies: OrgSettings): Finding[] {
  const values = fields?.find(({ name }) => name === 'StageName')?.picklistValues ?? [];
  const active = new Set(values.filter((one) => one.active).map(({ value }) => value));
  const lacking = companies.flatMap((one) => Object.values(one.stages)).filter((stage) => !active.has(stage));
  if (companies.length === 0 || active.size === 0) return [];
  const what = 'stages of a sale';
  if (lacking.length === 0) return [{ what, state: 'ok', note: 'as the settings say' }];
  const names = [...new Set(lacking)].join(', ');
  const note = `the org has no ${names}: add them to the field Stage, or set salesforce.stages in the settings to its own (${[...active].join(', ')})`;
  return [{ what, state: 'missing', note }];
}

/** Whether calls of the day are left above the line from which we hold back (`salesforce.dayLimit`, where it is known). */
export function usageFindings(usage: Usage | undefined, companies: OrgSettings): Finding[] {
  if (usage === undefined || usage.limit === 0) return [];
  const line = Math.min(...companies.map(({ dayLimit }) => dayLimit.slowAbove), 1);
  const note = `${usage.used} of ${usage.limit} calls used in the last 24 hours`;
  if (usage.used < line * usage.limit) return [{ what: 'calls a day', state: 'ok', note }];
  const fix = 'see who makes them (Setup > System Overview), or buy more; above it we hold back (salesforce.dayLimit)';
  return [{ what: 'calls a day', state: 'wrong', note: `${note}: ${fix}` }];
}
