import { describe, expect, test } from 'vitest';
import { compareObject } from '../../infra/provision/salesforce/compare-object.ts';
import { type Described, describedSchema } from '../../infra/provision/salesforce/described.ts';
import { type NeededObject, neededObjects } from '../../infra/provision/salesforce/needed.ts';

const LEAD: NeededObject = { name: 'Lead', use: 'read', fields: [], standard: [] };
const CASE: NeededObject = { name: 'Case', use: 'written', fields: [], standard: [] };

function described(rights: Partial<Described>, field: Record<string, unknown> = {}): Described {
  const plain = { name: 'Branch__c', type: 'string', custom: true, nillable: true, createable: true, updateable: true };
  const all = { createable: true, updateable: true, queryable: true, fields: [{ ...plain, ...field }], ...rights };
  return describedSchema.parse(all);
}

test('what is needed is every object that the sync touches, with fields on each that it writes', () => {
  const needed = neededObjects();
  expect(needed.map(({ name, use }) => `${name} ${use}`)).toEqual([
    'Account written',
    'Contact written',
    'Opportunity written',
    'Case written',
    'Lead read',
  ]);
  for (const { use, fields } of needed) expect(fields.length > 0).toBe(use === 'written');
});

describe('the rights to an object', () => {
  test.each([{ createable: false }, { updateable: false }, { queryable: false }])(
    '%j is too little to write',
    (rights) => {
      expect(compareObject(CASE, described(rights))).toMatchObject([{ what: 'Case', state: 'wrong' }]);
    },
  );

  test('leads are only read', () => {
    expect(compareObject(LEAD, described({ createable: false, updateable: false }))).toEqual([]);
    expect(compareObject(LEAD, described({ queryable: false }))).toMatchObject([{ what: 'Lead', state: 'wrong' }]);
  });
});

describe("a field of the org's own", () => {
  const required = { nillable: false, defaultedOnCreate: false };

  test('that every record must have is wrong', () => {
    expect(compareObject(CASE, described({}, required))).toMatchObject([{ what: 'Case.Branch__c', state: 'wrong' }]);
  });

  test.each([
    ['with a default', { ...required, defaultedOnCreate: true }],
    ['filled by the org', { ...required, createable: false }],
    ['a checkbox', { ...required, type: 'boolean' }],
    ['optional', {}],
    ["Salesforce's own", { ...required, name: 'Branch', custom: false }],
  ])('%s does not matter', (_, field) => {
    expect(compareObject(CASE, described({}, field))).toEqual([]);
  });

  test('does not matter on leads, which nobody here makes', () => {
    expect(compareObject(LEAD, described({}, required))).toEqual([]);
  });
});
