import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readMetadata } from '../../infra/salesforce/metadata.ts';
import { childText, parseXml, type XmlElement } from '../../infra/salesforce/xml.ts';

const ROOT = new URL('../../infra/salesforce/', import.meta.url);
const SOURCE = new URL('force-app/main/default/', ROOT);
/** The Metadata API's own definition, as the jsforce package ships it. */
const WSDL = parseXml(
  readFileSync(new URL('../../node_modules/jsforce/src/api/metadata/wsdl.xml', import.meta.url), 'utf8'),
);

/** Standard fields the sync reads or writes, and that a permission set may name. */
const STANDARD_FIELDS = [
  'Account.Phone',
  'Case.AccountId',
  'Case.ContactId',
  'Case.Description',
  'Case.Origin',
  'Case.Priority',
  'Case.Subject',
  'Case.SuppliedEmail',
  'Case.Type',
  'Contact.AccountId',
  'Contact.Email',
  'Contact.MobilePhone',
  'Contact.Phone',
  'Lead.Email',
  'Lead.Phone',
  'Opportunity.AccountId',
  'Opportunity.Amount',
  'Opportunity.Description',
  'Opportunity.LeadSource',
];

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('-meta.xml'));
const fieldFiles = files.filter((path) => path.endsWith('.field-meta.xml'));

function read(path: string): XmlElement {
  return parseXml(readFileSync(new URL(path, SOURCE), 'utf8'));
}

