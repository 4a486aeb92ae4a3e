import { type Metadata, toAccess, toField } from '../../../../infra/salesforce/metadata.ts';
import { childText, type XmlElement } from '../../../../infra/salesforce/xml.ts';
import type { VendorReply } from '../../server.ts';
import { OBJECTS } from '../field.ts';
import type { SetUp } from './set-up.ts';
import { escapeXml, faultReply, readCall, type SoapCall, SoapFault, soapReply } from './soap.ts';

/** What of a session the Metadata API asks. */
export interface Rights {
  /** Whether the session stands. */
  holds(session: string): boolean;
  /** Whether its user may change metadata. */
  mayModify(session: string): boolean;
}

const MOST_COMPONENTS = 10;
const TYPES = ['CustomField', 'PermissionSet'] as const;
type ComponentType = (typeof TYPES)[number];

/**
 * Answers `readMetadata` and `upsertMetadata` for custom fields and permission sets, as strictly as the API does where
 * the project could get it wrong: rights, the number of components, the fields' limits, fields that are not there.
 */
export function answerMetadataApi(setUp: SetUp, rights: Rights, body: string): VendorReply {
  try {
    const call = readCall(body);
    if (!rights.holds(call.session)) throw new SoapFault('sf:INVALID_SESSION_ID', 'Invalid Session ID found');
    if (!rights.mayModify(call.session)) {
      const needs = 'use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions';
      throw new SoapFault('sf:INSUFFICIENT_ACCESS', needs);
    }
    if (call.method === 'readMetadata') return soapReply(call.method, `<result>${read(setUp, call)}</result>`);
    if (call.method === 'upsertMetadata') return soapReply(call.method, upsert(setUp, call));
    throw new SoapFault('soapenv:Client', `No operation available for request ${call.method}`);
  } catch (error) {
    if (error instanceof SoapFault) return faultReply(error);
    throw error;
  }
}

function read(setUp: SetUp, { args }: SoapCall): string {
  const type = typeOf(childText(args, 'type'));
  const names = args.children.filter(({ name }) => name === 'fullNames').map(({ text }) => text);
  withinLimit(names.length);
  const there = (name: string): boolean => (type === 'CustomField' ? setUp.fields : setUp.permissionSets).has(name);
  return names
    .map((name) =>
      there(name)
        ? `<records xsi:type="${type}"><fullName>${escapeXml(name)}</fullName></records>`
        : '<records xsi:nil="true"/>',
    )
    .join('');
}

function upsert(setUp: SetUp, { args }: SoapCall): string {
  const components = args.children.filter(({ name }) => name === 'metadata');
  withinLimit(components.length);
  return components
    .map((component) => {
      const fullName = childText(component, 'fullName') ?? '';
      const write = WRITERS[typeOf(component.attributes['xsi:type'])];
      const problem = write(setUp, fullName, component);
      return `<result>${saved(fullName, problem)}</result>`;
    })
    .join('');
}

function saved(fullName: string, problem: Problem | undefined): string {
  const name = `<fullName>${escapeXml(fullName)}</fullName>`;
  if (problem === undefined) return `<created>true</created>${name}<success>true</success>`;
  const error = `<message>${escapeXml(problem.message)}</message><statusCode>${problem.code}</statusCode>`;
  return `<created>false</created><errors>${error}</errors>${name}<success>false</success>`;
}

interface Problem {
  readonly code: string;
  readonly message: string;
}

const WRITERS: Readonly<
  Record<ComponentType, (setUp: SetUp, fullName: string, component: XmlElement) => Problem | undefined>
> = {
  CustomField(setUp, fullName, component) {
    const [object = '', name = '', ...more] = fullName.split('.');
    const invalid = (message: string): Problem => ({ code: 'FIELD_INTEGRITY_EXCEPTION', message });
    if (more.length > 0 || !OBJECTS.some((known) => known === object)) {
      return { code: 'INVALID_FULL_NAME', message: `no object ${object}` };
    }
    if (!/^[A-Za-z]\w{0,39}__c$/.test(name) || name.slice(0, -3).includes('__')) {
      return {
        code: 'INVALID_FULL_NAME',
        message: 'The name of a custom field is at most 40 characters and ends in __c',
      };
    }
    if (childText(component, 'label') === undefined) return invalid('Required field is missing: label');
    const sizes = sizeProblem(component);
    if (sizes !== undefined) return invalid(sizes);
    setUp.fields.set(fullName, toField(object, withName(component, name)));
    return undefined;
  },
  PermissionSet(setUp, fullName, component) {
    if (childText(component, 'label') === undefined) {
      return { code: 'REQUIRED_FIELD_MISSING', message: 'Required fields are missing: [Label]' };
    }
    const access: Metadata['access'] = new Map(component.children.flatMap(toAccess));
    const unknown = [...access.keys()].find((path) => path.endsWith('__c') && !setUp.fields.has(path));
    if (unknown !== undefined) {
      return {
        code: 'INVALID_CROSS_REFERENCE_KEY',
        message: `In field: field - no CustomField named ${unknown} found`,
      };
    }
    setUp.permissionSets.set(fullName, access);
    return undefined;
  },
};

/** What the type demands of the sizes, as the documentation of CustomField says. */
function sizeProblem(component: XmlElement): string | undefined {
  const number = (name: string): number => Number(childText(component, name) ?? Number.NaN);
  switch (childText(component, 'type')) {
    case 'Text':
      return number('length') >= 1 && number('length') <= 255 ? undefined : 'Text fields take 1 to 255 characters';
    case 'LongTextArea':
      if (!(number('visibleLines') >= 2)) return 'Required field is missing: visibleLines';
      return number('length') >= 256 && number('length') <= 131_072 ? undefined : 'length must be 256 to 131072';
    case 'Number':
    case 'Currency':
    case 'Percent':
      return number('precision') <= 18 && number('scale') >= 0 && number('scale') < number('precision')
        ? undefined
        : 'precision must be at most 18, and above scale';
    case 'Lookup':
      return childText(component, 'referenceTo') && childText(component, 'relationshipName')
        ? undefined
        : 'Required field is missing: referenceTo, relationshipName';
    case 'Picklist':
      return component.children.some(({ name }) => name === 'valueSet')
        ? undefined
        : 'Required field is missing: valueSet';
    case 'Checkbox':
      return childText(component, 'defaultValue') === undefined ? 'Must specify the default value' : undefined;
    case 'Date':
    case 'DateTime':
    case 'Url':
      return undefined;
    default:
      return `type ${childText(component, 'type')} is not known here`;
  }
}

/** A field's own name is without its object, as in its file. */
function withName(component: XmlElement, text: string): XmlElement {
  const children = component.children.map((child) => (child.name === 'fullName' ? { ...child, text } : child));
  return { ...component, children };
}

function typeOf(name: string | undefined): ComponentType {
  const type = TYPES.find((one) => one === name);
  if (type === undefined) throw new SoapFault('sf:INVALID_TYPE', `This type of metadata is not available: ${name}`);
  return type;
}

function withinLimit(count: number): void {
  if (count > MOST_COMPONENTS) {
    throw new SoapFault('sf:LIMIT_EXCEEDED', `at most ${MOST_COMPONENTS} components in one call`);
  }
}
