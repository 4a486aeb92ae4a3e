import { FIELDS } from '../../../functions/crm-sync/fields/fields.ts';
import type { Finding } from '../finding.ts';
import { fieldProblems, isRequired, isWritable } from './compare-field.ts';
import type { Described } from './described.ts';
import type { NeededObject } from './needed.ts';

const PROVISION = 'npm run provision -- salesforce';
const ASSIGN = `give the user of the sync the permission set Harborlight_Sync: ${PROVISION}`;
const OWN =
  'named in salesforce.fields of the settings: make it in the org, let the user of the sync edit it, or correct its name';
const CREATE = `create what is missing: ${PROVISION}`;

/**
 * How an object of the org stands: one finding for all that is well, one for all fields that are missing, and one for
 * each that is wrong. Pure: nothing is asked or changed.
 *
 * @param found undefined where our user cannot see the object at all.
 */
export function compareObject(needed: NeededObject, found: Described | undefined): Finding[] {
  if (found === undefined) return [{ what: needed.name, state: 'missing', note: `our user cannot see it: ${ASSIGN}` }];
  const names = new Set(found.fields.map(({ name }) => name));
  const missing = [...needed.fields, ...needed.standard].map(({ name }) => name).filter((name) => !names.has(name));
  const wrong = [...objectProblems(needed, found), ...wrongFields(needed, found), ...foreignFields(needed, found)];
  const fields = needed.fields.length + needed.standard.length;
  const broken = new Set(wrong.map(({ what }) => what));
  const well = [...needed.fields, ...needed.standard].filter(
    ({ name }) => names.has(name) && !broken.has(`${needed.name}.${name}`),
  );
  return [
    ...(well.length === 0
      ? []
      : [{ what: `${needed.name}: ${well.length} of ${fields} fields`, state: 'ok', note: '' } as const]),
    ...missingRow(needed, missing),
    ...wrong,
  ];
}

function missingRow({ name, fields, own = [] }: NeededObject, missing: readonly string[]): Finding[] {
  if (missing.length === 0) return [];
  const isOurs = (one: string): boolean => !own.includes(one) && fields.some((field) => field.name === one);
  const fixes = [
    // A field that is there but not for our user's eyes looks like one that is not.
    ...(missing.some(isOurs) ? [CREATE] : []),
    ...(missing.some((one) => own.includes(one)) ? [OWN] : []),
  ];
  const fix = fixes.length === 0 ? ASSIGN : fixes.join('\n');
  const what = `${name}: ${missing.length} ${missing.length === 1 ? 'field' : 'fields'}`;
  return [{ what, state: 'missing', note: `${missing.join(', ')}\n${fix}` }];
}

function objectProblems({ name, use }: NeededObject, found: Described): Finding[] {
  const mayUse = found.queryable && (use === 'read' || (found.createable && found.updateable));
  if (mayUse) return [];
  const rights = use === 'read' ? 'read' : 'read, create and edit';
  return [{ what: name, state: 'wrong', note: `our user may not ${rights} it: ${ASSIGN}` }];
}

function wrongFields({ name: object, fields, standard }: NeededObject, found: Described): Finding[] {
  const byName = new Map(found.fields.map((field) => [field.name, field]));
  const mend = `mend it in Setup > Object Manager > ${object} > Fields & Relationships`;
  const readOnly = (name: string): string[] => {
    const actual = byName.get(name);
    return actual === undefined || isWritable(actual) ? [] : [`is read-only for our user: ${ASSIGN}`];
  };
  const custom = fields.map((field) => {
    const actual = byName.get(field.name);
    const problems = actual === undefined ? [] : fieldProblems(field, actual);
    const notes = problems.length === 0 ? [] : [`${problems.join('; ')}: ${mend}`];
    return { name: field.name, notes: [...notes, ...readOnly(field.name)] };
  });
  const written = standard.filter(({ use }) => use === 'written').map(({ name }) => ({ name, notes: readOnly(name) }));
  return [...custom, ...written]
    .filter(({ notes }) => notes.length > 0)
    .map(({ name, notes }) => ({ what: `${object}.${name}`, state: 'wrong', note: notes.join('\n') }));
}

/** Fields of the org's own that every record must have: the sync does not know them, so its records are refused. */
function foreignFields({ name, use, fields: needed }: NeededObject, found: Described): Finding[] {
  if (use === 'read') return [];
  const ours = Object.entries(FIELDS).flatMap(([object, fields]) => (object === name ? Object.keys(fields) : []));
  const written = new Set([...ours, ...needed.map((field) => field.name)]);
  return found.fields
    .filter((field) => field.custom && isRequired(field) && !written.has(field.name))
    .map((field) => ({
      what: `${name}.${field.name}`,
      state: 'wrong',
      note: 'required by the org and not written by the sync: give it a default value, or make it optional',
    }));
}
