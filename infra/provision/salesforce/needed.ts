import { type CustomField, type Metadata, readMetadata } from '../../salesforce/metadata.ts';

/** What the sync does with an object: leads are only looked at. */
export type Use = 'written' | 'read';

/** An object as the sync needs it. */
export interface NeededObject {
  readonly name: string;
  readonly use: Use;
  readonly fields: readonly CustomField[];
  /** Standard fields that need a permission, with what the sync does with them. */
  readonly standard: readonly { readonly name: string; readonly use: Use }[];
  /** Names among them that the operator gave in the settings: nobody but the operator makes such a field. */
  readonly own?: readonly string[];
}

const OBJECTS: readonly { readonly name: string; readonly use: Use }[] = [
  { name: 'Account', use: 'written' },
  { name: 'Contact', use: 'written' },
  { name: 'Opportunity', use: 'written' },
  { name: 'Case', use: 'written' },
  { name: 'Lead', use: 'read' },
];

/** What infra/salesforce deploys: its custom fields, and the standard fields its permission set opens. */
export function neededObjects(metadata: Metadata = readMetadata()): NeededObject[] {
  return OBJECTS.map(({ name, use }) => ({
    name,
    use,
    fields: metadata.fields.filter(({ object }) => object === name),
    standard: standardFields(name, metadata),
  }));
}

function standardFields(object: string, { access }: Metadata): NeededObject['standard'] {
  return [...access].flatMap(([path, { editable }]) => {
    const [owner, name = ''] = path.split('.');
    return owner === object && !name.endsWith('__c') ? [{ name, use: editable ? 'written' : 'read' } as const] : [];
  });
}
