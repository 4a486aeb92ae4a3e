import type { CompanySettings } from '../../../shared/settings/settings.ts';
import { type FieldMapping, keyField, type ObjectName, toBody, type Values } from '../fields/fields.ts';
import { type Part, upsert } from '../salesforce/composite.ts';
import type { DesiredCase } from './desired-cases.ts';

/** How the records that a sale and its Cases belong to are referred to: an id, or a reference to an earlier part. */
interface Refs {
  readonly accountRef: string;
  readonly contactRef: string;
}

/**
 * The Opportunity of a sale. `key`: uuid of the sale's first booking, so that a rebooking carries the same sale on.
 * Links whose record is not known are left as they are.
 */
export function saleParts(
  key: string,
  values: Values<'Opportunity'>,
  refs: Partial<Refs>,
  mapping: FieldMapping,
  referenceId = 'opportunity',
): Part[] {
  const linked = { ...values, AccountId: refs.accountRef, Guest__c: refs.contactRef };
  const by = keyOf('Opportunity', 'FareHarbor_Booking_UUID__c', key, mapping);
  return [upsert(referenceId, 'Opportunity', by, toBody('Opportunity', linked, mapping))];
}

/** The Cases, `case0` onwards. Without a reference to it, a Case is not linked to the Opportunity. */
export function caseParts(
  cases: readonly DesiredCase[],
  { accountRef, contactRef, opportunityRef }: Refs & { readonly opportunityRef: string | undefined },
  { fields, caseOwnerId }: CompanySettings['salesforce'],
): Part[] {
  return cases.map(({ eventKey, values }, index) => {
    const linked = {
      ...values,
      OwnerId: caseOwnerId ?? undefined,
      AccountId: accountRef,
      ContactId: contactRef,
      Opportunity__c: opportunityRef,
    };
    const by = keyOf('Case', 'FareHarbor_Event_Key__c', eventKey, fields);
    return upsert(`case${index}`, 'Case', by, toBody('Case', linked, fields));
  });
}

function keyOf(object: ObjectName, name: string, value: string, mapping: FieldMapping) {
  return { field: keyField(object, name, mapping), value };
}
