import { readdirSync, readFileSync } from 'node:fs';
import { parseXml, type XmlElement } from './xml.ts';

/** A value as the Metadata API takes it: texts, and elements by name, in the order of the file. */
export type MetadataValue = string | readonly MetadataValue[] | { readonly [element: string]: MetadataValue };

/** A component of the project, under the name it has in an org. */
export interface Component {
  readonly fullName: string;
  readonly body: { readonly fullName: string; readonly [element: string]: MetadataValue };
}

const SOURCE = new URL('./force-app/main/default/', import.meta.url);
export const PERMISSION_SET = 'Harborlight_Sync';

/** The custom fields that the project ships, such as `Opportunity.Voucher__c`. */
export function readFieldComponents(): Component[] {
  const objects = new URL('objects/', SOURCE);
  return readdirSync(objects).flatMap((object) => {
    const folder = new URL(`${object}/fields/`, objects);
    return readdirSync(folder).map((file) => {
      const { fullName, ...rest } = readBody(new URL(file, folder));
      return componentOf(`${object}.${String(fullName)}`, rest);
    });
  });
}

/** The permission set of the sync's user. */
export function readPermissionSetComponent(): Component {
  return componentOf(PERMISSION_SET, readBody(new URL(`permissionsets/${PERMISSION_SET}.permissionset-meta.xml`, SOURCE)));
}

function componentOf(fullName: string, rest: Readonly<Record<string, MetadataValue>>): Component {
  // The API reads an object's elements in the order of its schema, where the name comes first.
  return { fullName, body: { fullName, ...rest } };
}

function readBody(file: URL): Record<string, MetadataValue> {
  return elementsOf(parseXml(readFileSync(file, 'utf8')));
}

/** An element's children by name; those that come several times as a list. */
export function elementsOf({ children }: XmlElement): Record<string, MetadataValue> {
  const groups = Map.groupBy(children, ({ name }) => name);
  return Object.fromEntries(
    [...groups].map(([name, elements]) => {
      const values = elements.map((element) => (element.children.length === 0 ? element.text : elementsOf(element)));
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}
