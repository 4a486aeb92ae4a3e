import { describe, expect, test } from 'vitest';
import { FIELDS, toBody } from '../../../functions/crm-sync/fields/fields.ts';
import { readMetadata } from '../../../infra/salesforce/metadata.ts';

const metadata = readMetadata();
const written = Object.entries(FIELDS).flatMap(([object, fields]) =>
  Object.entries(fields).map(([name, kind]) => ({ object, name, path: `${object}.${name}`, kind })),
);
const custom = written.filter(({ name }) => name.endsWith('__c'));

describe('every custom field that is written', () => {
  test.each(custom)('$path exists, may be written, and has the length it is cut to', ({ object, name, path, kind }) => {
    const field = metadata.fields.find((one) => one.object === object && one.name === name);
    expect(field).toBeDefined();
    // A required field has no entry in a permission set, as everybody may write it.
    if (field?.required !== true) expect(metadata.access.get(path)).toEqual({ readable: true, editable: true });
    if ('length' in kind && kind.kind !== 'link') expect(kind.length).toBe(field?.length);
  });

  test.each(['Account', 'Contact', 'Opportunity', 'Case'])(
    '%s: no field of the metadata is never written',
    (object) => {
      const names = new Set(custom.filter((one) => one.object === object).map(({ name }) => name));
      const shipped = metadata.fields.filter((one) => one.object === object).map(({ name }) => name);
      expect(shipped.filter((name) => !names.has(name))).toEqual([]);
    },
  );

  test.each([
    'Account.FareHarbor_Guest_Key__c',
    'Contact.FareHarbor_Guest_Key__c',
    'Opportunity.FareHarbor_Booking_UUID__c',
    'Case.FareHarbor_Event_Key__c',
  ])('%s is a unique external id', (path) => {
    const field = metadata.fields.find(({ object, name }) => `${object}.${name}` === path);
    expect(field).toMatchObject({ externalId: true, unique: true });
  });
});

/** Lengths of standard fields, from Salesforce's object reference. */
const STANDARD_LENGTHS: readonly [path: string, length: number][] = [
  ['Account.Name', 255],
  ['Contact.FirstName', 40],
  ['Contact.LastName', 80],
  ['Opportunity.Name', 120],
  ['Case.Subject', 255],
  ['Case.Description', 32_000],
];
test.each(STANDARD_LENGTHS)('the standard field %s is cut to %i', (path, length) => {
  expect(written.find((one) => one.path === path)?.kind).toMatchObject({ length });
});

describe('a record as it is sent', () => {
  test('is cut and cleaned by its fields; undefined is left out, null empties', () => {
    const body = toBody(
      'Contact',
      { FirstName: 'x'.repeat(50), LastName: 'a\u0000\nb', Phone: undefined, Churn_Risk__c: null },
      {},
    );
    expect(body).toEqual({ FirstName: `${'x'.repeat(39)}…`, LastName: 'a b', Churn_Risk__c: null });
  });

  test('keeps whole what means nothing when cut', () => {
    const email = `${'x'.repeat(90)}@kealoha.test`;
    expect(toBody('Contact', { Email: email }, {})).toEqual({ Email: email });
    expect(toBody('Opportunity', { FareHarbor_URL__c: `https://${'x'.repeat(300)}` }, {})).toEqual({
      FareHarbor_URL__c: null,
    });
  });

  test('follows the operator’s mapping', () => {
    const mapping = { 'Opportunity.Affiliate__c': 'Partner__c', 'Opportunity.Voucher__c': null };
    expect(toBody('Opportunity', { Affiliate__c: 'Islands', Voucher__c: 'V1', Name: 'n' }, mapping)).toEqual({
      Partner__c: 'Islands',
      Name: 'n',
    });
  });
});
