import { describe, expect, test } from 'vitest';
import { compareObject } from '../../infra/provision/salesforce/compare-object.ts';
import { type Described, describedSchema } from '../../infra/provision/salesforce/described.ts';
import { type NeededObject, neededObjects } from '../../infra/provision/salesforce/needed.ts';
import { asMapped, featureFindings } from '../../infra/provision/salesforce/own-settings.ts';
import { type CompanySettings, parseSettings } from '../../shared/settings/settings.ts';

/** What a company's settings say of its org. */
function settings(salesforce: object): CompanySettings['salesforce'] {
  const { companies } = parseSettings({ companies: { one: { name: 'One', salesforce } } });
  if (companies.one === undefined) throw new Error('no company');
  return companies.one.salesforce;
}

function needed(name: string): NeededObject {
  const found = neededObjects().find((object) => object.name === name);
  if (found === undefined) throw new Error(`no object ${name}`);
  return found;
}

const names = ({ fields }: NeededObject): string[] => fields.map(({ name }) => name);
const standard = (object: NeededObject): string[] => object.standard.map(({ name }) => name);

describe('what is needed of an object', () => {
  const sale = needed('Opportunity');

  test('is all of it where no settings are known, or none maps a field', () => {
    expect(asMapped(sale, [])).toEqual(sale);
    expect(names(asMapped(sale, [settings({})]))).toEqual(names(sale));
  });

  test('has the operator’s own names, and not what is left out', () => {
    const own = settings({
      fields: { 'Opportunity.Affiliate__c': 'Partner__c', 'Opportunity.Voucher__c': null, 'Opportunity.Type': null },
    });
    const mapped = names(asMapped(sale, [own]));
    expect(mapped).toContain('Partner__c');
    expect(mapped).not.toContain('Affiliate__c');
    expect(mapped).not.toContain('Voucher__c');
    expect(mapped).toHaveLength(names(sale).length - 1);
    expect(standard(asMapped(sale, [own]))).toEqual(standard(sale).filter((name) => name !== 'Type'));
  });

  test('is what any of the companies needs that share the org', () => {
    const own = settings({ fields: { 'Opportunity.Affiliate__c': 'Partner__c', 'Opportunity.Voucher__c': null } });
    expect(names(asMapped(sale, [own, settings({})]))).toEqual(
      expect.arrayContaining(['Partner__c', 'Affiliate__c', 'Voucher__c']),
    );
  });

  test('keeps its key, which cannot be left out', () => {
    const own = settings({ fields: { 'Opportunity.FareHarbor_Current_UUID__c': null } });
    expect(names(asMapped(sale, [own]))).toContain('FareHarbor_Current_UUID__c');
  });

  test('a field of the operator’s own that the org has not is theirs to make', () => {
    const own = settings({ fields: { 'Case.Tour_Date__c': 'Day__c' } });
    const org = describedSchema.parse({ createable: true, updateable: true, queryable: true, fields: [] });
    const of = (companies: readonly CompanySettings['salesforce'][]): string =>
      compareObject(asMapped({ ...needed('Case'), standard: [] }, companies), org)[0]?.note ?? '';
    expect(of([own])).toContain('named in salesforce.fields of the settings: make it in the org');
    expect(of([settings({})])).not.toContain('salesforce.fields');
  });
});

describe('features of the org', () => {
  const field = (name: string, more: object = {}): object => ({
    ...{ name, type: 'string', nillable: true, createable: true, updateable: true },
    ...more,
  });
  const org = (accountFields: readonly string[], saleFields: readonly object[]): ReadonlyMap<string, Described> => {
    const described = (fields: readonly object[]): Described =>
      describedSchema.parse({ createable: true, updateable: true, queryable: true, fields });
    const account = accountFields.map((name) => field(name));
    return new Map([
      ['Account', described(account)],
      ['Opportunity', described(saleFields)],
    ]);
  };
  const states = (found: ReturnType<typeof featureFindings>): string[] =>
    found.map(({ what, state }) => `${what}: ${state}`);

  test('that the settings count on and the org has not', () => {
    const own = settings({ personAccounts: true, multiCurrency: true });
    expect(states(featureFindings(org([], []), [own]))).toEqual([
      'person accounts: wrong',
      'several currencies: wrong',
    ]);
  });

  test('that both have', () => {
    const own = settings({ personAccounts: true, multiCurrency: true });
    const found = featureFindings(org(['IsPersonAccount'], [field('CurrencyIsoCode')]), [own]);
    expect(found.map(({ note }) => note)).toEqual(['as the settings say', 'as the settings say']);
  });

  test('of an object that could not be seen nothing is said', () => {
    expect(featureFindings(new Map(), [settings({ personAccounts: true })])).toEqual([]);
  });

  test('stages: each that is active counts, one that is not does not', () => {
    const values = (lost: boolean): object[] => [
      { value: 'Gagnée', active: true },
      { value: 'Négociation', active: true },
      { value: 'Perdue', active: lost },
    ];
    const own = settings({ stages: { won: 'Gagnée', pending: 'Négociation', lost: 'Perdue' } });
    const withStage = (lost: boolean) =>
      featureFindings(org([], [field('StageName', { type: 'picklist', picklistValues: values(lost) })]), [own]);
    expect(states(withStage(true))).toEqual(['stages of a sale: ok']);
    expect(withStage(false)).toMatchObject([{ state: 'missing', note: expect.stringContaining('has no Perdue') }]);
  });
});
