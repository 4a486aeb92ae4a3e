import { readdirSync, readFileSync } from 'node:fs';
import { childText, parseXml, type XmlElement } from './xml.ts';

/** A custom field as its metadata file defines it. */
export interface CustomField {
  readonly object: string;
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly required: boolean;
  readonly externalId: boolean;
  readonly unique: boolean;
  readonly caseSensitive: boolean;
  readonly referenceTo?: string;
  readonly relationshipName?: string;
  readonly picklist?: { readonly restricted: boolean; readonly values: readonly string[] };
}

export interface FieldAccess {
  readonly readable: boolean;
  readonly editable: boolean;
}

export interface Metadata {
  readonly fields: readonly CustomField[];
  /** What the permission set gives, by `Object.Field`. */
  readonly access: ReadonlyMap<string, FieldAccess>;
}

const SOURCE = new URL('./force-app/main/default/', import.meta.url);

/** Reads the custom fields and the permission set that the project ships. */
export function readMetadata(): Metadata {
  const objects = new URL('objects/', SOURCE);
  const fields = readdirSync(objects).flatMap((object) => {
    const folder = new URL(`${object}/fields/`, objects);
    return readdirSync(folder).map((file) => toField(object, readXml(new URL(file, folder))));
  });
  const permissionSet = readXml(new URL('permissionsets/Harborlight_Sync.permissionset-meta.xml', SOURCE));
  return { fields, access: new Map(permissionSet.children.flatMap(toAccess)) };
}

function readXml(file: URL): XmlElement {
  return parseXml(readFileSync(file, 'utf8'));
}

/** A field by its definition. @throws Error where it has no name or no type. */
export function toField(object: string, xml: XmlElement): CustomField {
  const text = (name: string): string | undefined => childText(xml, name);
  const number = (name: string): number | undefined => (text(name) === undefined ? undefined : Number(text(name)));
  const flag = (name: string): boolean => text(name) === 'true';
  const name = text('fullName');
  const type = text('type');
  if (name === undefined || type === undefined) throw new Error(`a field of ${object} has no fullName or no type`);
  const valueSet = xml.children.find((child) => child.name === 'valueSet');
  return {
    object,
    name,
    label: text('label') ?? name,
    type,
    ...defined('length', number('length')),
    ...defined('precision', number('precision')),
    ...defined('scale', number('scale')),
    required: flag('required'),
    externalId: flag('externalId'),
    unique: flag('unique'),
    caseSensitive: flag('caseSensitive'),
    ...defined('referenceTo', text('referenceTo')),
    // Child records reach their parent by the field's name, ending in __r; the file's own name is for the way back.
    ...defined('relationshipName', type === 'Lookup' ? name.replace(/__c$/, '__r') : undefined),
    ...(valueSet && { picklist: toPicklist(valueSet) }),
  };
}

function toPicklist(valueSet: XmlElement): { restricted: boolean; values: string[] } {
  const definition = valueSet.children.find((child) => child.name === 'valueSetDefinition');
  const values = definition?.children.filter((child) => child.name === 'value') ?? [];
  return {
    restricted: childText(valueSet, 'restricted') === 'true',
    values: values.flatMap((value) => childText(value, 'fullName') ?? []),
  };
}

/** What one entry of a permission set opens; none for other entries. */
export function toAccess(entry: XmlElement): [string, FieldAccess][] {
  const field = childText(entry, 'field');
  if (entry.name !== 'fieldPermissions' || field === undefined) return [];
  return [
    [field, { readable: childText(entry, 'readable') === 'true', editable: childText(entry, 'editable') === 'true' }],
  ];
}

function defined<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  const entry: { [key in K]?: V } = {};
  if (value !== undefined) entry[key] = value;
  return entry;
}