function find(element: XmlElement, test: (element: XmlElement) => boolean): XmlElement | undefined {
  if (test(element)) return element;
  for (const child of element.children) {
    const found = find(child, test);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Element name → type, for a complex type of the WSDL, in its order; the base type's elements come first. */
function elementsOf(type: string): Map<string, string> {
  const definition = find(WSDL, ({ name, attributes }) => name === 'xsd:complexType' && attributes.name === type);
  if (definition === undefined) throw new Error(`the WSDL has no type ${type}`);
  const base = find(definition, ({ name }) => name === 'xsd:extension')?.attributes.base;
  const inherited = base === undefined ? new Map<string, string>() : elementsOf(base.replace('tns:', ''));
  const sequence = find(definition, ({ name }) => name === 'xsd:sequence');
  for (const { attributes } of sequence?.children ?? []) inherited.set(attributes.name ?? '', attributes.type ?? '');
  return inherited;
}

function enumOf(type: string): string[] {
  const definition = find(WSDL, ({ name, attributes }) => name === 'xsd:simpleType' && attributes.name === type);
  const restriction = definition?.children.find(({ name }) => name === 'xsd:restriction');
  return (restriction?.children ?? []).flatMap(({ attributes }) => attributes.value ?? []);
}

/** What in the element does not fit the WSDL's type: unknown or misplaced elements, values of another type. */
function problems(element: XmlElement, type: string, at: string): string[] {
  const known = elementsOf(type);
  const order = [...known.keys()];
  const positions = element.children.map(({ name }) => order.indexOf(name));
  const inOrder = positions.every((position, index) => position >= (positions[index - 1] ?? 0));
  const own = inOrder ? [] : [`${at}: elements out of order`];
  return [
    ...own,
    ...element.children.flatMap((child) => childProblems(child, known.get(child.name), `${at}/${child.name}`)),
  ];
}

function childProblems(child: XmlElement, type: string | undefined, at: string): string[] {
  if (type === undefined) return [`${at} is unknown`];
  if (type === 'xsd:boolean') return /^(?:true|false)$/.test(child.text) ? [] : [`${at} is no boolean`];
  if (type === 'xsd:int') return /^\d+$/.test(child.text) ? [] : [`${at} is no number`];
  if (type === 'xsd:string') return child.children.length === 0 && child.text !== '' ? [] : [`${at} is no text`];
  const local = type.replace('tns:', '');
  const values = enumOf(local);
  if (values.length > 0) return values.includes(child.text) ? [] : [`${at}: ${child.text} is not one of ${local}`];
  return problems(child, local, at);
}

/** What the Metadata API asks of a field of a type, beside what the WSDL says. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  Text: ['length'],
  LongTextArea: ['length', 'visibleLines'],
  Number: ['precision', 'scale'],
  Currency: ['precision', 'scale'],
  Percent: ['precision', 'scale'],
  Checkbox: ['defaultValue'],
  Lookup: ['referenceTo', 'relationshipName', 'deleteConstraint'],
  Picklist: ['valueSet'],
  Date: [],
  DateTime: [],
  Url: [],
};

describe('every field', () => {
  test('file fits the Metadata API’s definition', () => {
    expect(fieldFiles.length).toBeGreaterThan(50);
    expect(fieldFiles.flatMap((path) => problems(read(path), 'CustomField', path))).toEqual([]);
  });

  test.each(fieldFiles)('%s says what its type needs, within the platform’s limits', (path) => {
    const xml = read(path);
    const [, fullName = ''] = /([^/]+)\.field-meta\.xml$/.exec(path) ?? [];
    expect([xml.name, xml.attributes.xmlns]).toEqual(['CustomField', 'http://soap.sforce.com/2006/04/metadata']);
    expect(childText(xml, 'fullName')).toBe(fullName);
    expect(fullName).toMatch(/^[A-Za-z](?!.*___)\w{0,39}__c$/);
    for (const name of ['label', 'description', 'type', ...(NEEDED[childText(xml, 'type') ?? ''] ?? ['?'])]) {
      expect(xml.children.map((child) => child.name)).toContain(name);
    }
    expect((childText(xml, 'label') ?? '').length).toBeLessThanOrEqual(40);
    expect((childText(xml, 'inlineHelpText') ?? '').length).toBeLessThanOrEqual(510);
    expect(Number(childText(xml, 'precision') ?? 0)).toBeLessThanOrEqual(18);
    if (childText(xml, 'type') === 'Text') expect(Number(childText(xml, 'length'))).toBeLessThanOrEqual(255);
    if (childText(xml, 'caseSensitive') !== undefined) expect(childText(xml, 'unique')).toBe('true');
  });

  test('that looks up a parent has a list name of its own on that parent', () => {
    const lookups = fieldFiles.map(read).filter((xml) => childText(xml, 'type') === 'Lookup');
    const names = lookups.map((xml) => `${childText(xml, 'referenceTo')}.${childText(xml, 'relationshipName')}`);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the keys of the sync', () => {
  test.each([
    ['Account', 'FareHarbor_Guest_Key__c', true],
    ['Contact', 'FareHarbor_Guest_Key__c', true],
    ['Opportunity', 'FareHarbor_Booking_UUID__c', false],
    ['Case', 'FareHarbor_Event_Key__c', false],
  ])('%s.%s is a unique external id', (object, name, caseSensitive) => {
    const field = readMetadata().fields.find((one) => one.object === object && one.name === name);
    expect(field).toMatchObject({ externalId: true, unique: true, caseSensitive });
  });
});

describe('the permission set', () => {
  const path = 'permissionsets/Harborlight_Sync.permissionset-meta.xml';
  const { fields, access } = readMetadata();
  const custom = fields.map((one) => `${one.object}.${one.name}`);

  test('fits the Metadata API’s definition', () => {
    expect(problems(read(path), 'PermissionSet', path)).toEqual([]);
  });

  test('lets the sync read and write every custom field', () => {
    expect(custom.filter((name) => access.get(name)?.readable !== true || access.get(name)?.editable !== true)).toEqual(
      [],
    );
  });

  test('names no field that does not exist, and none twice', () => {
    const named = read(path).children.filter((child) => child.name === 'fieldPermissions');
    expect([...access.keys()].filter((name) => !custom.includes(name) && !STANDARD_FIELDS.includes(name))).toEqual([]);
    expect(named.length).toBe(access.size);
  });

  test('lets the sync write what it writes and delete nothing', () => {
    const granted = read(path).children.filter((child) => child.name === 'objectPermissions');
    const rights = granted.map((one) => [
      childText(one, 'object'),
      ...['allowRead', 'allowCreate', 'allowEdit', 'allowDelete', 'modifyAllRecords'].map((name) =>
        childText(one, name),
      ),
    ]);
    expect(rights).toEqual([
      ['Account', 'true', 'true', 'true', 'false', 'false'],
      ['Case', 'true', 'true', 'true', 'false', 'false'],
      ['Contact', 'true', 'true', 'true', 'false', 'false'],
      ['Lead', 'true', 'false', 'false', 'false', 'false'],
      ['Opportunity', 'true', 'true', 'true', 'false', 'false'],
    ]);
  });
});

test('the project file names the folder the metadata is in, and the API version the sync speaks', () => {
  const project: unknown = JSON.parse(readFileSync(new URL('sfdx-project.json', ROOT), 'utf8'));
  expect(project).toMatchObject({
    packageDirectories: [{ path: 'force-app', default: true }],
    sourceApiVersion: '66.0',
  });
});

describe('a broken document is found', () => {
  test.each([
    '<a><b></a></b>',
    '<a>',
    '<a/><b/>',
    '<a>x & y</a>',
    '<a>1 < 2</a>',
    '<a b=c/>',
    '<a b="1" b="2"/>',
    'text',
    '',
  ])('%s', (source) => {
    expect(() => parseXml(source)).toThrow();
  });
});
